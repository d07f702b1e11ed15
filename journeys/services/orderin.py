"""What a channel says about an order, and whether it adds up to the yen. Pure: nothing here touches the database.

Used by services/orders.py and by whoever translates a file or a message into an order.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.lib import clock
from config.lib.errors import FieldError, Invalid
from config.lib.parsing import check_text
from customers.services import contact
from journeys.models import Channel, Order, Tender

TAX_RATES = (0, 8, 10)
MOST_LINES = 200
MOST_PIECES = 100_000
MOST_MONEY = 10**12
CURRENCY = re.compile(r"^[A-Z]{3}$")
CLOCK_DRIFT = timedelta(minutes=5)  # a till's clock may run ahead of ours this much
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Hint:
    """Who the buyer says she is, where the channel does not know our id. Any form; empty: not told."""

    member_number: str = ""
    email: str = ""
    phone: str = ""


NOBODY = Hint()


@dataclass(frozen=True)
class LineIn:
    """One position. `variant_id`, or `code` (SKU, barcode, id at the source) as sent; `paid` is for all pieces.

    paid = list_price * quantity - discount, and + tax where the order's prices are without tax.
    """

    quantity: int
    list_price: int
    paid: int
    variant_id: int | None = None
    code: str = ""
    name: str = ""
    discount: int = 0
    tax_rate: int = 10
    tax: int = 0
    cost: int | None = None


@dataclass(frozen=True)
class TenderIn:
    """How much was paid in which way (a Tender.Kind). Two of one kind are added up."""

    kind: str
    amount: int


@dataclass(frozen=True)
class OrderIn:
    """One sale as its channel reports it, named for good by `source` and `external_id`.

    Money in the minor unit of `currency`. `total` None: the sum of the lines. No tenders: not told. Times are aware;
    `is_time_known` false where the source told the day only.
    """

    source: str
    external_id: str
    channel: str
    placed_at: datetime
    lines: tuple[LineIn, ...]
    customer_id: int | None = None
    hint: Hint = NOBODY
    store_id: int | None = None
    staff_id: int | None = None
    currency: str = "JPY"
    is_tax_included: bool = True
    total: int | None = None
    tenders: tuple[TenderIn, ...] = ()
    is_private: bool = False
    tracking: str = ""
    is_time_known: bool = True
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None


def priced(*, paid: int, quantity: int) -> tuple[int, int]:
    """Return (list_price, discount) for a source that tells only what all pieces cost together: adds up exactly."""
    each = -(-paid // quantity)
    return each, each * quantity - paid


def total_of(order: OrderIn) -> int:
    """Return what was to pay: the sum of the lines."""
    return sum(line.paid for line in order.lines)


def tenders_of(order: OrderIn) -> dict[str, int]:
    """Return the amount of each way of paying."""
    amounts: dict[str, int] = {}
    for tender in order.tenders:
        amounts[str(tender.kind)] = amounts.get(str(tender.kind), 0) + tender.amount
    return amounts


def state_of(order: OrderIn) -> str:
    """Return how far the order has come by the times told."""
    for at, state in (
        (order.cancelled_at, Order.State.CANCELLED),
        (order.delivered_at, Order.State.DELIVERED),
        (order.shipped_at, Order.State.SHIPPED),
        (order.paid_at, Order.State.PAID),
    ):
        if at is not None:
            return str(state)
    return str(Order.State.PLACED)


def hint_of(hint: Hint) -> dict[str, str]:
    """Return the hint as it is compared; a part that cannot be normalised is left out, since the order stands."""
    found = {}
    for name, clean in (
        ("member_number", contact.member_number),
        ("email", contact.email),
        ("phone", contact.phone),
    ):
        told = getattr(hint, name)
        try:
            if told:
                found[name] = clean(told)
        except Invalid:
            continue
    return found


def fingerprint_of(order: OrderIn) -> bytes:
    """Return the mark of the sale itself. How far it has come is left out: that is told again as it moves on."""
    content = {
        "customer": order.customer_id,
        "hint": hint_of(order.hint),
        "channel": str(order.channel),
        "placed_at": order.placed_at.astimezone(UTC).isoformat(),
        "store": order.store_id,
        "staff": order.staff_id,
        "currency": order.currency,
        "is_tax_included": order.is_tax_included,
        "is_private": order.is_private,
        "tenders": tenders_of(order),
        "lines": [
            [
                line.variant_id,
                line.code,
                line.name,
                line.quantity,
                line.list_price,
                line.discount,
                line.tax_rate,
                line.tax,
                line.paid,
                line.cost,
            ]
            for line in order.lines
        ],
    }
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()


def check(order: OrderIn) -> None:
    """Raise Invalid for what cannot be: `order_source`, `channel`, `currency`, `order_lines`, `order_amount`,
    `order_total`, `order_tenders`, `order_time`, `unwritable`. Each names the field."""
    _check_names(order)
    if not 1 <= len(order.lines) <= MOST_LINES:
        raise _invalid("order_lines", "/lines", _("An order has 1 to 200 lines."))
    for number, line in enumerate(order.lines):
        _check_line(f"/lines/{number}", line, is_tax_included=order.is_tax_included)
    _check_total(order)
    now = clock.now()
    times = {
        "placed_at": order.placed_at,
        "paid_at": order.paid_at,
        "shipped_at": order.shipped_at,
        "delivered_at": order.delivered_at,
        "cancelled_at": order.cancelled_at,
    }
    for name, at in times.items():
        if at is not None:
            check_time(pointer=f"/{name}", at=at, now=now)


def check_time(*, pointer: str, at: datetime, now: datetime) -> None:
    """Raise Invalid (`order_time`) for a moment without an offset, in the future, or before 1970."""
    if at.tzinfo is None or not EARLIEST <= at <= now + CLOCK_DRIFT:
        raise _invalid("order_time", pointer, _("The time needs an offset and cannot be in the future."))


def check_source(*, source: str, external_id: str) -> None:
    """Raise Invalid (`order_source`) for a source or number that is empty or too long."""
    if not 1 <= len(source) <= 60:
        raise _invalid("order_source", "/source", _("The source has 1 to 60 characters."))
    if not 1 <= len(external_id) <= 120:
        raise _invalid("order_source", "/external_id", _("The number at the source has 1 to 120 characters."))
    check_text(source, "/source")
    check_text(external_id, "/external_id")


def _check_names(order: OrderIn) -> None:
    check_source(source=order.source, external_id=order.external_id)
    if order.channel not in Channel.values:
        raise _invalid("channel", "/channel", _("There is no such channel."))
    if not CURRENCY.match(order.currency):
        raise _invalid("currency", "/currency", _("A currency has three capital letters (JPY)."))
    if len(order.tracking) > 60:
        raise _invalid("order_tracking", "/tracking", _("A tracking number has at most 60 characters."))
    check_text(order.tracking, "/tracking")


def _check_line(pointer: str, line: LineIn, *, is_tax_included: bool) -> None:
    if not 1 <= line.quantity <= MOST_PIECES:
        raise _invalid("order_lines", f"{pointer}/quantity", _("A line has 1 to 100,000 pieces."))
    if len(line.code) > 80 or len(line.name) > 120:
        raise _invalid("order_lines", pointer, _("A code has at most 80 characters, a name at most 120."))
    check_text(line.code, f"{pointer}/code")
    check_text(line.name, f"{pointer}/name")
    amounts = (line.list_price, line.discount, line.tax, line.paid, line.cost or 0)
    if any(not 0 <= amount <= MOST_MONEY for amount in amounts):
        raise _invalid("order_amount", pointer, _("An amount cannot be negative, nor more than 1,000,000,000,000."))
    if line.tax_rate not in TAX_RATES:
        raise _invalid("order_amount", f"{pointer}/tax_rate", _("The tax rate is 0, 8 or 10 percent."))
    if line.tax > line.paid or (line.tax and not line.tax_rate):
        raise _invalid("order_amount", f"{pointer}/tax", _("The tax is more than the price and its rate allow."))
    due = line.list_price * line.quantity - line.discount + (0 if is_tax_included else line.tax)
    if due != line.paid:
        told = {"paid": line.paid, "due": due}
        message = _("Price, pieces and discount come to %(due)d, but %(paid)d is said to be paid.") % told
        raise _invalid("order_amount", f"{pointer}/paid", message)


def _check_total(order: OrderIn) -> None:
    total = total_of(order)
    if order.total is not None and order.total != total:
        told = {"total": order.total, "sum": total}
        raise _invalid("order_total", "/total", _("The lines come to %(sum)d, but the total is %(total)d.") % told)
    if not order.tenders:
        return
    if any(tender.kind not in Tender.Kind.values or tender.amount < 0 for tender in order.tenders):
        raise _invalid("order_tenders", "/tenders", _("A payment has a known kind and no negative amount."))
    paid = sum(tender.amount for tender in order.tenders)
    if paid != total:
        told = {"paid": paid, "total": total}
        message = _("The payments come to %(paid)d, but the total is %(total)d.") % told
        raise _invalid("order_tenders", "/tenders", message)


def _invalid(code: str, pointer: str, message: str | Promise) -> Invalid:
    return Invalid(code, message, fields=(FieldError(pointer, code, message),))


def codes_of(orders: Sequence[OrderIn]) -> set[str]:
    """Return the product codes told instead of our ids."""
    return {code_of(line) for order in orders for line in order.lines if line.variant_id is None and line.code}


def code_of(line: LineIn) -> str:
    """Return the product code as it is compared: half width, no spaces around."""
    return unicodedata.normalize("NFKC", line.code).strip()
