"""What came back, and orders called off before delivery: to the piece and to the yen.

Locks the customer, then the order: of two returns of the last piece the second finds it gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from django.db import transaction
from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict, FieldError, Invalid, NotFound
from config.lib.parsing import check_text
from customers import access
from customers.access import Actor
from customers.models import Store
from journeys.models import Order, OrderLine, OrderReturn, ReturnLine
from journeys.services import orderin, ordertelling, orderwriting, timeline

LONGEST_REASON = 200


@dataclass(frozen=True)
class ReturnLineIn:
    """Pieces of one line (by its number in the order, from 1). `amount` None: their share of what was paid."""

    number: int
    quantity: int
    amount: int | None = None


@dataclass(frozen=True)
class ReturnIn:
    """What came back of one order, named for good by `source` and `external_id`.

    The order is named by `order_uuid`, or by its own source and number.
    """

    source: str
    external_id: str
    returned_at: datetime
    lines: tuple[ReturnLineIn, ...]
    order_uuid: str = ""
    order_source: str = ""
    order_external_id: str = ""
    reason: str = ""
    store_id: int | None = None


@dataclass(frozen=True)
class Left:
    """What of a line is still with the customer, and the money kept for it."""

    line: OrderLine
    quantity: int
    amount: int
    tax: int


@transactions.retried
def record_return(*, actor: Actor, back: ReturnIn) -> OrderReturn:
    """Record pieces that came back and what was refunded; tell the timeline. The same told again changes nothing.

    Never more pieces than bought and not yet returned, never more money than paid and not yet refunded, line by line;
    the last piece's share is what is left. Raises Refused without `order.record`, NotFound for an unknown order,
    Invalid (`return_lines`, `order_source`, `order_time`, `store_unknown`, `return_reason`), Conflict
    (`return_exceeds` with what is left, `return_conflict`). Locks the customer, then the order.
    """
    access.require(actor, "order.record")
    _check(back)
    order_uuid = back.order_uuid or _uuid_of(back.order_source, back.order_external_id)
    with transaction.atomic():
        order = orderwriting.held(order_uuid=order_uuid)
        known = OrderReturn.objects.filter(source=back.source, external_id=back.external_id).first()
        mark = _fingerprint(order, back)
        if known is not None:
            if bytes(known.fingerprint) == mark:
                return known
            raise Conflict("return_conflict", _("This return was recorded before with other content."))
        if back.store_id is not None and not Store.objects.filter(pk=back.store_id).exists():
            raise _invalid("store_unknown", "/store_id", _("There is no such store."))
        left = _left_of(order)
        taken = [_taken(left, said, f"/lines/{number}") for number, said in enumerate(back.lines)]
        row = _written(order, taken, back, OrderReturn.Kind.RETURN, mark)
        _tell_return(order, row, taken, actor)
    return row


@transactions.retried
def cancel_order(
    *, actor: Actor, order_uuid: str, source: str, external_id: str, reason: str = "", at: datetime | None = None
) -> OrderReturn:
    """Call a whole order off before its delivery: everything still with the customer goes back; tell the timeline.

    Called off already: the same row is returned. Raises Refused, NotFound, Invalid, Conflict `order_delivered` (then
    it is a return) or `return_conflict`. Locks the customer, then the order.
    """
    access.require(actor, "order.record")
    now = clock.now()
    at = at or now
    orderin.check_time(pointer="/at", at=at, now=now)
    orderin.check_source(source=source, external_id=external_id)
    _check_reason(reason)
    with transaction.atomic():
        order = orderwriting.held(order_uuid=order_uuid)
        known = OrderReturn.objects.filter(order=order, kind=OrderReturn.Kind.CANCELLATION).first()
        if known is not None:
            return known
        if order.state == Order.State.DELIVERED:
            message = _("Nothing was changed. This order was delivered; record a return instead.")
            raise Conflict("order_delivered", message)
        if OrderReturn.objects.filter(source=source, external_id=external_id).exists():
            raise Conflict("return_conflict", _("This return was recorded before with other content."))
        back = ReturnIn(source=source, external_id=external_id, returned_at=at, lines=(), reason=reason)
        taken = [left for left in _left_of(order).values() if left.quantity]
        row = _written(order, taken, back, OrderReturn.Kind.CANCELLATION, _fingerprint(order, back))
        if order.state != Order.State.CANCELLED:
            order.state, order.cancelled_at = Order.State.CANCELLED, at
            order.save(update_fields=["state", "cancelled_at"])
            _tell_cancelled(order, at, actor)
    return row


def _left_of(order: Order) -> dict[int, Left]:
    """What is left of each line, by its number. 2 queries."""
    rows = ReturnLine.objects.filter(order_return__order=order).order_by().values("line_id")
    gone = {row["line_id"]: row for row in rows.annotate(pieces=Sum("quantity"), money=Sum("amount"), taxes=Sum("tax"))}
    none: Mapping[str, int] = {"pieces": 0, "money": 0, "taxes": 0}
    left = {}
    for line in OrderLine.objects.filter(order=order).select_related("variant__style__category").order_by("number"):
        back = gone.get(line.pk, none)
        left[line.number] = Left(
            line, line.quantity - back["pieces"], line.paid - back["money"], line.tax - back["taxes"]
        )
    return left


def _taken(left: Mapping[int, Left], said: ReturnLineIn, pointer: str) -> Left:
    """What goes back of one line. Raises Invalid, Conflict."""
    rest = left.get(said.number)
    if rest is None:
        raise _invalid("return_lines", f"{pointer}/number", _("The order has no line with this number."))
    if said.quantity > rest.quantity:
        told = {"number": said.number, "left": rest.quantity}
        message = _("Nothing was recorded. Pieces of line %(number)d that can still come back: %(left)d.") % told
        raise _exceeds(f"{pointer}/quantity", message)
    is_all = said.quantity == rest.quantity
    amount = said.amount
    if amount is None:
        amount = rest.amount if is_all else rest.amount * said.quantity // rest.quantity
    if amount > rest.amount:
        told = {"number": said.number, "left": rest.amount}
        message = _("Nothing was recorded. Money of line %(number)d that can still be paid back: %(left)d.") % told
        raise _exceeds(f"{pointer}/amount", message)
    is_whole = is_all and amount == rest.amount
    tax = rest.tax if is_whole else min(rest.tax * amount // rest.amount if rest.amount else 0, rest.tax)
    return Left(rest.line, said.quantity, amount, tax)


def _written(order: Order, taken: list[Left], back: ReturnIn, kind: str, mark: bytes) -> OrderReturn:
    row = OrderReturn.objects.create(
        order=order,
        kind=kind,
        source=back.source,
        external_id=back.external_id,
        fingerprint=mark,
        refunded=sum(part.amount for part in taken),
        reason=back.reason,
        store_id=back.store_id,
        returned_at=back.returned_at,
        recorded_at=clock.now(),
    )
    ReturnLine.objects.bulk_create(
        [
            ReturnLine(order_return=row, line=part.line, quantity=part.quantity, amount=part.amount, tax=part.tax)
            for part in taken
        ]
    )
    return row


def _tell_return(order: Order, row: OrderReturn, taken: list[Left], actor: Actor) -> None:
    if order.customer_id is not None:
        told = ordertelling.told_of(order=order, variants=[part.line.variant for part in taken])
        timeline.record_many(facts=[ordertelling.return_fact(told=told, back=row, actor=actor)], mode=timeline.LIVE)


def _tell_cancelled(order: Order, at: datetime, actor: Actor) -> None:
    if order.customer_id is not None:
        told = ordertelling.told_of(order=order, variants=orderwriting.variants_of(order))
        timeline.record_many(
            facts=[ordertelling.fact_of(told=told, word="cancelled", at=at, actor=actor)], mode=timeline.LIVE
        )


def _check(back: ReturnIn) -> None:
    orderin.check_source(source=back.source, external_id=back.external_id)
    orderin.check_time(pointer="/returned_at", at=back.returned_at, now=clock.now())
    _check_reason(back.reason)
    numbers = [line.number for line in back.lines]
    if not numbers or len(set(numbers)) != len(numbers):
        raise _invalid("return_lines", "/lines", _("A return names each line of the order once."))
    for number, line in enumerate(back.lines):
        if line.quantity < 1 or (line.amount is not None and line.amount < 0):
            message = _("A returned line has at least one piece and no negative amount.")
            raise _invalid("return_lines", f"/lines/{number}", message)


def _check_reason(reason: str) -> None:
    if len(check_text(reason, "/reason")) > LONGEST_REASON:
        raise _invalid("return_reason", "/reason", _("A reason has at most 200 characters."))


def _uuid_of(source: str, external_id: str) -> str:
    found = Order.objects.filter(source=source, external_id=external_id).values_list("uuid", flat=True).first()
    if found is None:
        raise NotFound("not_found", _("There is no such order."))
    return str(found)


def _fingerprint(order: Order, back: ReturnIn) -> bytes:
    content = [
        order.pk,
        back.returned_at.astimezone(UTC).isoformat(),
        sorted([line.number, line.quantity, line.amount] for line in back.lines),
        back.reason,
        back.store_id,
    ]
    return hashlib.sha256(orjson.dumps(content)).digest()


def _exceeds(pointer: str, message: str | Promise) -> Conflict:
    return Conflict("return_exceeds", message, fields=(FieldError(pointer, "return_exceeds", message),))


def _invalid(code: str, pointer: str, message: str | Promise) -> Invalid:
    return Invalid(code, message, fields=(FieldError(pointer, code, message),))
