"""What to bring along for a customer: what goes with her things, in stock in this store, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from journeys.models import OrderLine, WishItem
from journeys.selectors import coordination, orders, pairings
from journeys.selectors.coordination import Suggestion

__all__ = ["Suggestion", "for_customer", "goes_with"]

MOST_ANCHORS = 30


@dataclass(frozen=True)
class Anchors:
    """The styles a suggestion may start from, the newest first, and those it must not be."""

    start: tuple[int, ...]
    without: frozenset[int]


def for_customer(*, customer_id: int, store_id: int, limit: int = 3) -> list[Suggestion]:
    """Return up to `limit` things that go with what she owns or wishes for and are in stock in the store.

    The retailer's pairs first, then what the same customers buy. Left out: what she owns or wishes for already,
    discreet goods, what is no longer sold. A private order is never a reason. At most 5 queries.
    """
    anchors = _anchors(customer_id)
    if not anchors.start:
        return []
    found = pairings.pairings_of(style_ids=anchors.start)
    return coordination.here(pairings=found, without=anchors.without, store_id=store_id, like=0, limit=limit)


def goes_with(*, variant_id: int, store_id: int, customer_id: int, limit: int = 3) -> list[Suggestion]:
    """Return what goes with this variant and is in stock in the store (coordination.goes_with). At most 3 queries."""
    return coordination.goes_with(variant_id=variant_id, store_id=store_id, customer_id=customer_id, limit=limit)


def _anchors(customer_id: int) -> Anchors:
    """What she has and wants. 3 queries."""
    owned = orders.owned_styles(customer_id=customer_id)
    open_wishes = WishItem.objects.filter(customer_id=customer_id, removed_at__isnull=True)
    wished = list(open_wishes.order_by("-added_at", "-pk").values_list("style_id", flat=True)[:MOST_ANCHORS])
    told = OrderLine.objects.filter(customer_id=customer_id, variant__style__in=owned, order__is_private=False)
    newest = told.order_by("-placed_at", "-pk").values_list("variant__style_id", flat=True)[:MOST_ANCHORS]
    start = tuple(dict.fromkeys([*wished, *newest] if owned else wished))
    return Anchors(start, frozenset({*owned, *wished}))
