"""Reservations as a store works them and as a customer's page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from config.lib import clock
from config.lib.errors import NotFound
from customers import access
from customers.access import Actor, Scope
from customers.models import Customer
from customers.selectors import customers as people
from journeys.models import Reservation, ReservationLine
from journeys.selectors import catalog, stock

SOON = timedelta(hours=24)
SHOWN_AFTER = timedelta(hours=24)
MOST = 200
# For how many days staff may put something aside, as the forms offer it.
HOLD_DAYS = (1, 3, 7, 14)
State = Reservation.State
OPEN = (State.TO_PREPARE, State.READY)


@dataclass(frozen=True)
class Item:
    """One variant of a reservation. `shelf` only in the list of the store that fetches it."""

    name: str
    sku: str
    quantity: int
    shelf: str = ""


@dataclass(frozen=True)
class Slip:
    """One reservation. `may_act`: the pieces are collected in the reader's own store, or her role works for all.

    `customer_uuid` is empty where the reader may not open the customer; `sent_to` names the store that waits for the
    pieces when the reader's own store has to send them.
    """

    id: int
    uuid: str
    state: str
    state_label: str
    customer: str
    customer_uuid: str
    items: tuple[Item, ...]
    store: str
    from_store: str
    sent_to: str
    until: datetime
    is_expiring: bool
    ended_at: datetime | None
    may_act: bool


@dataclass(frozen=True)
class StoreList:
    """A store's work, each reservation once: what ends first comes first, what was collected last comes first.

    `expiring` are ready ones that end within 24 hours; `collected` are those of the last 24 hours.
    """

    to_prepare: list[Slip]
    ready: list[Slip]
    expiring: list[Slip]
    collected: list[Slip]


def of_store(*, actor: Actor, store_id: int) -> StoreList:
    """Return the store's list, at most 200 open ones. 4 queries.

    Raises Refused without `reservation.prepare`, NotFound for another store than the actor's own.
    """
    reach = access.require(actor, "reservation.prepare")
    if reach is Scope.STORE and store_id != actor.own_store_id:
        raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
    recent = Q(state=State.COLLECTED, ended_at__gt=clock.now() - SHOWN_AFTER)
    sending = Q(from_store_id=store_id, state=State.TO_PREPARE)
    rows = list(
        _loaded(Reservation.objects.filter(Q(store_id=store_id) & (Q(state__in=OPEN) | recent) | sending))[:MOST]
    )
    known = dict(people.visible_to(actor).filter(pk__in={row.customer_id for row in rows}).values_list("pk", "uuid"))
    shelves = stock.shelves_for(store_id=store_id, variant_ids=_variants_to_fetch(rows, store_id))
    places = {variant_id: shelf.shelf for variant_id, shelf in shelves.items()}
    slips = [_slip(row, actor, places, str(known.get(row.customer_id, "")), store_id) for row in rows]
    ready = [slip for slip in slips if slip.state == State.READY]
    return StoreList(
        to_prepare=[slip for slip in slips if slip.state == State.TO_PREPARE],
        ready=[slip for slip in ready if not slip.is_expiring],
        expiring=[slip for slip in ready if slip.is_expiring],
        collected=sorted(
            (slip for slip in slips if slip.state == State.COLLECTED), key=lambda slip: slip.ended_at or slip.until
        )[::-1],
    )


def open_of(*, customer_id: int) -> list[Reservation]:
    """Return the customer's open reservations with their lines, variants and styles; what ends first comes first.

    2 queries.
    """
    return list(_loaded(Reservation.objects.filter(customer_id=customer_id, state__in=OPEN)))


def slips_of(*, actor: Actor, customer: Customer) -> list[Slip]:
    """Return the customer's open reservations as the actor may see them; none without `reservation.read`. 2 queries."""
    if not access.may(actor, "reservation.read"):
        return []
    return slips_in(open_of(customer_id=customer.pk), actor=actor, customer=customer)


def open_rows(*, customer_id: int) -> QuerySet[Reservation]:
    """Return the rows of the customer's open reservations without their lines, not read yet."""
    rows = Reservation.objects.filter(customer_id=customer_id, state__in=OPEN)
    return rows.select_related("customer", "store", "from_store").order_by("until", "pk")[:MOST]


def line_rows(*, customer_id: int) -> QuerySet[ReservationLine]:
    """Return the rows of what is in the customer's open reservations, not read yet."""
    rows = ReservationLine.objects.filter(reservation__customer_id=customer_id, reservation__state__in=OPEN)
    return rows.select_related("variant__style").order_by("pk")


def with_lines(*, rows: Iterable[Reservation], lines: Iterable[ReservationLine]) -> list[Reservation]:
    """Return the reservations, each knowing its lines as if it had read them itself. No query."""
    known: dict[int, list[ReservationLine]] = {}
    for line in lines:
        known.setdefault(line.reservation_id, []).append(line)
    found = list(rows)
    for row in found:
        vars(row).setdefault("_prefetched_objects_cache", {})["lines"] = _read_already(known.get(row.pk, []))
    return found


def slips_in(rows: Iterable[Reservation], *, actor: Actor, customer: Customer) -> list[Slip]:
    """Return reservations of this customer as slips; none without `reservation.read`. No query."""
    if not access.may(actor, "reservation.read"):
        return []
    uuid = str(customer.uuid)
    return [_slip(row, actor, {}, uuid, row.store_id) for row in rows]


def open_count(*, actor: Actor) -> int:
    """Return how many open reservations the actor's store has, counting to 100 at most. 1 query."""
    if access.scope_of(actor, "reservation.prepare") is not Scope.STORE:
        return 0
    mine = Reservation.objects.filter(store_id=actor.own_store_id, state__in=OPEN)
    return len(mine.values("pk")[:100])


def _read_already(lines: list[ReservationLine]) -> QuerySet[ReservationLine]:
    rows = ReservationLine.objects.none()
    rows._result_cache = lines
    return rows


def _loaded(rows: QuerySet[Reservation]) -> QuerySet[Reservation]:
    lines = ReservationLine.objects.select_related("variant__style").order_by("pk")
    return (
        rows.select_related("customer", "store", "from_store")
        .prefetch_related(Prefetch("lines", queryset=lines))
        .order_by("until", "pk")
    )


def _variants_to_fetch(rows: Iterable[Reservation], store_id: int) -> set[int]:
    """The shelf matters for pieces this store has to take from its shelves."""
    return {
        line.variant_id
        for row in rows
        if row.state == State.TO_PREPARE and (row.from_store_id or row.store_id) == store_id
        for line in row.lines.all()
    }


def _slip(row: Reservation, actor: Actor, shelves: dict[int, str], customer_uuid: str, seen_from: int) -> Slip:
    from_here = (row.from_store_id or row.store_id) == seen_from
    return Slip(
        id=row.pk,
        uuid=str(row.uuid),
        state=row.state,
        state_label=str(row.get_state_display()),
        customer=row.customer.family_name or row.customer.family_kana,
        customer_uuid=customer_uuid,
        items=tuple(
            Item(
                name=catalog.name_of(line.variant),
                sku=line.variant.sku,
                quantity=line.quantity,
                shelf=shelves.get(line.variant_id, "") if from_here else "",
            )
            for line in row.lines.all()
        ),
        store=row.store.name,
        from_store=row.from_store.name if row.from_store else "",
        sent_to=row.store.name if row.store_id != seen_from else "",
        until=row.until,
        is_expiring=row.state in OPEN and row.until <= clock.now() + SOON,
        ended_at=row.ended_at,
        may_act=actor.store_id in {None, row.store_id},
    )
