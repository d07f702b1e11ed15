"""What is there (the feed's word) and what is promised (ours). Called by the feed, the demo and reservations.

Rows are locked in id order, after the customer. A collected piece stays counted in `reserved` until a feed newer than
the collection arrives: until then the feed's `on_hand` still counts it, and it must not be promised again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import orjson
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict, FieldError
from config.lib.parsing import UNWRITABLE
from customers import access
from customers.access import Actor
from customers.models import Role, Store
from customers.services import attention
from journeys.models import Stock, Variant
from journeys.selectors import catalog

CREATED, UPDATED, UNCHANGED, STALE = "created", "updated", "unchanged", "stale"
MOST_PIECES = 1_000_000
EVER = datetime(1970, 1, 1, tzinfo=UTC)  # older than every count
LONGEST_SHELF = 20
CLOCK_DRIFT = timedelta(minutes=5)  # a till's clock may run ahead of ours this much

# In the order of the unique key, so that two feeds with the same new places wait for each other instead of blocking.
MISSING = """
INSERT INTO journeys_stock (store_id, variant_id, on_hand, reserved, shelf, incoming, as_of)
SELECT store_id, variant_id, 0, 0, '', 0, 'epoch' FROM unnest(%s::bigint[], %s::bigint[]) AS w(store_id, variant_id)
ORDER BY variant_id, store_id
ON CONFLICT (variant_id, store_id) DO NOTHING
RETURNING id
"""
LOCK = """
SELECT s.* FROM journeys_stock AS s
JOIN unnest(%s::bigint[], %s::bigint[]) AS w(store_id, variant_id) USING (store_id, variant_id)
ORDER BY s.id FOR NO KEY UPDATE OF s
"""
PUT = """
UPDATE journeys_stock AS s SET on_hand = w.on_hand, shelf = coalesce(w.shelf, s.shelf), incoming = w.incoming,
    incoming_on = w.incoming_on, as_of = w.as_of
FROM jsonb_to_recordset(%s::jsonb) AS w(
    id bigint, on_hand int, shelf text, incoming int, incoming_on date, as_of timestamptz
) WHERE s.id = w.id
"""
# Pieces collected after the old count and counted by the new one leave `reserved` with it.
LEFT_THE_STORE = """
WITH gone AS (
    SELECT s.id, sum(line.quantity) AS quantity
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS w(id, before)
    JOIN journeys_stock AS s ON s.id = w.id
    JOIN journeys_reservationline AS line ON line.variant_id = s.variant_id
    JOIN journeys_reservation AS r ON r.id = line.reservation_id
        AND coalesce(r.from_store_id, r.store_id) = s.store_id
    WHERE r.state = 'collected' AND r.ended_at > w.before AND r.ended_at <= s.as_of
    GROUP BY s.id
)
UPDATE journeys_stock AS s SET reserved = s.reserved - gone.quantity FROM gone WHERE s.id = gone.id
"""
# After LOCK in a statement of its own: `as_of` must be read once the rows are ours, or a feed slips in between.
FREE = """
UPDATE journeys_stock AS s SET reserved = s.reserved - freed.quantity
FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS freed(store_id, variant_id, quantity)
WHERE s.store_id = freed.store_id AND s.variant_id = freed.variant_id AND s.as_of >= %s
"""
SHORT = """
SELECT s.id, r.id, r.customer_id, r.store_id, line.quantity
FROM journeys_stock AS s
JOIN journeys_reservationline AS line ON line.variant_id = s.variant_id
JOIN journeys_reservation AS r ON r.id = line.reservation_id AND coalesce(r.from_store_id, r.store_id) = s.store_id
WHERE s.id = ANY(%s) AND r.state IN ('to_prepare', 'ready')
ORDER BY s.id, r.created_at DESC, r.id DESC
"""


@dataclass(frozen=True)
class StockIn:
    """One count: pieces of a variant in a store as of a moment. `shelf` None: the source does not tell it."""

    store_code: str
    sku: str
    on_hand: int
    as_of: datetime
    shelf: str | None = None
    incoming: int = 0
    incoming_on: date | None = None


Pieces = Mapping[tuple[int, int], int]  # (store id, variant id) -> how many


class InsufficientStock(Conflict):
    """Not enough pieces to hold. `left` says how many of each short variant could still be held."""

    def __init__(self, variants: Sequence[Variant], left: dict[int, int]) -> None:
        first = variants[0]
        told = {"item": catalog.name_of(first), "left": left[first.pk]}
        message = _("Nothing was reserved. Pieces of %(item)s that are left: %(left)d.") % told
        fields = tuple(
            FieldError(
                "/lines", "insufficient_stock", _("%(sku)s: %(left)d left.") % {"sku": v.sku, "left": left[v.pk]}
            )
            for v in variants
        )
        super().__init__("insufficient_stock", message, fields=fields)
        self.left = left


@transactions.retried
def feed(*, actor: Actor, rows: Sequence[StockIn], source: str) -> list[str]:
    """Take over counts; return per row created, updated, unchanged, stale (older than what we have) or refused:<code>.

    Refusals: store_unknown, product_unknown, count, as_of (naive, or in the future), shelf. Of two rows for one place
    the newer counts. A count below what is reserved stands, and the newest reservations it no longer covers become
    attention items `stock_undercut` of the store they are collected in. Raises Refused without `stock.feed`. Locks the
    rows in id order; a fixed number of queries, and one per attention item.
    """
    access.require(actor, "stock.feed")
    with transaction.atomic():
        places, outcomes = _placed(rows)
        newest = _newest(rows, places, outcomes)
        fresh, known = _locked_or_made(list(newest))
        news = {place: number for place, number in newest.items() if known[place].as_of < rows[number].as_of}
        _put({known[place].pk: rows[number] for place, number in news.items()})
        before = [known[place] for place in news]
        _settle(before)
        _raise_undercut(before)
    for number, place in enumerate(places):
        if not outcomes[number]:
            is_news = news.get(place) == number
            outcomes[number] = _outcome(rows[number], known[place], is_news, known[place].pk in fresh)
    return outcomes


def plan(*, rows: Sequence[StockIn]) -> list[str]:
    """Return per row what `feed` would do with it now, writing and locking nothing. 3 queries."""
    places, outcomes = _placed(rows)
    newest = _newest(rows, places, outcomes)
    found = Stock.objects.filter(store__in={store for store, _variant in newest}).filter(
        variant__in={variant for _store, variant in newest}
    )
    known = {(row.store_id, row.variant_id): row for row in found}
    for number, place in enumerate(places):
        if outcomes[number]:
            continue
        here, is_newest = known.get(place), newest[place] == number
        if here is None:
            outcomes[number] = CREATED if is_newest else STALE
        else:
            is_news = is_newest and here.as_of < rows[number].as_of
            outcomes[number] = _outcome(rows[number], here, is_news, is_fresh=False)
    return outcomes


def _placed(rows: Sequence[StockIn]) -> tuple[list[tuple[int, int]], list[str]]:
    """Return each row's place, and why it cannot be taken (empty: it can)."""
    stores = dict(Store.objects.filter(code__in={row.store_code for row in rows}).values_list("code", "pk"))
    variants = dict(Variant.objects.filter(sku__in={row.sku for row in rows}).values_list("sku", "pk"))
    outcomes = [_refusal(row, stores, variants) for row in rows]
    return [(stores.get(row.store_code, 0), variants.get(row.sku, 0)) for row in rows], outcomes


def _outcome(row: StockIn, known: Stock, is_news: bool, is_fresh: bool) -> str:
    if is_news:
        return CREATED if is_fresh else UPDATED
    shelf = known.shelf if row.shelf is None else row.shelf
    said = (row.as_of, row.on_hand, row.incoming, row.incoming_on, shelf)
    return UNCHANGED if said == (known.as_of, known.on_hand, known.incoming, known.incoming_on, known.shelf) else STALE


def hold(*, store_id: int, pieces: Mapping[int, int]) -> None:
    """Hold pieces (variant id -> how many) of one store for somebody. Joins the caller's transaction.

    One conditional statement per row, in id order: no rival can get between look and take, and two callers with
    opposite orders cannot block each other. Raises InsufficientStock with what is left; the caller rolls back.
    """
    rows = list(
        Stock.objects.filter(store_id=store_id, variant_id__in=pieces).order_by("pk").values("pk", "variant_id")
    )
    held: dict[int, int] = {}
    for row in rows:
        quantity = pieces[row["variant_id"]]
        if not _take(row["pk"], quantity):
            raise _insufficient(store_id, pieces, held)
        held[row["variant_id"]] = quantity
    if len(held) < len(pieces):
        raise _insufficient(store_id, pieces, held)


def free(*, pieces: Pieces) -> None:
    """Give held pieces back to everybody. Joins the caller's transaction; locks in id order; 2 queries."""
    _let_go(pieces, counted_since=EVER)


def hand_over(*, pieces: Pieces, at: datetime) -> None:
    """The customer took held pieces away at a moment. Joins the caller's transaction; locks in id order; 2 queries.

    They leave `reserved` here only where the count is newer than that moment; else with the next feed.
    """
    _let_go(pieces, counted_since=at)


def _let_go(pieces: Pieces, counted_since: datetime) -> None:
    places = sorted(pieces)
    _locked(places)
    stores, variants = [place[0] for place in places], [place[1] for place in places]
    with connection.cursor() as cursor:
        cursor.execute(FREE, [stores, variants, [pieces[place] for place in places], counted_since])


def _take(stock_id: int, quantity: int) -> bool:
    """Hold pieces of one row if that many are left, in one statement; return whether they were."""
    left = Stock.objects.filter(pk=stock_id, on_hand__gte=F("reserved") + quantity)
    return left.update(reserved=F("reserved") + quantity) == 1


def _insufficient(store_id: int, pieces: Mapping[int, int], held: Mapping[int, int]) -> InsufficientStock:
    """The error, with what would be left for this caller: what she has just taken herself counts as left."""
    rows = Stock.objects.filter(store_id=store_id, variant_id__in=pieces)
    left = {row.variant_id: max(0, row.on_hand - row.reserved + held.get(row.variant_id, 0)) for row in rows}
    # A rival may have given pieces back since: the row that refused is named all the same.
    short = [pk for pk in pieces if pk not in held and left.get(pk, 0) < pieces[pk]] or [
        pk for pk in pieces if pk not in held
    ]
    variants = list(Variant.objects.select_related("style").filter(pk__in=short).order_by("pk"))
    return InsufficientStock(variants, {pk: left.get(pk, 0) for pk in short})


def _refusal(row: StockIn, stores: dict[str, int], variants: dict[str, int]) -> str:
    checks = (
        (row.store_code not in stores, "store_unknown"),
        (row.sku not in variants, "product_unknown"),
        (not (0 <= row.on_hand <= MOST_PIECES and 0 <= row.incoming <= MOST_PIECES), "count"),
        (row.as_of.tzinfo is None or row.as_of > clock.now() + CLOCK_DRIFT, "as_of"),
        (len(row.shelf or "") > LONGEST_SHELF or bool(UNWRITABLE.search(row.shelf or "")), "shelf"),
    )
    return next((f"refused:{code}" for is_wrong, code in checks if is_wrong), "")


def _newest(
    rows: Sequence[StockIn], places: Sequence[tuple[int, int]], outcomes: Sequence[str]
) -> dict[tuple[int, int], int]:
    """Return for each place the number of its newest good row."""
    newest: dict[tuple[int, int], int] = {}
    for number, row in enumerate(rows):
        if outcomes[number]:
            continue
        best = newest.get(places[number])
        if best is None or rows[best].as_of < row.as_of:
            newest[places[number]] = number
    return newest


def _locked(places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Stock]:
    found = Stock.objects.raw(LOCK, [[place[0] for place in places], [place[1] for place in places]])
    return {(row.store_id, row.variant_id): row for row in found}


def _locked_or_made(places: Sequence[tuple[int, int]]) -> tuple[set[int], dict[tuple[int, int], Stock]]:
    """Return the ids of rows that were missing, and all rows, locked in id order."""
    with connection.cursor() as cursor:
        cursor.execute(MISSING, [[place[0] for place in places], [place[1] for place in places]])
        fresh = {row[0] for row in cursor.fetchall()}
    return fresh, _locked(places)


def _put(news: Mapping[int, StockIn]) -> None:
    payload = [
        {
            "id": pk,
            "on_hand": row.on_hand,
            "shelf": row.shelf,
            "incoming": row.incoming,
            "incoming_on": row.incoming_on,
            "as_of": row.as_of,
        }
        for pk, row in news.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(PUT, [orjson.dumps(payload).decode()])


def _settle(before: Sequence[Stock]) -> None:
    """Take what was collected between the old count and the new one out of `reserved`."""
    with connection.cursor() as cursor:
        cursor.execute(LEFT_THE_STORE, [[row.pk for row in before], [row.as_of for row in before]])


def _raise_undercut(before: Sequence[Stock]) -> None:
    """Name the reservations a count does not cover any more: the newest first, until the rest is covered.

    Only where the gap grew: a gap somebody was told of is not told again with every count.
    """
    gaps = {row.pk: max(0, row.reserved - row.on_hand) for row in before}
    undercut = Stock.objects.filter(pk__in=gaps, on_hand__lt=F("reserved"))
    missing = {row.pk: row.reserved - row.on_hand for row in undercut}
    missing = {pk: gap for pk, gap in missing.items() if gap > gaps[pk]}
    if not missing:
        return
    with connection.cursor() as cursor:
        cursor.execute(SHORT, [list(missing)])
        promised = cursor.fetchall()
    for stock_id, reservation_id, customer_id, store_id, quantity in promised:
        if missing[stock_id] > 0:
            attention.raise_item(
                kind="stock_undercut",
                key=f"{reservation_id}:{stock_id}",
                owner_role=Role.STORE_MANAGER,
                customer_id=customer_id,
                store_id=store_id,
                data={"reservation": reservation_id, "missing": min(quantity, missing[stock_id])},
            )
        missing[stock_id] -= quantity
