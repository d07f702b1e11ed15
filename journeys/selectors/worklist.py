"""This room's lines of the start page: promises due, what is put aside, and what to know before a customer comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib import clock
from customers import access
from customers.access import Actor, Scope
from customers.hooks import WorkLine
from customers.selectors import worklist as days
from journeys.models import Complaint, Note, Reservation, ReservationLine
from journeys.selectors import catalog, instore
from journeys.selectors.instore import TOKYO

MOST = 100
SOON = timedelta(hours=24)
State = Reservation.State


def promises(*, actor: Actor, until: datetime, before: Sequence[WorkLine]) -> list[WorkLine]:
    """Return the promises due by then, overdue ones too. 1 query."""
    last = (until - timedelta(microseconds=1)).astimezone(TOKYO).date()
    today = instore.today_here()
    rows = instore.open_promises(actor=actor).filter(due_on__lte=last).select_related("customer", "owner")
    return [
        WorkLine(
            kind="promise",
            label=gettext_lazy("Our promise"),
            icon="check",
            at=datetime.combine(row.due_on, time(), TOKYO),
            time=days.day_words(row.due_on),
            text=row.text,
            detail=_kept_by(row, actor),
            route="promises",
            customer_id=row.customer_id,
            name=row.customer.family_name,
            is_late=row.due_on < today,
        )
        for row in rows.order_by("due_on", "id")[:MOST]
        if row.due_on is not None
    ]


def reservations(*, actor: Actor, until: datetime, before: Sequence[WorkLine]) -> list[WorkLine]:
    """Return what the actor's store has to fetch or send, and what is held for less than a day more. 2 queries."""
    if access.scope_of(actor, "reservation.prepare") is not Scope.STORE:
        return []
    store_id, now = actor.own_store_id, clock.now()
    fetched_here = Q(from_store_id=store_id) | Q(from_store_id__isnull=True, store_id=store_id)
    waiting = fetched_here & Q(state=State.TO_PREPARE)
    ending = Q(store_id=store_id, state=State.READY, until__lte=now + SOON)
    rows = list(
        Reservation.objects.filter(waiting | ending).select_related("customer", "store").order_by("until", "id")[:MOST]
    )
    goods = _goods_of(rows)
    return [_aside(row, goods.get(row.pk, ""), store_id, now) for row in rows]


def alerts(*, actor: Actor, until: datetime, before: Sequence[WorkLine]) -> list[WorkLine]:
    """Return open complaints to know of: of customers in the lines before, and those whose answer is due or late here.

    "Here" is the actor's store, and whatever she handles herself. 1 query.
    """
    scope = access.scope_of(actor, "complaint.read")
    if scope is None:
        return []
    due = Q(due_at__lt=until) & (Q(handler_id=actor.user_id) | _of_store(actor))
    coming = Q(customer_id__in={line.customer_id for line in before if line.customer_id is not None})
    rows = Complaint.objects.filter(due | coming, closed_at__isnull=True).select_related("customer", "handler")
    now = clock.now()
    return [_alert(row, now, until) for row in rows.order_by("due_at", "id")[:MOST]]


def _of_store(actor: Actor) -> Q:
    return Q(store_id=actor.store_id) if actor.store_id is not None else Q(pk__in=())


def _alert(row: Complaint, now: datetime, until: datetime) -> WorkLine:
    is_late = row.due_at is not None and row.due_at < now
    if row.due_at is None or row.due_at >= until:  # here for whom she may meet today: before everything else
        at, words = datetime.combine(instore.today_here(), time(), TOKYO), _("Know first")
    else:
        at, words = row.due_at, days.due_words(row.due_at)
    handler = _("Handled by %(name)s") % {"name": str(row.handler)} if row.handler else _("Nobody handles it yet")
    return WorkLine(
        kind="alert",
        label=gettext_lazy("Open problem"),
        icon="alert",
        at=at,
        time=words,
        text=f"{row.get_category_display()}: {row.about}",
        detail=handler,
        route="",
        customer_id=row.customer_id,
        name=row.customer.family_name,
        is_late=is_late,
    )


def _aside(row: Reservation, goods: str, store_id: int, now: datetime) -> WorkLine:
    is_waiting = row.state == State.TO_PREPARE
    words: dict[str, Any] = {"store": row.store.name}
    sent = _("Send to %(store)s") % words if row.store_id != store_id else ""
    return WorkLine(
        kind="reservation" if is_waiting else "expiring",
        label=gettext_lazy("To fetch") if is_waiting else gettext_lazy("Hold ends"),
        icon="box",
        at=row.created_at if is_waiting else row.until,
        time=_("%(time)s asked") % {"time": days.due_words(row.created_at)}
        if is_waiting
        else days.due_words(row.until),
        text=goods,
        detail=sent,
        route="store-reservations",
        anchor=f"slip-{row.uuid}",
        argument="",
        customer_id=row.customer_id,
        name=row.customer.family_name,
        is_late=row.until < now,
        opens_customer=False,
    )


def _goods_of(rows: Sequence[Reservation]) -> dict[int, str]:
    """Return each reservation's pieces in words. 1 query, none when nothing is put aside."""
    if not rows:
        return {}
    found: dict[int, list[str]] = {}
    lines = ReservationLine.objects.filter(reservation_id__in=[row.pk for row in rows])
    for line in lines.select_related("variant__style").order_by("pk"):
        found.setdefault(line.reservation_id, []).append(f"{catalog.name_of(line.variant)} × {line.quantity}")
    return {pk: " / ".join(goods) for pk, goods in found.items()}


def _kept_by(row: Note, actor: Actor) -> str:
    return _("Kept by %(name)s") % {"name": str(row.owner)} if row.owner and row.owner_id != actor.user_id else ""
