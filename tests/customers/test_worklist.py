"""The start page: what waits today in order of time, one tap to each, birthdays of the week, each role its own."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from config.lib import clock
from config.lib.errors import Refused
from customers import access
from customers.models import Customer, StaffTask
from customers.selectors import worklist
from customers.services import consents, stafftasks
from journeys.models import Complaint, Reservation
from journeys.services import complaints, instore, reservations
from tests import factories
from tests.cast import Cast

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def client_of(cast: Cast, name: str, language: str = "en") -> Client:
    """Return a browser signed in as this member."""
    client = Client(headers={"accept-language": language})
    client.force_login(cast.members()[name], backend="customers.services.signin.StaffBackend")
    return client


def day_of(cast: Cast, name: str = "clerk") -> worklist.Day:
    """What the member's start page says at noon."""
    with clock.at(NOON), translation.override("en"):
        return worklist.today(actor=access.actor_of(cast.members()[name]))


def promise(cast: Cast, customer: Customer, days: int, name: str = "clerk") -> None:
    """Promise something so many days from the 20th."""
    with clock.at(NOON - timedelta(days=9)):
        instore.write_note(
            actor=access.actor_of(cast.members()[name]),
            customer_uuid=str(customer.uuid),
            text=f"約束{days}",
            scope="company",
            type="promise",
            due_on=TODAY + timedelta(days=days),
        )


def task(cast: Cast, *, hours: float, name: str = "clerk", **given: object) -> StaffTask:
    """Give a task due so many hours from noon."""
    actor = access.actor_of(cast.members()[name])
    with clock.at(NOON - timedelta(days=1)):
        return stafftasks.give(
            actor=actor,
            title=f"用{hours}",
            due_at=NOON + timedelta(hours=hours),
            **{"store_id": actor.store_id, **given},  # type: ignore[arg-type]
        )


def aside(cast: Cast, customer: Customer, *, hours: int, ready: bool = False) -> Reservation:
    """Put something aside in Shibuya that is held so many hours from noon."""
    goods = factories.variant()
    factories.stocked(variant=goods, store=cast.shibuya, on_hand=3, as_of=NOON)
    with clock.at(NOON - timedelta(hours=1)):
        row = reservations.reserve(
            actor=cast.actor("clerk"),
            customer_uuid=str(customer.uuid),
            store_id=cast.shibuya.pk,
            lines=[(goods.pk, 2)],
            until=NOON + timedelta(hours=hours),
            channel="store",
        )
        if ready:
            reservations.make_ready(actor=cast.actor("clerk"), reservation_uuid=str(row.uuid))
    return row


def complain(cast: Cast, customer: Customer, *, hours: float | None, name: str = "clerk") -> Complaint:
    """Open a complaint to be answered so many hours from noon."""
    with clock.at(NOON - timedelta(days=2)):
        return complaints.open_complaint(
            actor=access.actor_of(cast.members()[name]),
            customer_uuid=str(customer.uuid),
            category="defect",
            about="袖のほつれ",
            say="お詫び",
            do_not_say="返金",
            due_at=None if hours is None else NOON + timedelta(hours=hours),
        )


def agree(customer: Customer, *, is_given: bool = True, at: datetime = NOON) -> None:
    """State whether the customer wants advice in the store."""
    consents.state(
        actor=access.system(access.SYSTEM_DEMO),
        customer_uuid=str(customer.uuid),
        channel="store",
        purpose="store_advice",
        is_given=is_given,
        text_version="v1",
        source="test",
        source_id=f"{customer.pk}-{is_given}",
        stated_at=at,
    )


def born(customer: Customer, day: date) -> None:
    """Set a birthday, as given data."""
    Customer.objects.filter(pk=customer.pk).update(birthday=day)


def test_everything_that_waits_stands_in_order_of_time(cast: Cast) -> None:
    # given one of each, made in another order
    task(cast, hours=5)
    aside(cast, cast.hanako, hours=60)
    aside(cast, cast.namesake, hours=6, ready=True)
    promise(cast, cast.hanako, 0)
    promise(cast, cast.hanako, -3)
    promise(cast, cast.hanako, 1)
    complain(cast, cast.namesake, hours=2)
    # when
    day = day_of(cast)
    # then what is late comes first, tomorrow's promise not at all, and each says when
    assert [(row.line.kind, row.line.time, row.line.is_late) for row in day.rows] == [
        ("promise", "17 Nov", True),
        ("promise", "Today", False),
        ("reservation", "11:00 asked", False),
        ("alert", "14:00", False),
        ("task", "17:00", False),
        ("expiring", "18:00", False),
    ]
    assert (day.late, day.more) == (1, 0)


def test_names_are_family_names_only(cast: Cast) -> None:
    promise(cast, cast.hanako, 0)
    task(cast, hours=1, customer_uuid=str(cast.hanako.uuid))
    assert [row.line.name for row in day_of(cast).rows] == ["山田", "山田"]


def test_a_complaint_is_told_before_its_customer_comes(cast: Cast) -> None:
    # given open complaints not to be answered today: of somebody expected today, and of somebody else
    complain(cast, cast.hanako, hours=48)
    complain(cast, cast.namesake, hours=None)
    # when one of them has something put aside
    aside(cast, cast.hanako, hours=60)
    # then only hers is told
    alerts = [row for row in day_of(cast).rows if row.line.kind == "alert"]
    assert [(row.line.customer_id, row.line.time) for row in alerts] == [(cast.hanako.pk, "Know first")]
    assert alerts[0].page == str(cast.hanako.uuid)


def test_a_closed_complaint_and_a_late_answer(cast: Cast) -> None:
    late, closed = complain(cast, cast.hanako, hours=-3), complain(cast, cast.namesake, hours=1)
    complaints.close_complaint(
        actor=cast.actor("store_manager"),
        customer_uuid=str(cast.namesake.uuid),
        complaint_uuid=str(closed.uuid),
        outcome="完了",
    )
    rows = day_of(cast).rows
    assert [(row.line.customer_id, row.line.is_late) for row in rows] == [(late.customer_id, True)]


def test_another_stores_work_is_not_on_the_list(cast: Cast) -> None:
    promise(cast, cast.far, 0, name="other_clerk")
    task(cast, hours=1, name="other_clerk")
    complain(cast, cast.far, hours=1, name="other_clerk")
    assert [row.line.kind for row in day_of(cast, "other_clerk").rows] == ["promise", "alert", "task"]
    assert day_of(cast).rows == []


def test_a_complaint_about_a_customer_she_may_not_open_is_not_told(cast: Cast) -> None:
    # given a promise of hers to somebody whose page has since left her store
    promise(cast, cast.hanako, 0)
    complain(cast, cast.hanako, hours=1)
    Customer.objects.filter(pk=cast.hanako.pk).update(home_store=cast.umeda)
    # then the promise stands without its page, the complaint not at all
    assert [(row.line.kind, row.page) for row in day_of(cast).rows] == [("promise", "")]


def test_birthdays_of_the_week_of_those_who_agreed(cast: Cast) -> None:
    people = [factories.customer(home_store=cast.shibuya, family_kana=f"ア{n}") for n in range(5)]
    for person, day in zip(people, ("11-20", "11-26", "11-27", "11-21", "11-22"), strict=True):
        born(person, date.fromisoformat(f"1988-{day}"))
    # given: today, the seventh day, the eighth day, never asked, and withdrawn
    for number in (0, 1, 2, 4):
        agree(people[number], at=NOON - timedelta(days=2))
    agree(people[4], is_given=False, at=NOON - timedelta(days=1))
    # then
    assert [entry.reading for entry in day_of(cast).birthdays] == ["ア0", "ア1"]


def test_no_birthday_of_other_stores_of_nobody_asked_or_during_a_complaint(cast: Cast) -> None:
    for person in (cast.far, cast.hanako):
        born(person, date(1971, 11, 21))
        agree(person)
    assert [entry.page for entry in day_of(cast).birthdays] == [str(cast.hanako.uuid)]
    complain(cast, cast.hanako, hours=900)
    assert day_of(cast).birthdays == []


@pytest.mark.parametrize(("year", "found"), [(2027, True), (2028, False)])
def test_who_was_born_on_29_february(cast: Cast, year: int, found: bool) -> None:
    # given the week that ends on 28 February
    born(cast.hanako, date(1992, 2, 29))
    agree(cast.hanako)
    with clock.at(datetime(year, 2, 22, 3, tzinfo=UTC)):
        assert bool(worklist.birthdays_of_the_week(actor=cast.actor("clerk"))) is found


def test_the_page_never_tells_the_day_of_a_birthday(cast: Cast) -> None:
    born(cast.hanako, TODAY.replace(year=1990))
    agree(cast.hanako)
    with clock.at(NOON):
        page = client_of(cast, "clerk").get(reverse("home")).content.decode()
    assert "Birthdays this week" in page
    assert "1990" not in page
    assert not re.search(r"11/20|20 Nov", page)


def test_the_queries_do_not_grow_with_the_rows(cast: Cast) -> None:
    def grow(times: int) -> None:
        for _time in range(times):
            someone = factories.customer(home_store=cast.shibuya, birthday=TODAY.replace(year=1990))
            agree(someone)
            promise(cast, someone, 0)
            task(cast, hours=1, customer_uuid=str(someone.uuid))
            aside(cast, someone, hours=60)

    def counted() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert day_of(cast).rows
        return len(captured)

    grow(1)
    first = counted()
    grow(12)
    assert counted() == first == 9


def test_every_row_opens_in_one_tap(cast: Cast) -> None:
    promise(cast, cast.hanako, 0)
    row = aside(cast, cast.hanako, hours=60)
    given = task(cast, hours=1)
    complain(cast, cast.hanako, hours=1)
    client = client_of(cast, "clerk")
    with clock.at(NOON):
        page = client.get(reverse("home")).content.decode()
    links = re.findall(r'class="y-work [^"]*" href="([^"]+)"', page)
    hanako = reverse("customer-page", args=[cast.hanako.uuid])
    assert links == [
        hanako,
        f"{reverse('store-reservations')}#slip-{row.uuid}",
        hanako,
        reverse("task", args=[given.uuid]),
    ]
    with clock.at(NOON):
        assert [client.get(link.partition("#")[0]).status_code for link in links] == [200] * 4


def test_the_field_is_first_and_has_the_focus(cast: Cast) -> None:
    page = client_of(cast, "clerk").get(reverse("home")).content.decode()
    assert page.index('id="find"') < page.index('id="day-head"')
    assert re.search(r'id="find"[^>]* autofocus', page)


@pytest.mark.parametrize(
    ("name", "has_list", "has_field"),
    [("clerk", True, True), ("agent", True, True), ("data_steward", True, True), ("marketer", False, False)],
)
def test_each_role_has_its_own_start(cast: Cast, name: str, has_list: bool, has_field: bool) -> None:
    page = client_of(cast, name).get(reverse("home")).content.decode()
    assert ('id="day-head"' in page, 'id="find"' in page) == (has_list, has_field)
    assert ("Nothing waits today." in page) is has_list


def test_an_agent_sees_her_own_tasks_and_what_she_handles(cast: Cast) -> None:
    task(cast, hours=1, name="agent", store_id=None, assignee_id=cast.staff["agent"].pk)
    with clock.at(NOON - timedelta(days=1)):
        complaints.open_complaint(
            actor=cast.actor("agent"),
            customer_uuid=str(cast.hanako.uuid),
            category="late",
            about="遅れ",
            say="",
            do_not_say="",
            handler_id=cast.staff["agent"].pk,
            due_at=NOON + timedelta(hours=2),
        )
    assert [row.line.kind for row in day_of(cast, "agent").rows] == ["task", "alert"]
    assert day_of(cast, "support_lead").rows == []


def test_without_tasks_there_is_no_list(cast: Cast) -> None:
    with pytest.raises(Refused):
        day_of(cast, "marketer")
