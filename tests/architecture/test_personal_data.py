"""Whoever keeps rows about a person says how she gets to read them."""

from __future__ import annotations

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from customers.hooks import personal_data
from customers.models import Customer, User
from journeys.models import Interaction, Note, Reaction
from tests.architecture.rules import personal

# Models whose only path to a customer runs through an account. An account has a customer only if it is a shopper's.
REASONS = {
    "admin.LogEntry": "nobody writes it: config.lib.admin drops what Django's admin would log",
    "customers.StaffPin": "is for staff, and no service sets one yet",
    "customers.StaffProfile": "a trigger keeps shoppers from having one",
    "customers.StoreDevice": "names the manager who enrolled it",
    "customers.User_groups": "a trigger keeps shoppers from having one",
    "customers.User_user_permissions": "a trigger keeps shoppers from having one",
    "journeys.ImportMapping": "names the member of staff who matched the columns",
    "journeys.ImportProblem": "hangs on a run; its quotes of the file go when the file goes",
    "journeys.ImportRun": "names the member of staff who uploaded it",
}
PLUGS = {plug.name: plug.value for plug in personal_data.plugs()}


def test_every_model_with_a_path_to_a_customer_is_covered() -> None:
    found = apps.get_models(include_auto_created=True)
    assert personal.uncovered(found, target=Customer, covered=PLUGS, reasons=REASONS) == []


def test_every_plug_is_named_after_its_model_and_its_path_leads_to_the_customer() -> None:
    assert {name for name, plug in PLUGS.items() if plug.model != name} == set()
    astray = {name for name, plug in PLUGS.items() if not personal.leads(apps.get_model(name), plug.path, Customer)}
    assert astray == set()


@isolate_apps()
def test_a_model_without_plug_is_found_however_long_its_path() -> None:
    class Fitting(models.Model):
        note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "journeys"

    class Photo(models.Model):
        fitting = models.ForeignKey(Fitting, on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "journeys"

    class Counted(models.Model):
        customer_ids = models.JSONField()

        class Meta:
            app_label = "journeys"

    class Unrelated(models.Model):
        customers_expected = models.IntegerField()

        class Meta:
            app_label = "journeys"

    told = personal.uncovered([Photo, Fitting, Counted, Unrelated], target=Customer, covered=[], reasons={})
    assert told == [
        "journeys.Counted reaches the customer by customer_ids and is in no personal_data plug",
        "journeys.Fitting reaches the customer by note__customer and is in no personal_data plug",
        "journeys.Photo reaches the customer by fitting__note__customer and is in no personal_data plug",
    ]


def test_stale_reasons_and_plugs_are_found() -> None:
    told = personal.uncovered(
        [Note], target=Customer, covered=["journeys.Note", "journeys.Gone"], reasons={"journeys.Note": "why"}
    )
    assert told == ["journeys.Note needs no reason any more", "journeys.Gone is plugged in and no model"]


def test_a_path_that_leads_elsewhere_is_found() -> None:
    assert personal.leads(Reaction, "interaction__customer_id", Customer)
    assert personal.leads(Customer, "pk", Customer)
    assert personal.leads(User, "customer_id", Customer)
    assert not personal.leads(Reaction, "interaction__store_id", Customer)
    assert not personal.leads(Interaction, "kind", Customer)
    assert not personal.leads(Note, "nothing__customer", Customer)
    assert not personal.leads(Note, "pk", Customer)
