"""The statements that put orders into the database, a handful for one order or for five hundred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib import clock
from config.lib.errors import Conflict, NotFound
from config.lib.rows import time_ordered_uuid
from customers.services import locks
from journeys.models import Order, OrderLine, Variant
from journeys.services import orderin
from journeys.services.orderin import LineIn, OrderIn

REFUSED = "refused:"
CONFLICT = "refused:order_conflict"
Key = tuple[str, str]  # source, number at the source

# In the order of the unique key, so that two batches with the same new orders wait for each other instead of blocking.
ORDERS = """
INSERT INTO journeys_order (uuid, source, external_id, fingerprint, customer_id, identity_hint, channel, store_id,
    staff_id, currency, is_tax_included, total, state, is_private, tracking, placed_at, is_time_known, paid_at,
    shipped_at, delivered_at, cancelled_at, recorded_at)
SELECT uuid, source, external_id, decode(fingerprint, 'hex'), customer_id, identity_hint, channel, store_id, staff_id,
    currency, is_tax_included, total, state, is_private, tracking, placed_at, is_time_known, paid_at, shipped_at,
    delivered_at, cancelled_at, recorded_at
FROM jsonb_to_recordset(%s::jsonb) AS told(
    uuid uuid, source text, external_id text, fingerprint text, customer_id bigint, identity_hint jsonb, channel text,
    store_id bigint, staff_id bigint, currency text, is_tax_included boolean, total bigint, state text,
    is_private boolean, tracking text, placed_at timestamptz, is_time_known boolean, paid_at timestamptz,
    shipped_at timestamptz, delivered_at timestamptz, cancelled_at timestamptz, recorded_at timestamptz
)
ORDER BY source, external_id
ON CONFLICT (source, external_id) DO NOTHING
RETURNING id, source, external_id
"""
LINES = """
INSERT INTO journeys_orderline (order_id, number, variant_id, raw_code, name, quantity, list_price, discount, tax_rate,
    tax, paid, cost, customer_id, placed_at)
SELECT * FROM jsonb_to_recordset(%s::jsonb) AS told(
    order_id bigint, number smallint, variant_id bigint, raw_code text, name text, quantity int, list_price bigint,
    discount bigint, tax_rate smallint, tax bigint, paid bigint, cost bigint, customer_id bigint, placed_at timestamptz
)
"""
TENDERS = """
INSERT INTO journeys_tender (order_id, kind, amount)
SELECT * FROM jsonb_to_recordset(%s::jsonb) AS told(order_id bigint, kind text, amount bigint)
"""


@dataclass(frozen=True)
class Found:
    """The variants behind ids and codes."""

    by_id: dict[int, Variant] = field(default_factory=dict)
    by_code: dict[str, Variant] = field(default_factory=dict)

    def of(self, line: LineIn) -> Variant | None:
        """Return the variant of a line, None when we do not know it."""
        return self.by_code.get(orderin.code_of(line)) if line.variant_id is None else self.by_id.get(line.variant_id)


def variants_for(orders: Sequence[OrderIn]) -> Found:
    """Return the variants the lines name by id or code: SKU before barcode before the source's id. 1 query."""
    ids = {line.variant_id for order in orders for line in order.lines if line.variant_id is not None}
    codes = orderin.codes_of(orders)
    if not ids and not codes:
        return Found()
    rows = list(
        Variant.objects.filter(
            Q(pk__in=ids) | Q(sku__in=codes) | Q(barcode__in=codes, barcode__gt="") | Q(external_id__in=codes)
        )
        .select_related("style__category")
        .order_by("is_active", "-pk")
    )
    by_code = {row.external_id: row for row in rows if row.external_id in codes}
    by_code |= {row.barcode: row for row in rows if row.barcode in codes}
    by_code |= {row.sku: row for row in rows if row.sku in codes}
    return Found({row.pk: row for row in rows}, by_code)


def insert(
    *, orders: Sequence[OrderIn], hints: Sequence[dict[str, str]], owners: Sequence[int | None], variants: Found
) -> dict[Key, int]:
    """Insert the orders that are not there, with lines and tenders; return their ids. The first of two alike counts.

    3 queries.
    """
    first: dict[Key, tuple[OrderIn, dict[str, str], int | None]] = {}
    for order, hint, owner in zip(orders, hints, owners, strict=True):
        first.setdefault((order.source, order.external_id), (order, hint, owner))
    if not first:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(ORDERS, [_packed([_order(*told) for told in first.values()])])
        fresh = {(source, number): pk for pk, source, number in cursor.fetchall()}
        new = [(pk, *first[key]) for key, pk in fresh.items()]
        lines = [row for pk, order, _hint, owner in new for row in _lines(pk, order, owner, variants)]
        tenders = [row for pk, order, _hint, _owner in new for row in _tenders(pk, order)]
        if lines:
            cursor.execute(LINES, [_packed(lines)])
        if tenders:
            cursor.execute(TENDERS, [_packed(tenders)])
    return fresh


def known_rows(orders: Sequence[OrderIn]) -> dict[Key, Order]:
    """Return the rows of these orders by source and number. 1 query."""
    sources = {order.source for order in orders}
    numbers = [order.external_id for order in orders]
    rows = Order.objects.filter(source__in=sources, external_id__in=numbers)
    return {(row.source, row.external_id): row for row in rows}


def outcomes(*, orders: Sequence[OrderIn], fresh: dict[Key, int], known: dict[Key, Order]) -> list[str]:
    """Return created, unchanged or refused:order_conflict for each. Of two alike in one batch the first was created."""
    told: list[str] = []
    seen: set[Key] = set()
    for order in orders:
        key = (order.source, order.external_id)
        if key in fresh and key not in seen:
            told.append("created")
        elif bytes(known[key].fingerprint) == orderin.fingerprint_of(order):
            told.append("unchanged")
        else:
            told.append(CONFLICT)
        seen.add(key)
    return told


def held(*, order_uuid: str) -> Order:
    """Return an order with its customer and itself locked, in that order. Joins the caller's transaction. 3 queries.

    Raises NotFound, Conflict `edited_meanwhile` when it was claimed or moved by a merge at the same moment.
    """
    found = Order.objects.filter(uuid=order_uuid).values_list("customer_id", flat=True)[:1]
    if not found:
        raise NotFound("not_found", _("There is no such order."))
    customer_id = found[0]
    locks.hold_customers(customer_ids=[] if customer_id is None else [customer_id])
    row = Order.objects.filter(uuid=order_uuid).locked().get()
    if row.customer_id != customer_id:
        raise Conflict("edited_meanwhile", _("Somebody changed this at the same moment. Try again."), retry_after=1)
    return row


def variants_of(order: Order) -> list[Variant | None]:
    """Return what was sold, line by line. 1 query."""
    lines = OrderLine.objects.filter(order=order).select_related("variant__style__category").order_by("number")
    return [line.variant for line in lines]


def _order(order: OrderIn, hint: dict[str, str], owner: int | None) -> dict[str, Any]:
    return {
        "uuid": str(time_ordered_uuid()),
        "source": order.source,
        "external_id": order.external_id,
        "fingerprint": orderin.fingerprint_of(order).hex(),
        "customer_id": owner,
        "identity_hint": hint,
        "channel": str(order.channel),
        "store_id": order.store_id,
        "staff_id": order.staff_id,
        "currency": order.currency,
        "is_tax_included": order.is_tax_included,
        "total": orderin.total_of(order),
        "state": orderin.state_of(order),
        "is_private": order.is_private,
        "tracking": order.tracking,
        "placed_at": order.placed_at,
        "is_time_known": order.is_time_known,
        "paid_at": order.paid_at,
        "shipped_at": order.shipped_at,
        "delivered_at": order.delivered_at,
        "cancelled_at": order.cancelled_at,
        "recorded_at": clock.now(),
    }


def _lines(order_id: int, order: OrderIn, owner: int | None, variants: Found) -> list[dict[str, Any]]:
    rows = []
    for number, line in enumerate(order.lines, start=1):
        variant = variants.of(line)
        rows.append(
            {
                "order_id": order_id,
                "number": number,
                "variant_id": variant.pk if variant else None,
                "raw_code": line.code or ("" if variant or line.variant_id is None else str(line.variant_id)),
                "name": line.name,
                "quantity": line.quantity,
                "list_price": line.list_price,
                "discount": line.discount,
                "tax_rate": line.tax_rate,
                "tax": line.tax,
                "paid": line.paid,
                "cost": line.cost if line.cost is not None else _cost(line, variant),
                "customer_id": owner,
                "placed_at": order.placed_at,
            }
        )
    return rows


def _cost(line: LineIn, variant: Variant | None) -> int | None:
    """What the pieces cost us, where the source does not tell: today's cost price."""
    return variant.cost * line.quantity if variant and variant.cost is not None else None


def _tenders(order_id: int, order: OrderIn) -> list[dict[str, Any]]:
    amounts = orderin.tenders_of(order)
    return [{"order_id": order_id, "kind": kind, "amount": amount} for kind, amount in sorted(amounts.items())]


def _packed(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()
