"""The money of an order in a file: what its rows tell -> lines that add up, whatever of it the export leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from journeys.models import Tender
from journeys.services import orderin
from journeys.services.importcells import Refusal
from journeys.services.importrows import Told
from journeys.services.orderin import LineIn, TenderIn

# What is paid beside goods stands as a line of its own, under a code no product has.
EXTRAS = (("shipping", "SHIPPING", "送料"), ("fee", "FEE", "手数料"))
WAYS = (
    ("gift", Tender.Kind.GIFT_CARD), ("ギフト", Tender.Kind.GIFT_CARD), ("商品券", Tender.Kind.GIFT_CARD),
    ("point", Tender.Kind.POINTS), ("ポイント", Tender.Kind.POINTS),
    ("現金", Tender.Kind.CASH), ("cash", Tender.Kind.CASH), ("代金引換", Tender.Kind.CASH), ("代引", Tender.Kind.CASH),
    ("カード", Tender.Kind.CARD), ("クレジット", Tender.Kind.CARD), ("card", Tender.Kind.CARD),
    ("credit", Tender.Kind.CARD), ("visa", Tender.Kind.CARD),
)  # fmt: skip


def lines_of(*, rows: Sequence[Told], shared: Told, is_tax_included: bool) -> tuple[LineIn, ...]:
    """Return the lines of an order: its goods, then shipping and fees; an order's own discount is spread over goods.

    Raises Refusal (`order_amount`, `order_total`, `order_discount`, `line_amount`) for what does not add up.
    """
    goods = [_line(row, shared if len(rows) == 1 else {}, is_tax_included) for row in rows]
    goods = _discounted(goods, shared.get("order_discount", 0))
    extras = [
        LineIn(1, shared[name], shared[name], code=code, name=words) for name, code, words in EXTRAS if shared.get(name)
    ]
    found = (*goods, *extras)
    total = sum(line.paid for line in found)
    if "total" in shared and shared["total"] != total:
        raise Refusal(f"order_total:{total}")
    return found


def tenders_of(*, shared: Told, lines: Sequence[LineIn]) -> tuple[TenderIn, ...]:
    """Return how an order was paid: points first, the rest in the way the file names; none when it names neither."""
    total = sum(line.paid for line in lines)
    points = shared.get("points", 0)
    if points > total:
        raise Refusal(f"order_points:{total}")
    rest = [TenderIn(way_of(shared.get("tender", "")), total - points)] if points < total else []
    if points:
        return (TenderIn(Tender.Kind.POINTS, points), *rest)
    return tuple(rest) if "tender" in shared else ()


def way_of(words: str) -> str:
    """Return the kind of payment a file's words name; other when we do not know it."""
    plain = words.casefold()
    return next((str(kind) for word, kind in WAYS if word in plain), str(Tender.Kind.OTHER))


def _line(row: Told, shared: Told, is_tax_included: bool) -> LineIn:
    quantity = row.get("quantity", 1)
    if quantity < 1:
        raise Refusal("line_quantity")
    price, discount, paid = _priced(row, shared, quantity, row.get("tax", 0) if not is_tax_included else 0)
    more: dict[str, Any] = {name: row[name] for name in ("tax_rate", "tax", "cost") if name in row}
    return LineIn(
        quantity, price, paid, code=row.get("product", ""), name=row.get("name", ""), discount=discount, **more
    )


def _priced(row: Told, shared: Told, quantity: int, tax: int) -> tuple[int, int, int]:
    """Return price of one piece, discount and paid, from whichever of them the row tells. `tax` is what is added."""
    price, paid, discount = row.get("list_price"), row.get("paid"), row.get("discount")
    if price is None and paid is None:
        paid = _rest(shared)
    if paid is None:
        paid = (price or 0) * quantity - (discount or 0) + tax
        if paid < 0:
            raise Refusal("line_discount")
        return price or 0, discount or 0, paid
    if price is None:
        price, rounding = orderin.priced(paid=paid - tax + (discount or 0), quantity=quantity)
        return price, rounding + (discount or 0), paid
    due = price * quantity + tax
    if (discount is None and paid > due) or (discount is not None and due - discount != paid):
        raise Refusal(f"line_amount:{due - (discount or 0)}")
    return price, due - paid, paid


def _rest(shared: Told) -> int:
    """What the goods of an order of one line cost, when only its total is told."""
    if "total" not in shared:
        raise Refusal("line_price")
    extras: int = sum(shared.get(name, 0) for name, _code, _words in EXTRAS)
    rest: int = shared["total"] - extras + shared.get("order_discount", 0)
    if rest < 0:
        raise Refusal("line_price")
    return rest


def _discounted(goods: list[LineIn], discount: int) -> list[LineIn]:
    """Spread an order's own discount over its goods by what they cost; the first lines get what is left over."""
    paid = sum(line.paid for line in goods)
    if not discount:
        return goods
    if discount > paid:
        raise Refusal(f"order_discount:{paid}")
    shares = [discount * line.paid // paid for line in goods]
    left = discount - sum(shares)
    for number, line in enumerate(goods):
        if left and shares[number] < line.paid:
            shares[number], left = shares[number] + 1, left - 1
    return [
        replace(line, discount=line.discount + share, paid=line.paid - share, tax=min(line.tax, line.paid - share))
        for line, share in zip(goods, shares, strict=True)
    ]
