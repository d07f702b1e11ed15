"""Orders of every channel: recorded as told, once, and moved on. Called by imports, channels, tills and the demo.

A reported fact is never refused for a business reason: an unknown product keeps its code, an unknown buyer makes a
guest order. What does not add up, or names a store or a time that cannot be, is refused with the field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict, FieldError, Invalid
from config.lib.parsing import check_text
from customers import access
from customers.access import Actor
from customers.models import Customer, Store, User
from customers.services import locks
from journeys.models import Order
from journeys.services import guestorders, orderin, ordertelling, orderwriting, timeline, tryons
from journeys.services.guestorders import claim_guest_orders
from journeys.services.orderin import Hint, LineIn, OrderIn, TenderIn
from journeys.services.returns import ReturnIn, ReturnLineIn, cancel_order, record_return

__all__ = [
    "CREATED",
    "UNCHANGED",
    "Hint",
    "LineIn",
    "OrderConflict",
    "OrderIn",
    "Recorded",
    "ReturnIn",
    "ReturnLineIn",
    "TenderIn",
    "cancel_order",
    "claim_guest_orders",
    "progress",
    "record_order",
    "record_orders",
    "record_return",
]

CREATED, UNCHANGED = "created", "unchanged"
State = Order.State
# How far an order has come; late may be told until it is delivered.
STEPS = {State.PLACED: 0, State.PAID: 1, State.LATE: 1, State.SHIPPED: 2, State.DELIVERED: 3}
TIMES = {State.PAID: "paid_at", State.SHIPPED: "shipped_at", State.DELIVERED: "delivered_at"}


@dataclass(frozen=True)
class Recorded:
    """The order, and whether this call created it or it was there already."""

    order: Order
    outcome: str


class OrderConflict(Conflict):
    """The same number at the same source, with other content: both sides are told."""

    def __init__(self, known: Order, told: OrderIn) -> None:
        words = {"known": _words(known.total, known.currency, known.placed_at), "told": _told_words(told)}
        message = _("This order was recorded before with other content. Recorded: %(known)s. Sent now: %(told)s.")
        detail = message % words
        super().__init__("order_conflict", detail, fields=(FieldError("/external_id", "order_conflict", detail),))


@transactions.retried
def record_order(*, actor: Actor, order: OrderIn, mode: str = timeline.LIVE) -> Recorded:
    """Record one order and tell the timeline; the same told again is `unchanged` and nothing happens.

    Live, try-ons of what she bought now are marked as bought later. Raises Refused without `order.record`, Invalid as
    orderin.check and for `store_unknown` and `staff_unknown`, Conflict `order_conflict` showing both. Locks the
    customer. At most 9 queries before the timeline's.
    """
    access.require(actor, "order.record")
    orderin.check(order)
    with transaction.atomic():
        known, [outcome] = _write(actor, [order], mode)
        if outcome == orderwriting.CONFLICT:
            raise OrderConflict(known[order.source, order.external_id], order)
        if outcome.startswith(orderwriting.REFUSED):
            raise _unknown(outcome)
        row = known[order.source, order.external_id]
    return Recorded(row, outcome)


@transactions.retried
def record_orders(*, actor: Actor, orders: Sequence[OrderIn], mode: str = timeline.HISTORY) -> list[str]:
    """Record many orders set-wise; return per order created, unchanged or refused:<code>, good ones going in.

    Codes as the errors of `record_order`. A fixed number of statements whatever the number; meant for some hundreds a
    call. Raises Refused without `order.record`. Locks the customers in id order.
    """
    access.require(actor, "order.record")
    outcomes = [_refusal(order) for order in orders]
    good = [number for number, outcome in enumerate(outcomes) if not outcome]
    with transaction.atomic():
        _known, told = _write(actor, [orders[number] for number in good], mode)
    for number, outcome in zip(good, told, strict=True):
        outcomes[number] = outcome
    return outcomes


@transactions.retried
def progress(*, actor: Actor, order_uuid: str, state: str, at: datetime | None = None, tracking: str = "") -> Order:
    """Move an order on: paid, shipped (with its tracking number), late, delivered; tell the timeline.

    Only forward; the same state again changes nothing. Raises Refused, NotFound, Invalid `order_state`, `order_time`,
    Conflict `order_progress` when it has come further or was cancelled. Locks the customer, then the order.
    """
    access.require(actor, "order.record")
    now = clock.now()
    at = at or now
    orderin.check_time(pointer="/at", at=at, now=now)
    if state not in STEPS or state == State.PLACED:
        raise _invalid("order_state", "/state", "choice")
    if len(check_text(tracking, "/tracking")) > 60:
        raise _invalid("order_tracking", "/tracking", "too_long")
    with transaction.atomic():
        row = orderwriting.held(order_uuid=order_uuid)
        if row.state == state or (state == State.PAID and row.paid_at and row.state != State.CANCELLED):
            return row
        if not _may_become(row, state):
            told = {"state": row.get_state_display()}
            raise Conflict("order_progress", _("Nothing was changed. This order has come further: %(state)s.") % told)
        _move(row, state, at, tracking)
        if row.customer_id is not None and state != State.PAID:
            told_order = ordertelling.told_of(order=row, variants=orderwriting.variants_of(row))
            mark = f"late:{at.isoformat()}" if state == State.LATE else ""
            timeline.record_many(
                facts=[ordertelling.fact_of(told=told_order, word=str(state), at=at, actor=actor, mark=mark)],
                mode=timeline.LIVE,
            )
    return row


def _may_become(row: Order, state: str) -> bool:
    if row.state == State.CANCELLED or row.state == State.DELIVERED:
        return False
    if state == State.LATE:
        return True
    if row.state == State.LATE:
        return not (state == State.SHIPPED and row.shipped_at)
    return STEPS[State(state)] > STEPS[State(row.state)]


def _move(row: Order, state: str, at: datetime, tracking: str) -> None:
    changed = ["state"]
    # Payment does not end lateness; only the parcel's way does.
    if not (row.state == State.LATE and state == State.PAID):
        row.state = state
    if state in TIMES:
        setattr(row, TIMES[State(state)], at)
        changed.append(TIMES[State(state)])
    if tracking:
        row.tracking = tracking
        changed.append("tracking")
    row.save(update_fields=changed)


def _refusal(order: OrderIn) -> str:
    try:
        orderin.check(order)
    except Invalid as error:
        return f"{orderwriting.REFUSED}{error.code}"
    return ""


def _write(actor: Actor, orders: Sequence[OrderIn], mode: str) -> tuple[dict[tuple[str, str], Order], list[str]]:
    """Write what is new, tell it; return the rows by (source, number) and each order's outcome."""
    outcomes = _unknown_places(orders)
    good = [order for order, outcome in zip(orders, outcomes, strict=True) if not outcome]
    hints = [orderin.hint_of(order.hint) for order in good]
    owners = _owners(good, hints)
    variants = orderwriting.variants_for(good)
    locks.hold_customers(customer_ids=[owner for owner in owners if owner is not None])
    fresh = orderwriting.insert(orders=good, hints=hints, owners=owners, variants=variants)
    known = orderwriting.known_rows(good)
    _tell(actor, good, fresh, known, variants, mode)
    told = iter(orderwriting.outcomes(orders=good, fresh=fresh, known=known))
    return known, [outcome or next(told) for outcome in outcomes]


def _owners(orders: Sequence[OrderIn], hints: Sequence[dict[str, str]]) -> list[int | None]:
    """Whose order each is: the customer told by id if there is one, else whoever the hint names."""
    ids = {order.customer_id for order in orders if order.customer_id is not None}
    there = set(Customer.objects.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    living = guestorders.living(owners={("id", str(pk)): pk for pk in there})
    named = guestorders.owners_of(hints=hints)
    return [living.get(("id", str(order.customer_id)), owner) for order, owner in zip(orders, named, strict=True)]


def _unknown_places(orders: Sequence[OrderIn]) -> list[str]:
    """Refusals for stores and staff that are not there. At most 2 queries."""
    stores = {order.store_id for order in orders if order.store_id is not None}
    staff = {order.staff_id for order in orders if order.staff_id is not None}
    if stores:
        stores -= set(Store.objects.filter(pk__in=stores).values_list("pk", flat=True))
    if staff:
        staff -= set(User.objects.filter(pk__in=staff, kind=User.Kind.STAFF).values_list("pk", flat=True))
    return [
        f"{orderwriting.REFUSED}store_unknown"
        if order.store_id in stores
        else f"{orderwriting.REFUSED}staff_unknown"
        if order.staff_id in staff
        else ""
        for order in orders
    ]


def _tell(
    actor: Actor,
    orders: Sequence[OrderIn],
    fresh: dict[tuple[str, str], int],
    known: dict[tuple[str, str], Order],
    variants: orderwriting.Found,
    mode: str,
) -> None:
    facts: list[timeline.Fact] = []
    told: set[tuple[str, str]] = set()
    bought: list[tuple[Order, set[int]]] = []
    for order in orders:
        key = (order.source, order.external_id)
        row = known[key]
        if key not in fresh or key in told or row.customer_id is None:
            continue
        told.add(key)
        sold = [variants.of(line) for line in order.lines]
        facts += ordertelling.facts_of(ordertelling.told_of(order=row, variants=sold), actor=actor)
        bought.append((row, {variant.style_id for variant in sold if variant}))
    timeline.record_many(facts=facts, mode=mode)
    if mode == timeline.LIVE:
        _mark_tryons(bought)


def _mark_tryons(bought: Sequence[tuple[Order, set[int]]]) -> None:
    for row, style_ids in bought:
        if row.customer_id is not None and style_ids and row.state != State.CANCELLED:
            tryons.bought_later(
                customer_id=row.customer_id,
                style_ids=style_ids,
                at=row.placed_at,
                source_id=str(row.uuid),
                channel=row.channel,
            )


def _unknown(outcome: str) -> Invalid:
    code = outcome.removeprefix(orderwriting.REFUSED)
    message = {
        "store_unknown": _("There is no such store."),
        "staff_unknown": _("There is no such member of staff."),
    }[code]
    pointer = "/store_id" if code == "store_unknown" else "/staff_id"
    return Invalid(code, message, fields=(FieldError(pointer, code, message),))


def _invalid(code: str, pointer: str, reason: str) -> Invalid:
    message = {
        "order_state": _("An order becomes paid, shipped, late or delivered."),
        "order_tracking": _("A tracking number has at most 60 characters."),
    }[code]
    return Invalid(code, message, fields=(FieldError(pointer, reason, message),))


def _told_words(order: OrderIn) -> str:
    return _words(orderin.total_of(order), order.currency, order.placed_at)


def _words(total: int, currency: str, placed_at: datetime) -> str:
    return f"{placed_at:%Y-%m-%d %H:%M} {total:,} {currency}"
