"""The back office's own doors: filters that would read hidden fields, bulk acts, refusals that look like success."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.db.models import Field
from django.urls import reverse

from customers.models import AttentionItem, Role, StaffProfile, Store
from tests.permissions.digest import changed, digest
from tests.permissions.policy import TABLE
from tests.permissions.world import FAR, NEAR, World

pytestmark = pytest.mark.django_db
SITE = admin.site._registry
DECLARED = {
    "customers_store": {"is_open"},
    "customers_user": {"is_active", "staff__role"},
    "customers_contextreceipt": {"surface"},
    "customers_attentionitem": {"settled"},
    "journeys_style": {"is_active"},
    "journeys_variant": {"is_active"},
    "journeys_order": {"state", "channel"},
    "journeys_sourcecode": {"valid", "channel"},
    "journeys_reaction": {"state"},
    "journeys_importrun": {"state", "what"},
}


def paths(model: Any) -> list[str]:
    """Return the fields of a model and of what it points to: everything a lookup could read."""
    found = []
    for field in model._meta.get_fields():
        name = field.name if isinstance(field, Field) else field.related_model._meta.model_name
        found.append(name)
        if field.related_model:
            found += [f"{name}__{inner.name}" for inner in field.related_model._meta.fields]
    return sorted(set(found))


@pytest.mark.parametrize("model", sorted(SITE, key=lambda model: model._meta.label), ids=lambda m: m._meta.label_lower)
def test_only_declared_filters_are_answered(world: World, model: Any) -> None:
    label = f"{model._meta.app_label}_{model._meta.model_name}"
    route = f"admin:{label}_changelist"
    client = world.client(sorted(TABLE[route, "GET"].near)[0])
    tried = [path for path in paths(model) if path not in DECLARED[label]]
    assert len(tried) > 5
    for path in tried:
        for lookup in ("startswith", "isnull", "exact", "regex"):
            answer = client.get(reverse(route), {f"{path}__{lookup}": "1"})
            assert answer.status_code == 400, f"{label}: {path}__{lookup}"


def test_declared_filters_are_answered(world: World) -> None:
    asked = [
        ("admin", "customers_store", "is_open__exact=1"),
        ("admin", "customers_user", "staff__role__exact=clerk"),
        ("auditor", "customers_contextreceipt", "surface__exact=page"),
        ("data_steward", "customers_attentionitem", "settled=yes"),
        ("marketer", "journeys_style", "is_active__exact=1"),
        ("marketer", "journeys_variant", "is_active__exact=1"),
        ("marketer", "journeys_sourcecode", "valid=yes"),
        ("marketer", "journeys_sourcecode", "channel__exact=pamphlet"),
        ("admin", "journeys_reaction", "state__exact=parked"),
        ("data_steward", "journeys_importrun", "state__exact=checked"),
        ("data_steward", "journeys_importrun", "what__exact=customers"),
    ]
    for member, label, query in asked:
        answer = world.client(member).get(f"{reverse(f'admin:{label}_changelist')}?{query}")
        assert answer.status_code == 200, label


def test_no_list_is_edited_in_place_and_nothing_is_deleted_in_bulk(world: World, rf: Any) -> None:
    request = rf.get("/")
    request.user = world.cast.staff["admin"]
    assert {model._meta.label for model, page in SITE.items() if page.list_editable} == set()
    assert {
        model._meta.label for model, page in SITE.items() if "delete_selected" in page.get_actions(request)
    } == set()


def test_a_bulk_delete_by_hand_deletes_nothing(world: World) -> None:
    before = digest()
    stores = list(Store.objects.values_list("pk", flat=True))
    world.client("admin").post(
        reverse("admin:customers_store_changelist"), {"action": "delete_selected", "_selected_action": stores}
    )
    assert changed(before, digest()) == []


def test_settling_everything_settles_ones_own_list_only(world: World) -> None:
    # when: "all" is ticked, and another list's item is slipped in
    answer = world.client(Role.STORE_MANAGER).post(
        reverse("admin:customers_attentionitem_changelist"),
        {
            "action": "settle",
            "select_across": "1",
            "_selected_action": [world.item("store_manager", FAR).pk, world.item("admin", NEAR).pk],
        },
    )
    # then
    assert answer.status_code == 302
    settled = AttentionItem.objects.filter(settled_at__isnull=False)
    assert [item.pk for item in settled] == [world.item("store_manager", NEAR).pk]


@pytest.mark.parametrize("role", ["support_lead", "data_steward", "admin"])
def test_each_office_role_has_a_list_of_its_own(world: World, role: str) -> None:
    page = world.client(role).get(reverse("admin:customers_attentionitem_changelist"))
    assert [item.pk for item in page.context["cl"].result_list] == [world.item(role, NEAR).pk]


def test_lists_show_the_own_stores_rows_only(world: World) -> None:
    items = world.client("store_manager").get(reverse("admin:customers_attentionitem_changelist")).content.decode()
    assert "item-store_manager-near" in items
    assert [
        word for word in ("item-store_manager-far", "item-admin-near", "item-data_steward-near") if word in items
    ] == []
    log = world.client("store_manager").get(reverse("admin:customers_contextreceipt_changelist"))
    rows = [row.pk for row in log.context["cl"].result_list]
    assert world.receipts[NEAR].pk in rows
    assert world.receipts[FAR].pk not in rows
    everything = world.client("auditor").get(reverse("admin:customers_contextreceipt_changelist"))
    assert {world.receipts[NEAR].pk, world.receipts[FAR].pk} <= {row.pk for row in everything.context["cl"].result_list}


def test_a_refused_change_is_not_called_a_success(world: World) -> None:
    # given: the only administrator takes her own role away
    me = world.cast.staff["admin"]
    url = reverse("admin:customers_user_change", args=[me.pk])
    body = {"username": "admin", "last_name": "x", "first_name": "y", "role": "agent", "store": "", "is_active": "on"}
    before = digest()
    # when
    answer = world.client("admin").post(url, body)
    # then
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert [message.level_tag for message in get_messages(answer.wsgi_request)] == ["error"]
    assert StaffProfile.objects.get(user=me).role == Role.ADMIN
    assert changed(before, digest()) == []


def test_staff_pages_know_no_shoppers(world: World) -> None:
    listed = world.client("admin").get(reverse("admin:customers_user_changelist"))
    assert world.cast.shopper.pk not in [row.pk for row in listed.context["cl"].result_list]
    opened = world.client("admin").get(reverse("admin:customers_user_change", args=[world.cast.shopper.pk]))
    assert opened.status_code == 302
    reset = world.client("admin").get(reverse("admin:auth_user_password_change", args=[world.cast.shopper.pk]))
    assert reset.status_code == 404
