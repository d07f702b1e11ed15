"""What goes with what she has in her hands, in stock in this store: the retailer's pairs, then what others bought."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import F, Q, Subquery

from journeys.models import Stock, Variant
from journeys.selectors import orders, pairings
from journeys.selectors.pairings import Pairing


@dataclass(frozen=True)
class Suggestion:
    """One variant to bring along, why, and where it hangs: `here` pieces may be sold, on `shelf` (empty: unknown)."""

    variant: Variant
    reason: str
    here: int
    shelf: str


def goes_with(*, variant_id: int, store_id: int, customer_id: int, limit: int = 3) -> list[Suggestion]:
    """Return what goes with this variant and is in stock in the store, the retailer's best pair first.

    Where the retailer named too few, what the same customers buy follows. One variant of a style: the size in her hands
    if there is one, else the one with most pieces. Styles she owns, discreet ones and those no longer sold are left
    out. At most 3 queries, and 1 when nothing goes with it.
    """
    found = pairings.pairings_of(style_ids=Variant.objects.filter(pk=variant_id).values_list("style_id", flat=True))
    if not found:
        return []
    owned = orders.owned_styles(customer_id=customer_id)
    return here(pairings=found, without=owned, store_id=store_id, like=variant_id, limit=limit)


def here(
    *, pairings: Sequence[Pairing], without: Collection[int], store_id: int, like: int, limit: int
) -> list[Suggestion]:
    """Return the first of these pairings that are in stock in the store, each style once, in the size of variant
    `like`. 1 query."""
    wanted: dict[int, Pairing] = {}
    for pairing in pairings:
        if pairing.goes_with_id not in without:
            wanted.setdefault(pairing.goes_with_id, pairing)
    best = _best_here(list(wanted), store_id, like)
    found = [(pairing, best[style_id]) for style_id, pairing in wanted.items() if style_id in best]
    return [Suggestion(row.variant, pairing.reason, row.available, row.shelf) for pairing, row in found[:limit]]


def _best_here(style_ids: list[int], store_id: int, like: int) -> dict[int, Stock]:
    """Return each style's row to bring: same size first, then most pieces. 1 query."""
    if not style_ids:
        return {}
    rows = (
        Stock.objects.filter(
            Q(on_hand__gt=F("reserved")), store_id=store_id, variant__is_active=True, variant__style_id__in=style_ids
        )
        .select_related("variant__style")
        .annotate(wanted_size=Subquery(Variant.objects.filter(pk=like).values("size")))
    )
    ranked = sorted(rows, key=lambda row: (row.variant.size != row.wanted_size, -row.available, row.variant_id))
    return {row.variant.style_id: row for row in reversed(ranked)}
