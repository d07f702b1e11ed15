"""What waits for a member of staff today, in order of time, and whose birthday week it is: her start page."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from config.lib import clock
from customers import access, hooks
from customers.access import Actor, Sight
from customers.hooks import WorkLine
from customers.models import ConsentChannel, ConsentEntry, ConsentPurpose, Customer
from customers.selectors import consents, stafftasks
from customers.selectors import customers as people

TOKYO = ZoneInfo("Asia/Tokyo")
DAYS_OF_BIRTHDAYS = 7
MOST_BIRTHDAYS = 20
MOST_LINES = 100


@dataclass(frozen=True)
class Row:
    """One line of the list. `page` is the customer's uuid when a tap opens her page; empty when it leads elsewhere."""

    line: WorkLine
    page: str


@dataclass(frozen=True)
class Birthday:
    """A customer whose birthday lies in the coming week. The day is not told: the counter sees the month only."""

    page: str
    name: str
    reading: str


@dataclass(frozen=True)
class Day:
    """The list of one day, what is late first. `more` lines were left out of it."""

    rows: list[Row]
    late: int
    more: int
    birthdays: list[Birthday]


def today(*, actor: Actor) -> Day:
    """Return what waits for the actor until the end of today (in Japan). Raises Refused without `task.read`.

    Queries: those of the sources, 1 for whose pages are open to her, and 1 (3 when anybody is found) for birthdays;
    none depends on the number of rows.
    """
    access.require(actor, "task.read")
    until = datetime.combine(_today() + timedelta(days=1), time(), TOKYO)
    lines: list[WorkLine] = []
    for source in hooks.work_list.values():
        lines += source(actor=actor, until=until, before=tuple(lines))
    lines.sort(key=lambda line: (line.at, line.kind, line.argument))
    shown = lines[:MOST_LINES]
    pages = _open_pages(actor, shown)
    rows = [Row(line, pages.get(line.customer_id, "") if line.opens_customer else "") for line in shown]
    rows = [row for row in rows if row.page or row.line.route]
    return Day(
        rows=rows,
        late=sum(row.line.is_late for row in rows),
        more=len(lines) - len(shown),
        birthdays=birthdays_of_the_week(actor=actor),
    )


def tasks(*, actor: Actor, until: datetime, before: Sequence[WorkLine]) -> list[WorkLine]:
    """Return the tasks that wait for the actor, as lines. 1 query."""
    return [
        WorkLine(
            kind="task",
            label=gettext_lazy("Task"),
            icon="list",
            at=task.due_at,
            time=due_words(task.due_at),
            text=task.title,
            detail=task.reason,
            route="task",
            argument=task.uuid,
            customer_id=task.customer_id,
            name=task.family_name,
            is_late=task.is_overdue,
            opens_customer=False,
        )
        for task in stafftasks.due_for(actor=actor, until=until)
    ]


def birthdays_of_the_week(*, actor: Actor) -> list[Birthday]:
    """Return customers of the actor's own store whose birthday is within seven days, by reading, at most 20.

    Only those who agreed to advice in the store: a greeting at the counter uses what she told us for that, and nobody
    else was asked. Left out while a contact hold is open, and for whoever sees no birthdays. 1 query, 3 when any.
    """
    if actor.store_id is None or access.sight(actor, "birthday") is Sight.HIDDEN:
        return []
    said = ConsentEntry.objects.filter(
        customer_id=OuterRef("pk"), channel=ConsentChannel.STORE, purpose=ConsentPurpose.STORE_ADVICE
    )
    rows = (
        Customer.objects.filter(_born_in(_today()), home_store_id=actor.store_id, merged_into__isnull=True)
        .annotate(agreed=Subquery(said.order_by("-stated_at", "-id").values("is_given")[:1]))
        .filter(agreed=True)
        .order_by("family_kana", "id")
    )
    found = list(rows[:MOST_BIRTHDAYS])
    if not found:
        return []
    verdicts = consents.may_many(
        customer_ids=[row.pk for row in found], channel=ConsentChannel.STORE, purpose=ConsentPurpose.STORE_ADVICE
    )
    return [Birthday(str(row.uuid), row.family_name, row.family_kana) for row in found if verdicts[row.pk].is_allowed]


def due_words(moment: datetime) -> str:
    """Return when something is due as the list says it: the hour today, else the day and the hour."""
    here = moment.astimezone(TOKYO)
    if here.date() == _today():
        return f"{here:%H:%M}"
    return f"{day_words(here.date())} {here:%H:%M}"


def day_words(day: date) -> str:
    """Return a day as the list says it: "today", else the day."""
    if day == _today():
        return _("Today")
    return date_format(day, pgettext("short date (Django format letters)", "j M"))


def _open_pages(actor: Actor, lines: Sequence[WorkLine]) -> dict[int | None, str]:
    wanted = {line.customer_id for line in lines if line.customer_id is not None}
    if not wanted:
        return {}
    return {pk: str(uuid) for pk, uuid in people.visible_to(actor).filter(pk__in=wanted).values_list("pk", "uuid")}


def _born_in(first: date) -> Q:
    """Birthdays of the week from `first`. Who was born on 29 February celebrates on the 28th in other years."""
    week = [first + timedelta(days=n) for n in range(DAYS_OF_BIRTHDAYS)]
    days = {(day.month, day.day) for day in week}
    if any((day.month, day.day) == (2, 28) and not isleap(day.year) for day in week):
        days.add((2, 29))
    found = Q()
    for month, number in sorted(days):
        found |= Q(birthday__month=month, birthday__day=number)
    return found


def _today() -> date:
    return clock.now().astimezone(TOKYO).date()
