"""Pieces held for a customer until a moment: placed, made ready, collected; given back when called off or expired.

Locks in this order: customer, reservation, stock rows by id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict, FieldError, Invalid, NotFound
from customers import access
from customers.access import Actor, Scope
from customers.models import Customer, Store
from customers.selectors import customers as people
from customers.services import locks
from journeys.models import Channel, Reservation, ReservationLine, Variant
from journeys.selectors import catalog
from journeys.services import stock, timeline

LONGEST = timedelta(days=30)
MOST_LINES = 20
MOST_OF_ONE = 99
TOLD_ITEMS = 3
State = Reservation.State
OPEN = (State.TO_PREPARE, State.READY)


@transactions.retried
def reserve(
    *,
    actor: Actor,
    customer_uuid: str,
    store_id: int,
    lines: Sequence[tuple[int, int]],
    until: datetime,
    channel: str,
    from_store_id: int | None = None,
) -> Reservation:
    """Hold pieces (variant id, how many) for a customer in a store until a moment; tell the timeline.

    All lines or none. With `from_store_id` that store's pieces are held and fetched. Locks the customer, then the
    stock rows in id order. Raises NotFound when the actor may not see the customer or reserve for her, Invalid for
    `reservation_lines` (1 to 20, each 1 to 99 pieces), `reservation_until` (within 30 days), `store_unknown`,
    `product_unknown` and `channel`; InsufficientStock (409 `insufficient_stock`) with what is left.
    """
    access.require(actor, "reservation.write", hidden=True)
    now = clock.now()
    pieces = _pieces(lines)
    _check_until(until, now)
    if channel not in Channel.values:
        raise Invalid("channel", _("There is no such channel."))
    with transaction.atomic():
        customer: Customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
        locks.hold_customers(customer_ids=[customer.pk])
        _check_stores(store_id, from_store_id)
        variants = _variants(pieces)
        stock.hold(store_id=from_store_id or store_id, pieces=pieces)
        row = Reservation.objects.create(
            customer=customer,
            store_id=store_id,
            from_store_id=from_store_id,
            until=until,
            channel=channel,
            created_by_id=actor.user_id,
            created_at=now,
        )
        ReservationLine.objects.bulk_create(
            [ReservationLine(reservation=row, variant_id=pk, quantity=pieces[pk]) for pk in sorted(pieces)]
        )
        _tell([(row, list(variants))], "placed", now, actor, channel=channel)
    return row


def make_ready(*, actor: Actor, reservation_uuid: str) -> Reservation:
    """The pieces lie at the counter. Ready already: nothing happens. Errors and locks as `collect`."""

    def change(row: Reservation, now: datetime) -> None:
        row.state, row.ready_at = State.READY, now
        row.save(update_fields=["state", "ready_at"])

    return _end_or_move(actor, "reservation.prepare", reservation_uuid, State.READY, "ready", change)


def collect(*, actor: Actor, reservation_uuid: str) -> Reservation:
    """The customer took the pieces. Collected already: nothing happens.

    Works past `until` as long as nobody gave the pieces back. Only in the store they lie in. Raises NotFound for
    another store's or an unknown reservation, Conflict `reservation_ended` when it was called off or expired.
    Locks customer, reservation, stock rows in id order.
    """

    def change(row: Reservation, now: datetime) -> None:
        stock.hand_over(pieces=_held_by([row]), at=now)
        _close(row, State.COLLECTED, now)

    return _end_or_move(actor, "reservation.prepare", reservation_uuid, State.COLLECTED, "collected", change)


def cancel(*, actor: Actor, reservation_uuid: str) -> Reservation:
    """Give the pieces back because she does not want them any more. Errors and locks as `collect`."""

    def change(row: Reservation, now: datetime) -> None:
        stock.free(pieces=_held_by([row]))
        _close(row, State.CANCELLED, now)

    return _end_or_move(actor, "reservation.write", reservation_uuid, State.CANCELLED, "cancelled", change)


@transactions.retried
def extend(*, actor: Actor, reservation_uuid: str, until: datetime) -> Reservation:
    """Hold the pieces longer; return the reservation. Nothing is told on the timeline.

    Raises Invalid `reservation_until` when the moment is not later than now and before, or more than 30 days away;
    else errors and locks as `collect`.
    """
    now = clock.now()
    _check_until(until, now)
    with transaction.atomic():
        row = _locked(actor, "reservation.write", reservation_uuid)
        if row.state not in OPEN:
            raise _ended(row)
        if until < row.until:
            raise _bad_until(_("It is held longer than that already."))
        row.until = until
        row.save(update_fields=["until"])
    return row


@transactions.retried
def expire_due(*, limit: int = 500) -> int:
    """Give back the pieces of reservations whose time is over, the oldest first; return how many reservations ended.

    For a worker. One transaction and a fixed number of statements for up to `limit` of them. Customers and
    reservations somebody else holds are left for the next call (SKIP LOCKED).
    """
    now = clock.now()
    due = Reservation.objects.filter(state__in=OPEN, until__lte=now)
    with transaction.atomic():
        found = list(due.order_by("until", "pk").values_list("pk", "customer_id")[:limit])
        wanted = Customer.objects.filter(pk__in={customer_id for _pk, customer_id in found}).order_by("pk")
        free = wanted.select_for_update(skip_locked=True, no_key=True, of=("self",)).values_list("pk", flat=True)
        locks.hold_customers(customer_ids=list(free))
        rows = list(
            due.filter(pk__in=[pk for pk, _customer in found], customer_id__in=list(free))
            .order_by("pk")
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
        )
        if rows:
            told = _with_items(rows)
            stock.free(pieces=_held_by(rows))
            Reservation.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.EXPIRED, ended_at=now)
            _tell(told, "expired", now)
    return len(rows)


Change = Callable[[Reservation, datetime], None]


@transactions.retried
def _end_or_move(actor: Actor, capability: str, uuid: str, state: str, word: str, change: Change) -> Reservation:
    """Bring an open reservation into a state and tell it; one that is in that state is returned as it is."""
    with transaction.atomic():
        row = _locked(actor, capability, uuid)
        if row.state == state:
            return row
        if row.state not in OPEN:
            raise _ended(row)
        now = clock.now()
        told = _with_items([row])
        change(row, now)
        _tell(told, word, now, actor)
    return row


def _locked(actor: Actor, capability: str, uuid: str) -> Reservation:
    """Return the reservation with its customer and itself held. Raises NotFound when it is not the actor's to touch."""
    reach = access.require(actor, capability, hidden=True)
    mine = Reservation.objects.filter(store_id=actor.own_store_id) if reach is Scope.STORE else Reservation.objects
    customer_id = mine.filter(uuid=uuid).values_list("customer_id", flat=True).first()
    if customer_id is None:
        raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
    locks.hold_customers(customer_ids=[customer_id])
    row = Reservation.objects.filter(uuid=uuid).locked().get()
    if row.customer_id != customer_id:
        # A merge moved it between the look and the lock; taking the other customer's lock now could block a rival.
        raise Conflict("edited_meanwhile", _("Somebody changed this at the same moment. Try again."), retry_after=1)
    return row


def _close(row: Reservation, state: str, now: datetime) -> None:
    row.state, row.ended_at = state, now
    row.save(update_fields=["state", "ended_at"])


def _ended(row: Reservation) -> Conflict:
    told = {"state": row.get_state_display()}
    return Conflict("reservation_ended", _("Nothing was changed. This reservation has ended: %(state)s.") % told)


def _bad_until(message: str | Promise) -> Invalid:
    return Invalid("reservation_until", message, fields=(FieldError("/until", "until", message),))


def _check_until(until: datetime, now: datetime) -> None:
    if until.tzinfo is None or not now < until <= now + LONGEST:
        raise _bad_until(_("Choose a moment within the next 30 days."))


def _check_stores(store_id: int, from_store_id: int | None) -> None:
    wanted = {store_id} if from_store_id is None else {store_id, from_store_id}
    if from_store_id == store_id or Store.objects.filter(pk__in=wanted, is_open=True).count() != len(wanted):
        raise Invalid("store_unknown", _("Choose a store that is in business."))


def _pieces(lines: Sequence[tuple[int, int]]) -> dict[int, int]:
    pieces: Counter[int] = Counter()
    for variant_id, quantity in lines:
        pieces[variant_id] += quantity
    is_count = all(quantity >= 1 for _variant, quantity in lines) and all(n <= MOST_OF_ONE for n in pieces.values())
    if not 1 <= len(pieces) <= MOST_LINES or not is_count:
        message = _("Reserve 1 to 20 items, each 1 to 99 pieces.")
        raise Invalid("reservation_lines", message, fields=(FieldError("/lines", "lines", message),))
    return dict(pieces)


def _variants(pieces: dict[int, int]) -> list[Variant]:
    found = list(Variant.objects.select_related("style__category").filter(pk__in=pieces).order_by("pk"))
    if len(found) != len(pieces):
        raise Invalid("product_unknown", _("One of these items is not in the catalogue."))
    return found


def _lines(rows: Sequence[Reservation]) -> list[ReservationLine]:
    found = ReservationLine.objects.filter(reservation__in=rows).select_related("variant__style__category")
    return list(found.order_by("reservation", "pk"))


def _held_by(rows: Sequence[Reservation]) -> dict[tuple[int, int], int]:
    """Return what these reservations hold: (store, variant) -> pieces."""
    places = {row.pk: row.from_store_id or row.store_id for row in rows}
    held: Counter[tuple[int, int]] = Counter()
    for line in ReservationLine.objects.filter(reservation__in=rows):
        held[places[line.reservation_id], line.variant_id] += line.quantity
    return dict(held)


def _with_items(rows: Sequence[Reservation]) -> list[tuple[Reservation, list[Variant]]]:
    items: dict[int, list[Variant]] = {row.pk: [] for row in rows}
    for line in _lines(rows):
        items[line.reservation_id].append(line.variant)
    return [(row, items[row.pk]) for row in rows]


def _tell(
    told: Sequence[tuple[Reservation, list[Variant]]],
    word: str,
    now: datetime,
    actor: Actor | None = None,
    channel: str = Channel.STORE,
) -> None:
    """Put one sentence per reservation on the timeline, naming at most three items and no discreet one."""
    facts = []
    for row, variants in told:
        named = [catalog.written_name_of(v) for v in variants if not v.style.category.is_discreet][:TOLD_ITEMS]
        facts.append(
            timeline.Fact(
                kind=f"reservation.{word}",
                customer_id=row.customer_id,
                occurred_at=now,
                channel=channel,
                source="reservations",
                source_id=f"{row.uuid}:{word}",
                actor=actor,
                store_id=row.store_id,
                subject=("reservation", row.pk),
                product_ids=tuple(dict.fromkeys(variant.style_id for variant in variants)),
                data={"items": "、".join(named)},
            )
        )
    timeline.record_many(facts=facts, mode=timeline.LIVE)
