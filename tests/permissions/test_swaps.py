"""Another customer's ids slipped into query, body or key change nothing about who is meant."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from django.db import transaction
from django.urls import reverse

from customers.models import ContextReceipt, Customer
from journeys.models import Interaction, Note
from tests.permissions.digest import changed, digest
from tests.permissions.hostile import FORM
from tests.permissions.matrix import text_of
from tests.permissions.policy import TABLE
from tests.permissions.world import FAR, NEAR, World, secrets_of

pytestmark = pytest.mark.django_db
READS = (
    *("customer-page", "customer-panel", "api:customer", "api:customer-timeline", "api:customer-notes"),
    "customer-tryon",
)
# route: who sees both customers, or is the one to call it
THINGS = {
    "customer-wish-remove": "agent",
    "customer-interest-end": "agent",
    "customer-complaint-close": "agent",
    "customer-tryon": "clerk",
    "customer-tryon-outcome": "clerk",
}
WRITES = sorted(
    route
    for route, method in TABLE
    if method == "POST" and route.startswith("customer-") and route != "customer-search"
)


def ids_of(world: World, side: str) -> dict[str, str]:
    """Return every way a caller could name the customer of a side."""
    customer = world.customers[side]
    return {
        "uuid": str(customer.uuid),
        "id": str(customer.pk),
        "pk": str(customer.pk),
        "customer": str(customer.pk),
        "customer_id": str(customer.pk),
        "customer_uuid": str(customer.uuid),
        "member_number": str(customer.member_number),
        "store": str(customer.home_store_id),
        "home_store": str(customer.home_store_id),
        "name": "notes",
        "expand": "customer",
        "include": "far",
    }


@pytest.mark.parametrize("route", READS)
def test_far_ids_in_the_query_show_nothing_of_her(world: World, route: str) -> None:
    # when
    answer = world.client("clerk").get(world.url(route, "clerk", NEAR), ids_of(world, FAR))
    # then
    assert answer.status_code == 200
    assert [secret for secret in secrets_of(FAR) if secret in text_of(answer)] == []
    opened = ContextReceipt.objects.exclude(pk__in=[row.pk for row in world.receipts.values()])
    assert [row.customer_id for row in opened] == [world.customers[NEAR].pk]


@pytest.mark.parametrize("route", READS)
def test_near_ids_in_the_query_do_not_open_a_far_address(world: World, route: str) -> None:
    before = digest()
    answer = world.client("clerk").get(world.url(route, "clerk", FAR), ids_of(world, NEAR))
    assert answer.status_code == 404
    assert [secret for secret in secrets_of(FAR) if secret in text_of(answer)] == []
    assert changed(before, digest()) == []


def test_a_page_note_is_about_whom_the_address_names(world: World) -> None:
    body = {"text": "書き込み", "scope": "company", "key": "swap-1", **ids_of(world, FAR)}
    answer = world.client("clerk").post(world.url("customer-note-add", "clerk", NEAR), body)
    assert answer.status_code == 302
    assert [note.customer_id for note in Note.objects.filter(text="書き込み")] == [world.customers[NEAR].pk]


@pytest.mark.parametrize("route", WRITES)
def test_far_ids_in_a_form_write_nothing_about_her(world: World, route: str) -> None:
    # given every far id beside what the form takes
    allowed = TABLE[route, "POST"].near
    member = "store_manager" if "store_manager" in allowed else min(allowed)
    given = world.body(route, member, NEAR)
    body = {**{name: value for name, value in ids_of(world, FAR).items() if name not in given}, **given}
    before = Interaction.objects.filter(customer=world.customers[FAR]).count()
    # when
    with transaction.atomic():
        answer = world.client(member).post(world.url(route, member, NEAR), body)
        facts = Interaction.objects.filter(customer=world.customers[FAR]).count()
        seq = Customer.objects.get(pk=world.customers[FAR].pk).context_seq
        transaction.set_rollback(True)
    # then
    assert answer.status_code == TABLE[route, "POST"].ok
    assert (facts, seq) == (before, world.customers[FAR].context_seq)


@pytest.mark.parametrize("route", sorted(THINGS))
def test_a_far_thing_below_a_near_customer_is_not_there(world: World, route: str) -> None:
    # given an address of which the customer is near and the thing is far
    member, method = THINGS[route], "GET" if (route, "GET") in TABLE else "POST"
    given = {**world.floor.urls(FAR)[route], "uuid": world.customers[NEAR].uuid}
    before = digest()
    # when
    with transaction.atomic():
        answer = world.client(member).generic(
            method, reverse(route, kwargs=given), urlencode(world.body(route, member, NEAR)), content_type=FORM
        )
    # then
    assert answer.status_code == 404
    assert changed(before, digest()) == []


@pytest.mark.parametrize("field", ["customer", "customer_id", "uuid", "store", "author", "author_id", "id"])
def test_the_api_takes_no_id_in_a_body(world: World, field: str) -> None:
    before = digest()
    body = {"text": "書き込み", "scope": "company", field: ids_of(world, FAR).get(field, "1")}
    url = world.url("api:customer-notes", "clerk", NEAR)
    answer = world.client("clerk").post(url, orjson.dumps(body), content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/{field}"
    assert changed(before, digest()) == []


@pytest.mark.parametrize("route", ["customer-note-add", "api:customer-notes"])
def test_near_ids_in_a_body_do_not_open_a_far_address(world: World, route: str) -> None:
    before = digest()
    body: Any = {"text": "書き込み", "scope": "company"}
    url = f"{world.url(route, 'clerk', FAR)}?uuid={world.customers[NEAR].uuid}"
    client = world.client("clerk")
    if route.startswith("api:"):
        answer = client.post(url, orjson.dumps(body), content_type="application/json")
    else:
        answer = client.post(url, {**body, "key": "swap-2", **ids_of(world, NEAR)})
    assert answer.status_code == 404
    assert changed(before, digest()) == []


@pytest.mark.parametrize("label", ["customers_attentionitem", "customers_contextreceipt"])
def test_far_rows_are_opened_by_no_spelling_of_their_number(world: World, label: str) -> None:
    row = world.item("store_manager", FAR) if label == "customers_attentionitem" else world.receipts[FAR]
    answers = []
    for spelling in (str(row.pk), f"0{row.pk}", f" {row.pk}", f"{row.pk}%20", f"+{row.pk}", f"{row.pk}.0"):
        for page in ("change", "history"):
            with transaction.atomic():
                url = reverse(f"admin:{label}_changelist") + f"{spelling}/{page}/"
                answers.append(world.client("store_manager").get(url).status_code)
                transaction.set_rollback(True)
    assert set(answers) == {302}


def test_another_clerks_used_key_gives_none_of_her_answer(world: World) -> None:
    # given
    far = world.url("api:customer-notes", "other_clerk", FAR)
    near = world.url("api:customer-notes", "clerk", NEAR)
    body = orjson.dumps({"text": "梅田の新しいメモ", "scope": "store"})
    key = {"Idempotency-Key": "shared-key"}
    first = world.client("other_clerk").post(far, body, content_type="application/json", headers=key)
    # when
    second = world.client("clerk").post(near, body, content_type="application/json", headers=key)
    # then
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json()["uuid"] != first.json()["uuid"]
    assert "Idempotent-Replay" not in second.headers
