"""Reads of stock: how many are here, on which shelf, how old the number is, and where else there are some."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils.translation import get_language

from config.lib import clock

STALE_AFTER = timedelta(minutes=30)

# The nearest store with a piece left: by distance where both positions are known, then in the same area, then by code.
SHELVES = """
SELECT wanted.variant_id, here.on_hand - here.reserved, here.shelf, here.as_of, here.incoming, here.incoming_on,
    near.name_ja, near.name_en, near.pieces
FROM unnest(%s::bigint[]) AS wanted(variant_id)
JOIN customers_store AS home ON home.id = %s
LEFT JOIN journeys_stock AS here ON here.variant_id = wanted.variant_id AND here.store_id = home.id
LEFT JOIN LATERAL (
    SELECT store.name_ja, store.name_en, stock.on_hand - stock.reserved AS pieces
    FROM journeys_stock AS stock JOIN customers_store AS store ON store.id = stock.store_id
    WHERE stock.variant_id = wanted.variant_id AND stock.store_id <> home.id AND stock.on_hand > stock.reserved
        AND store.is_open
    ORDER BY power(store.latitude - home.latitude, 2)
        + power((store.longitude - home.longitude) * cos(radians(home.latitude)), 2) NULLS LAST,
        store.zone <> home.zone, store.code
    LIMIT 1
) AS near ON true
"""


@dataclass(frozen=True)
class Shelf:
    """One variant as seen from one store. `here` is None where nobody ever counted: unknown is not 0.

    `here` and `nearest_count` are pieces that may still be promised, never below 0. `is_stale`: the count is older
    than 30 minutes. `nearest_store` is the name in the language in force; empty when no other store has one.
    """

    variant_id: int
    here: int | None
    shelf: str
    as_of: datetime | None
    is_stale: bool
    nearest_store: str
    nearest_count: int
    incoming: int
    incoming_on: date | None


def shelves_for(*, store_id: int, variant_ids: Collection[int]) -> dict[int, Shelf]:
    """Return by variant id what a clerk of this store needs to fetch a piece. 1 query whatever the number."""
    wanted = sorted(set(variant_ids))
    if not wanted:
        return {}
    is_english = (get_language() or "").startswith("en")
    fresh = clock.now() - STALE_AFTER
    with connection.cursor() as cursor:
        cursor.execute(SHELVES, [wanted, store_id])
        rows = cursor.fetchall()
    return {
        variant_id: Shelf(
            variant_id=variant_id,
            here=None if as_of is None else max(0, here),
            shelf=shelf or "",
            as_of=as_of,
            is_stale=as_of is not None and as_of < fresh,
            nearest_store=(is_english and english) or japanese or "",
            nearest_count=pieces or 0,
            incoming=incoming or 0,
            incoming_on=incoming_on,
        )
        for variant_id, here, shelf, as_of, incoming, incoming_on, japanese, english, pieces in rows
    }
