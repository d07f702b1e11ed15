"""The read log and the context receipt are one row: who opened whom, having seen exactly what."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from config.lib import clock
from config.lib.errors import NotFound
from config.lib.rows import AppendOnlyError
from customers import access
from customers.models import CandidateList, ContextReceipt, Customer
from customers.services import receipts, search
from journeys.models import Interaction, Note
from journeys.services import instore
from tests import factories
from tests.cast import Cast


def hash_of(*items: str) -> str:
    """Return the fingerprint of what was shown, in order."""
    return hashlib.sha256("\n".join(items).encode()).hexdigest()


def note(cast: Cast, role: str, text: str, scope: str = "company") -> None:
    """Write a note about Hanako."""
    instore.write_note(actor=cast.actor(role), customer_uuid=str(cast.hanako.uuid), text=text, scope=scope)


def opened(client: Any, cast: Cast, role: str, route: str, **query: str) -> ContextReceipt:
    """Open Hanako as a role; return the one row this wrote."""
    client.force_login(cast.staff[role])
    known = set(ContextReceipt.objects.values_list("pk", flat=True))
    arguments = [cast.hanako.uuid, query.pop("panel")] if "panel" in query else [cast.hanako.uuid]
    assert client.get(reverse(route, args=arguments), query).status_code == 200
    return ContextReceipt.objects.exclude(pk__in=known).get()


def facts(customer: Customer, **only: Any) -> list[str]:
    """Return a customer's facts as items, newest first."""
    rows = Interaction.objects.filter(customer=customer, **only).order_by("-occurred_at", "-id")
    return [f"interaction:{row.pk}" for row in rows]


def notes(customer: Customer) -> list[str]:
    """Return a customer's notes as items, newest first."""
    return [f"note:{row.pk}" for row in Note.objects.filter(customer=customer).order_by("-written_at", "-id")]


def test_the_row_says_who_whom_where_and_until_when(cast: Cast, client: Any) -> None:
    note(cast, "agent", "お電話")
    before = clock.now()
    # when
    row = opened(client, cast, "clerk", "customer-page")
    # then
    assert (row.staff, row.role, row.store, row.customer, row.surface) == (
        cast.staff["clerk"],
        "clerk",
        cast.shibuya,
        cast.hanako,
        "page",
    )
    assert row.context_seq == Customer.objects.get(pk=cast.hanako.pk).context_seq == 2
    assert before <= row.opened_at <= clock.now()
    assert row.expires_at - row.opened_at == timedelta(minutes=30)


def test_the_page_is_fingerprinted_as_each_role_saw_it(cast: Cast, client: Any) -> None:
    # given: the manager of another store cannot write here, so the store note is Shibuya's
    note(cast, "agent", "会社のメモ")
    note(cast, "clerk", "店のメモ", scope="store")
    profile = f"profile:{Customer.objects.get(pk=cast.hanako.pk).version}"
    everything = [profile, *facts(cast.hanako), *notes(cast.hanako)]
    # then
    assert opened(client, cast, "clerk", "customer-page").items_hash == hash_of(*everything)
    assert opened(client, cast, "support_lead", "customer-page").items_hash == hash_of(*everything)
    seen = [profile, *facts(cast.hanako, kind__startswith="profile.")]
    assert opened(client, cast, "data_steward", "customer-page").items_hash == hash_of(*seen)


def test_a_filtered_page_counts_what_it_showed(cast: Cast, client: Any) -> None:
    note(cast, "agent", "お電話")
    profile = f"profile:{Customer.objects.get(pk=cast.hanako.pk).version}"
    row = opened(client, cast, "agent", "customer-page", channel="line")
    assert row.items_hash == hash_of(profile, *notes(cast.hanako))


def test_something_new_is_another_context(cast: Cast, client: Any) -> None:
    first = opened(client, cast, "clerk", "customer-page")
    note(cast, "agent", "新しいこと")
    second = opened(client, cast, "clerk", "customer-page")
    assert (second.context_seq, second.items_hash != first.items_hash) == (first.context_seq + 1, True)


def test_each_opening_is_a_row(cast: Cast, client: Any) -> None:
    assert len({opened(client, cast, "clerk", "customer-page").pk for _time in range(3)}) == 3


def test_over_the_api_each_reading_is_a_row_with_what_it_gave(cast: Cast, client: Any) -> None:
    note(cast, "agent", "お電話")
    version = Customer.objects.get(pk=cast.hanako.pk).version
    profile = opened(client, cast, "agent", "api:customer")
    story = opened(client, cast, "agent", "api:customer-timeline", limit="1")
    written = opened(client, cast, "agent", "api:customer-notes")
    assert (profile.surface, profile.items_hash) == ("api", hash_of(f"profile:{version}"))
    assert (story.surface, story.items_hash) == ("api", hash_of(*facts(cast.hanako)[:1]))
    assert (written.surface, written.items_hash) == ("api", hash_of(*notes(cast.hanako)))


def test_the_api_answers_with_its_receipt(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["agent"])
    answer = client.get(reverse("api:customer", args=[cast.hanako.uuid])).json()
    assert answer["receipt"] == str(ContextReceipt.objects.get().uuid)


def test_a_part_of_an_open_page_is_no_second_opening(cast: Cast, client: Any) -> None:
    # given
    row = opened(client, cast, "clerk", "customer-page")
    panel = reverse("customer-panel", args=[cast.hanako.uuid, "timeline"])
    # when: filters and older pages of the same opening
    for channel in ("", "phone", "line"):
        assert client.get(panel, {"channel": channel}).status_code == 200
    assert ContextReceipt.objects.count() == 1
    # and once the opening is over, a part is an opening again
    with clock.at(row.expires_at + timedelta(seconds=1)):
        client.get(panel)
    assert ContextReceipt.objects.count() == 2


def test_a_part_by_itself_is_an_opening(cast: Cast, client: Any) -> None:
    note(cast, "agent", "お電話")
    row = opened(client, cast, "clerk", "customer-panel", panel="notes")
    assert (row.surface, row.items_hash) == ("page", hash_of(*notes(cast.hanako)))


def test_a_colleagues_open_page_does_not_cover_mine(cast: Cast, client: Any) -> None:
    opened(client, cast, "store_manager", "customer-page")
    row = opened(client, cast, "clerk", "customer-panel", panel="profile")
    assert row.staff == cast.staff["clerk"]


def test_the_namesakes_open_page_does_not_cover_hers(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["clerk"])
    client.get(reverse("customer-page", args=[cast.namesake.uuid]))
    row = opened(client, cast, "clerk", "customer-panel", panel="profile")
    assert row.customer == cast.hanako


def test_who_may_not_look_leaves_no_row(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["clerk"])
    assert client.get(reverse("customer-page", args=[cast.far.uuid])).status_code == 404
    with pytest.raises(NotFound):
        receipts.issue(actor=cast.actor("marketer"), customer=cast.hanako, surface="page", items=[])
    with pytest.raises(LookupError):
        receipts.issue(actor=access.system(access.SYSTEM_IMPORT), customer=cast.hanako, surface="page", items=[])
    assert ContextReceipt.objects.count() == 0


@pytest.mark.parametrize("table", ["customers_contextreceipt", "customers_candidatelist"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET staff_id = staff_id", "DELETE FROM {}"])
def test_the_database_keeps_the_log_as_it_is(cast: Cast, client: Any, table: str, sql: str) -> None:
    opened(client, cast, "clerk", "customer-page")
    search.find(actor=cast.actor("clerk"), term="山田 1234")
    with pytest.raises(IntegrityError, match=f"{table} is append-only"), transaction.atomic():
        connection.cursor().execute(sql.format(table))
    assert (ContextReceipt.objects.count(), CandidateList.objects.count()) == (1, 1)


def test_python_refuses_before_the_database_has_to(cast: Cast, client: Any) -> None:
    opened(client, cast, "clerk", "customer-page")
    for act in (ContextReceipt.objects.all().delete, lambda: ContextReceipt.objects.update(role="x")):
        with pytest.raises(AppendOnlyError):
            act()
    assert ContextReceipt.objects.count() == 1


def test_the_read_log_page_tells_numbers_and_no_names(cast: Cast, client: Any) -> None:
    opened(client, cast, "clerk", "customer-page")
    factories.interaction(customer=cast.hanako)
    client.force_login(cast.staff["auditor"])
    text = client.get(reverse("admin:customers_contextreceipt_changelist")).content.decode()
    assert "•••0001" in text
    assert [secret for secret in ("山田", "90000001", "090-1111-1234") if secret in text] == []
