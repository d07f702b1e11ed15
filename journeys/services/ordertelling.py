"""The sentences of orders on the timeline. Called inside the transactions that make them true.

At most three items are named. Discreet goods, private orders and goods we do not know are told as goods.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from customers.access import Actor
from journeys.models import Order, OrderLine, OrderReturn, ReturnLine, Variant
from journeys.selectors import catalog
from journeys.services import timeline

TOLD_ITEMS = 3
SOURCE = "orders"


@dataclass(frozen=True)
class Told:
    """An order (its row, or one like it) and the variants sold, None for what we do not know."""

    id: int
    uuid: str
    customer_id: int
    store_id: int | None
    channel: str
    is_private: bool
    placed_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    variants: tuple[Variant | None, ...]


def told_of(*, order: Order, variants: Iterable[Variant | None]) -> Told:
    """Return what can be told of a row. Its customer must be known."""
    if order.customer_id is None:
        raise LookupError(f"order {order.pk} has no customer to tell of")
    return Told(
        id=order.pk,
        uuid=str(order.uuid),
        customer_id=order.customer_id,
        store_id=order.store_id,
        channel=order.channel,
        is_private=order.is_private,
        placed_at=order.placed_at,
        shipped_at=order.shipped_at,
        delivered_at=order.delivered_at,
        cancelled_at=order.cancelled_at,
        variants=tuple(variants),
    )


def facts_of(told: Told, *, actor: Actor | None = None) -> list[timeline.Fact]:
    """Return the sentences an order has earned by the times it carries: placed, shipped, delivered, cancelled."""
    times = {
        "placed": told.placed_at,
        "shipped": told.shipped_at,
        "delivered": told.delivered_at,
        "cancelled": told.cancelled_at,
    }
    return [fact_of(told=told, word=word, at=at, actor=actor) for word, at in times.items() if at is not None]


def fact_of(*, told: Told, word: str, at: datetime, actor: Actor | None = None, mark: str = "") -> timeline.Fact:
    """Return one sentence. `mark` tells apart what may happen twice to one order."""
    return timeline.Fact(
        kind=f"order.{word}",
        customer_id=told.customer_id,
        occurred_at=at,
        channel=told.channel,
        source=SOURCE,
        source_id=f"{told.uuid}:{mark or word}",
        actor=actor if actor is not None and actor.is_signed_in else None,
        store_id=told.store_id,
        subject=("order", told.id),
        product_ids=_styles(told),
        data={"items": items_of(told)},
    )


def return_fact(*, told: Told, back: OrderReturn, actor: Actor | None = None) -> timeline.Fact:
    """Return the sentence of what came back: `told.variants` are the returned ones."""
    return timeline.Fact(
        kind="order.returned",
        customer_id=told.customer_id,
        occurred_at=back.returned_at,
        channel=told.channel,
        source=SOURCE,
        source_id=f"{back.uuid}:returned",
        actor=actor if actor is not None and actor.is_signed_in else None,
        store_id=back.store_id,
        subject=("order", told.id),
        product_ids=_styles(told),
        data={"items": items_of(told)},
    )


def items_of(told: Told) -> str:
    """Return up to three names, empty when none may be told."""
    if told.is_private:
        return ""
    named = [catalog.written_name_of(v) for v in told.variants if v and not v.style.category.is_discreet]
    return "、".join(list(dict.fromkeys(named))[:TOLD_ITEMS])


def tell_all(*, order_ids: Sequence[int], mode: str) -> None:
    """Tell the whole story of orders so far, returns included, with their own times. 4 queries and the timeline's."""
    lines = OrderLine.objects.filter(order_id__in=order_ids).select_related("variant__style__category")
    sold: dict[int, list[Variant | None]] = {}
    for line in lines.order_by("order_id", "number"):
        sold.setdefault(line.order_id, []).append(line.variant)
    told = {row.pk: told_of(order=row, variants=sold.get(row.pk, [])) for row in Order.objects.filter(pk__in=order_ids)}
    facts = [fact for pk in order_ids for fact in facts_of(told[pk])]
    returned: dict[int, list[Variant | None]] = {}
    rows = ReturnLine.objects.filter(order_return__order_id__in=order_ids)
    for row in rows.select_related("line__variant__style__category").order_by("pk"):
        returned.setdefault(row.order_return_id, []).append(row.line.variant)
    backs = OrderReturn.objects.filter(order_id__in=order_ids, kind=OrderReturn.Kind.RETURN).order_by("pk")
    for back in backs:
        facts.append(
            return_fact(told=replace(told[back.order_id], variants=tuple(returned.get(back.pk, []))), back=back)
        )
    timeline.record_many(facts=facts, mode=mode)


def _styles(told: Told) -> tuple[int, ...]:
    """A private order is not to be found by what was in it."""
    return () if told.is_private else tuple(sorted({v.style_id for v in told.variants if v}))
