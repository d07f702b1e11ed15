"""Complaints: what to say and not to say, the hold on offers, the strip on top of the page."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from config.lib import clock
from config.lib.errors import Conflict, Invalid, NotFound
from customers.models import ContactHold
from customers.selectors import contactholds as holds
from customers.services import contactholds
from journeys.hooks import interaction_kinds
from journeys.models import Complaint, Interaction
from journeys.selectors import complaints as selector
from journeys.selectors import timeline
from journeys.services import complaints
from tests.cast import Cast
from tests.races.crowd import at_once, errors


def open_one(cast: Cast, name: str = "clerk", **given: Any) -> Complaint:
    """Open a complaint about a frayed sleeve."""
    told = {"category": "defect", "about": "袖のほつれ", "say": "まずお詫び", "do_not_say": "返金の約束", **given}
    return complaints.open_complaint(actor=cast.actor(name), customer_uuid=str(cast.hanako.uuid), **told)


def close(cast: Cast, complaint: Complaint, name: str = "agent") -> Complaint:
    """Close it: repaired."""
    return complaints.close_complaint(
        actor=cast.actor(name),
        customer_uuid=str(complaint.customer.uuid),
        complaint_uuid=str(complaint.uuid),
        outcome="お直し済み",
    )


def client_of(cast: Cast, name: str) -> Client:
    """Return a browser signed in as this member."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.members()[name])
    return client


def test_opening_places_a_hold_and_tells_the_timeline(cast: Cast) -> None:
    # when
    complaint = open_one(cast, handler_id=cast.staff["agent"].pk, due_at=clock.now() + timedelta(hours=4))
    # then
    hold = ContactHold.objects.get()
    assert (hold.customer_id, hold.reason, hold.subject) == (cast.hanako.pk, "complaint", f"complaint:{complaint.uuid}")
    assert holds.is_held(customer_id=cast.hanako.pk)
    with override("en"):
        entry = timeline.page(actor=cast.actor("clerk"), customer=cast.hanako, kind="complaint.opened").entries[0]
    assert (entry.sentence, entry.text) == ("Something went wrong: Defect", "袖のほつれ")
    strip = selector.open_of(customer_id=cast.hanako.pk)[0]
    assert (strip.say, strip.do_not_say, strip.handler) == ("まずお詫び", "返金の約束", "姓agent 名")


def test_opening_and_closing_are_material(cast: Cast) -> None:
    kinds = {plug.name: plug.value for plug in interaction_kinds.plugs()}
    assert kinds["complaint.opened"].is_material
    assert kinds["complaint.closed"].is_material
    before = cast.hanako.context_seq
    close(cast, open_one(cast))
    cast.hanako.refresh_from_db()
    assert cast.hanako.context_seq >= before + 2


def test_closing_lifts_its_own_hold_and_no_other(cast: Cast) -> None:
    # given two complaints, and a hold at her own request
    first, second = open_one(cast), open_one(cast, about="配送の遅れ", category="late")
    contactholds.place(actor=cast.actor("agent"), customer_id=cast.hanako.pk, reason="request")
    # when
    closed = close(cast, first)
    # then
    assert (closed.outcome, closed.closed_by_id) == ("お直し済み", cast.staff["agent"].pk)
    left = {hold.subject for hold in holds.open_of(customer_id=cast.hanako.pk)}
    assert left == {f"complaint:{second.uuid}", ""}
    assert [strip.about for strip in selector.open_of(customer_id=cast.hanako.pk)] == ["配送の遅れ"]
    assert Interaction.objects.filter(kind="complaint.closed").count() == 1


def test_a_closed_one_is_not_closed_again(cast: Cast) -> None:
    complaint = open_one(cast)
    close(cast, complaint)
    with pytest.raises(Conflict) as refusal:
        close(cast, complaint)
    assert refusal.value.code == "complaint_closed"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"category": "bad"}, "complaint_category"),
        ({"about": "  "}, "complaint_about"),
        ({"about": "あ" * 121}, "complaint_about"),
        ({"say": "あ" * 201}, "complaint_say"),
        ({"do_not_say": "\x00"}, "unwritable"),
        ({"handler_id": 0}, "complaint_handler_id"),
        ({"due_at": clock.now() - timedelta(days=9000)}, "complaint_due_at"),
    ],
)
def test_what_cannot_be_is_refused(cast: Cast, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        open_one(cast, **given)
    assert refusal.value.code == code
    assert (Complaint.objects.count(), ContactHold.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["marketer", "data_steward", "auditor"])
def test_who_does_not_meet_customers_opens_nothing(cast: Cast, name: str) -> None:
    with pytest.raises(NotFound):
        open_one(cast, name)
    assert (Complaint.objects.count(), ContactHold.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", ["clerk", "sales"])
def test_who_opens_may_not_close(cast: Cast, name: str) -> None:
    complaint = open_one(cast, name)
    with pytest.raises(NotFound):
        close(cast, complaint, name)
    assert holds.is_held(customer_id=cast.hanako.pk)


def test_a_manager_closes_only_for_customers_of_her_store(cast: Cast) -> None:
    far = complaints.open_complaint(
        actor=cast.actor("agent"),
        customer_uuid=str(cast.far.uuid),
        category="late",
        about="遅れ",
        say="",
        do_not_say="",
    )
    with pytest.raises(NotFound):
        close(cast, far, "store_manager")
    assert Complaint.objects.get().closed_at is None
    close(cast, open_one(cast), "store_manager")


def test_the_strip_stands_on_top_of_the_page_until_it_is_closed(cast: Cast) -> None:
    # given the clerk opens it at the page
    clerk, lead = client_of(cast, "clerk"), client_of(cast, "support_lead")
    page = reverse("customer-page", args=[cast.hanako.uuid])
    assert "y-strip" not in clerk.get(page).content.decode()
    form = {"key": "k-1", "category": "defect", "about": "袖のほつれ", "say": "まずお詫び", "do_not_say": "返金の約束"}
    due = {"due_at": "2099-11-21T18:00", "handler": str(cast.staff["agent"].pk)}
    address = reverse("customer-complaint-open", args=[cast.hanako.uuid])
    assert clerk.post(address, {**form, **due})["Location"] == page
    # then it comes before everything else, for everybody who meets her
    text = clerk.get(page).content.decode()
    assert text.index("y-strip") < text.index('id="panel-')
    for words in ("Open problem: Defect", "まずお詫び", "返金の約束", "Handled by 姓agent 名", "Answer by"):
        assert words in text
    complaint = Complaint.objects.get()
    end = reverse("customer-complaint-close", args=[cast.hanako.uuid, complaint.uuid])
    assert end not in text
    assert clerk.post(end, {"key": "k-2", "outcome": "x"}).status_code == 404
    assert lead.post(end, {"key": "k-3", "outcome": ""}).status_code == 422
    assert lead.post(end, {"key": "k-3", "outcome": "お直し済み"})["Location"] == page
    assert "y-strip" not in clerk.get(page).content.decode()


def test_a_refused_complaint_keeps_what_was_typed(cast: Cast) -> None:
    form = {"key": "k-1", "category": "defect", "about": "", "say": "まずお詫び", "do_not_say": "返金"}
    answer = client_of(cast, "clerk").post(reverse("customer-complaint-open", args=[cast.hanako.uuid]), form)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'value="まずお詫び"' in text
    assert 'name="category" value="defect"' in text
    assert Complaint.objects.count() == 0


@pytest.mark.parametrize(
    ("due", "status"), [("2099-12-01T00:00-23:08", 302), ("9999-12-31T23:59", 422), ("soon", 422), ("", 302)]
)
def test_a_promised_hour_is_kept_or_refused_but_never_lost(cast: Cast, due: str, status: int) -> None:
    form = {"key": "k-1", "category": "defect", "about": "袖", "say": "お詫び", "do_not_say": "返金", "due_at": due}
    answer = client_of(cast, "clerk").post(reverse("customer-complaint-open", args=[cast.hanako.uuid]), form)
    assert (answer.status_code, Complaint.objects.count()) == (status, int(status == 302))
    kept = [row.due_at.isoformat() for row in Complaint.objects.exclude(due_at=None)]
    assert kept == (["2099-12-01T23:08:00+00:00"] if status == 302 and due else [])
    if status == 422:
        assert ("This is not a day and an hour." in answer.content.decode()) is True
        assert f'value="{due}"' in answer.content.decode()


def test_another_store_sees_and_changes_nothing(cast: Cast) -> None:
    open_one(cast)
    client = client_of(cast, "other_clerk")
    assert client.get(reverse("customer-page", args=[cast.hanako.uuid])).status_code == 404
    address = reverse("customer-complaint-open", args=[cast.hanako.uuid])
    assert client.post(address, {"key": "k", "category": "late", "about": "x"}).status_code == 404
    assert Complaint.objects.count() == 1


def test_the_strip_costs_one_query(cast: Cast, django_assert_num_queries: Any) -> None:
    for number in range(3):
        open_one(cast, about=f"件{number}", handler_id=cast.staff["agent"].pk)
    # 1 open complaints with their handlers
    with django_assert_num_queries(1):
        assert len(selector.open_of(customer_id=cast.hanako.pk)) == 3


@pytest.mark.django_db(transaction=True)
def test_four_who_close_at_once_close_it_once(cast: Cast) -> None:
    complaint = open_one(cast)
    told = at_once([partial(close, cast, complaint)] * 4)
    assert [getattr(error, "code", error) for error in errors(told)] == ["complaint_closed"] * 3
    assert Interaction.objects.filter(kind="complaint.closed").count() == 1
    assert not holds.is_held(customer_id=cast.hanako.pk)
