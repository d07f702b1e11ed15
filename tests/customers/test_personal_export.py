"""One person's data in one file: every row of every room that is hers, nobody else's, and never unlogged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import translation

from config.lib import clock
from config.lib.errors import Invalid, NotFound
from customers import access
from customers.hooks import personal_data
from customers.models import ContextReceipt, Customer, Reveal
from customers.services import disclosure, merging
from tests import factories
from tests.cast import Cast
from tests.customers import lives
from tests.customers.test_merging_pages import browser
from tests.factories import NOON

PURPOSE = "ご本人からの開示請求"


def export(cast: Cast, customer: Customer, **given: Any) -> dict[str, Any]:
    made = disclosure.export(
        **{"actor": cast.actor("data_steward"), "customer_uuid": str(customer.uuid), "purpose": PURPOSE, **given}
    )
    return dict(json.loads(made.content))


def test_every_plug_of_a_full_life_is_in_it_and_nobody_elses_rows(cast: Cast) -> None:
    # given: two full lives
    for customer in (cast.hanako, cast.far):
        lives.live(cast, customer)
        lives.former(customer)
    # when
    told = export(cast, cast.hanako)
    # then: every kind of row there is a plug for, as far as she has rows
    found = {part["kind"]: {row["id"] for row in part["rows"]} for part in told["records"]}
    ids = {cast.hanako.pk, *Customer.objects.filter(merged_into=cast.hanako).values_list("pk", flat=True)}
    whose = {
        plug.model: set(
            apps.get_model(plug.model)
            ._default_manager.filter(**{f"{plug.path.removesuffix('_id')}__in": ids})
            .values_list("pk", flat=True)
        )
        for plug in personal_data.values()
        if plug.path not in {"customer_ids", "left_id", "survivor_id"}
    }
    for label, rows in whose.items():
        assert found.get(label, set()) == rows, label
    empty = {plug.model for plug in personal_data.values()} - set(found)
    assert empty == set()
    # nobody else's
    others = {customer.pk for customer in Customer.objects.exclude(pk__in=ids)}
    assert {row.get("customer_id") for part in told["records"] for row in part["rows"]} & others == set()
    text = json.dumps(told, ensure_ascii=False)
    assert "090-1111-1234" in text
    assert "090-3333-9999" not in text
    assert "遠山" not in text


def test_it_is_readable_and_holds_no_secrets(cast: Cast) -> None:
    lives.live(cast, cast.hanako)
    with translation.override("en"):
        told = export(cast, cast.hanako)
    parts = {part["kind"]: part for part in told["records"]}
    assert parts["customers.Identity"]["heading"] == "identities"
    assert parts["customers.Identity"]["columns"]["raw"] == "as given"
    assert "password" not in parts["customers.User"]["rows"][0]
    assert (told["purpose"], told["customer"]) == (PURPOSE, str(cast.hanako.uuid))


def test_what_was_merged_into_her_is_in_it_and_what_was_taken_back_is_not(cast: Cast) -> None:
    lives.live(cast, cast.far)
    given = {"actor": cast.actor("data_steward")}
    event = merging.merge(**given, survivor_uuid=str(cast.hanako.uuid), absorbed_uuid=str(cast.far.uuid), choices={})
    assert "090-3333-9999" in json.dumps(export(cast, cast.hanako))
    merging.undo(**given, merge_uuid=str(event.uuid))
    assert "090-3333-9999" not in json.dumps(export(cast, cast.hanako))


def test_each_copy_is_written_down(cast: Cast) -> None:
    with clock.at(NOON):
        told = export(cast, cast.hanako)
    row = Reveal.objects.get()
    assert (row.field, row.reason, row.staff_id, row.revealed_at) == (
        "export", PURPOSE, cast.staff["data_steward"].pk, NOON,
    )  # fmt: skip
    assert str(ContextReceipt.objects.get().uuid) == told["receipt"]


@pytest.mark.parametrize("purpose", ["", "開示", "長" * 201])
def test_without_a_purpose_there_is_no_file(cast: Cast, purpose: str) -> None:
    with pytest.raises(Invalid) as caught:
        export(cast, cast.hanako, purpose=purpose)
    assert caught.value.code == "export_purpose"
    assert not Reveal.objects.exists()
    assert not ContextReceipt.objects.exists()


def test_other_roles_get_none(cast: Cast) -> None:
    actors = [cast.actor(role) for role in set(cast.staff) - {"data_steward", "support_lead"}]
    for actor in (*actors, access.Actor(access.ANONYMOUS)):
        with pytest.raises(NotFound):
            export(cast, cast.hanako, actor=actor)
    assert not Reveal.objects.exists()


def test_the_page_hands_out_a_file(cast: Cast) -> None:
    client = browser(cast)
    assert (
        reverse("customer-export", args=[cast.hanako.uuid])
        in client.get(reverse("customer-page", args=[cast.hanako.uuid])).content.decode()
    )
    # when
    answer = client.post(reverse("customer-export", args=[cast.hanako.uuid]), {"purpose": PURPOSE})
    # then
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"].startswith('attachment; filename="customer-')
    assert str(cast.hanako.pk) not in answer["Content-Disposition"]
    assert json.loads(answer.content)["records"][0]["rows"]
    again = client.post(reverse("customer-export", args=[cast.hanako.uuid]), {"purpose": "x"})
    assert again.status_code == 422


def test_a_customer_without_much_is_exported_too(cast: Cast) -> None:
    told = export(cast, factories.customer())
    kinds = {part["kind"] for part in told["records"]}
    assert kinds == {"customers.ContextReceipt", "customers.Customer", "customers.Reveal", "journeys.Interaction"}
