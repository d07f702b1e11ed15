"""Stock: the feed counts, we promise, and what is left is the difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from config.lib import clock
from config.lib.errors import Refused
from customers import access
from customers.models import AttentionItem, Role
from customers.selectors import attention
from journeys.models import Reservation, Stock, Variant
from journeys.selectors import stock as shelves
from journeys.services import reservations, stock
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db

DEMO = access.system(access.SYSTEM_DEMO)
NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def coat(cast: Cast) -> Variant:
    """A coat without any stock."""
    return factories.variant(sku="COAT")


def count(on_hand: int, *, at: datetime = NOON, **given: Any) -> stock.StockIn:
    """Return a count of coats in Shibuya."""
    return replace(stock.StockIn("SHIBUYA", "COAT", on_hand, at), **given)


def feed(*rows: stock.StockIn) -> list[str]:
    """Feed counts an hour after noon."""
    with clock.at(NOON + HOUR):
        return stock.feed(actor=DEMO, rows=rows, source="wms")


def reserve(cast: Cast, variant: Variant, quantity: int, *, at: datetime = NOON + HOUR) -> Reservation:
    """Let the clerk put coats aside for Hanako."""
    with clock.at(at):
        return reservations.reserve(
            actor=cast.actor("clerk"),
            customer_uuid=str(cast.hanako.uuid),
            store_id=cast.shibuya.pk,
            lines=[(variant.pk, quantity)],
            until=at + timedelta(days=3),
            channel="store",
        )


def test_the_newest_count_stands_and_older_ones_are_told_stale(coat: Variant) -> None:
    assert feed(count(5)) == ["created"]
    assert feed(count(5)) == ["unchanged"]
    assert feed(count(4)) == ["stale"]
    assert feed(count(9, at=NOON - HOUR)) == ["stale"]
    assert feed(count(3, at=NOON + HOUR, shelf="B3", incoming=2, incoming_on=date(2026, 11, 23))) == ["updated"]
    row = Stock.objects.get()
    assert (row.on_hand, row.reserved, row.shelf, row.incoming, row.as_of) == (3, 0, "B3", 2, NOON + HOUR)


def test_a_shelf_the_source_does_not_tell_stays(coat: Variant) -> None:
    feed(count(5, shelf="B3"))
    feed(count(4, at=NOON + HOUR))
    assert Stock.objects.get().shelf == "B3"
    feed(count(4, at=NOON + HOUR + timedelta(seconds=1), shelf=""))
    assert Stock.objects.get().shelf == ""


def test_of_two_rows_for_one_place_the_newer_counts(coat: Variant) -> None:
    assert feed(count(5), count(2, at=NOON + HOUR), count(9, at=NOON - HOUR)) == ["stale", "created", "stale"]
    assert Stock.objects.get().on_hand == 2


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (stock.StockIn("NOWHERE", "COAT", 1, NOON), "store_unknown"),
        (stock.StockIn("SHIBUYA", "NOTHING", 1, NOON), "product_unknown"),
        (stock.StockIn("SHIBUYA", "COAT", -1, NOON), "count"),
        (stock.StockIn("SHIBUYA", "COAT", 1, NOON, incoming=-1), "count"),
        (stock.StockIn("SHIBUYA", "COAT", 10**9, NOON), "count"),
        (stock.StockIn("SHIBUYA", "COAT", 1, NOON + 2 * HOUR), "as_of"),
        (stock.StockIn("SHIBUYA", "COAT", 1, NOON.replace(tzinfo=None)), "as_of"),
        (stock.StockIn("SHIBUYA", "COAT", 1, NOON, shelf="x" * 21), "shelf"),
        (stock.StockIn("SHIBUYA", "COAT", 1, NOON, shelf="\x00"), "shelf"),
    ],
)
def test_a_bad_row_is_refused_and_the_others_stand(coat: Variant, row: stock.StockIn, code: str) -> None:
    assert feed(row, stock.StockIn("UMEDA", "COAT", 2, NOON)) == [f"refused:{code}", "created"]
    assert list(Stock.objects.values_list("store__code", "on_hand")) == [("UMEDA", 2)]


@pytest.mark.parametrize("role", ["clerk", "store_manager", "agent", "data_steward"])
def test_staff_do_not_feed_stock(cast: Cast, coat: Variant, role: str) -> None:
    with pytest.raises(Refused):
        stock.feed(actor=cast.actor(role), rows=[count(5)], source="wms")
    assert Stock.objects.count() == 0


def test_two_hundred_counts_cost_as_many_queries_as_one(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    variants = [factories.variant(sku=f"S{number}", style="MANY") for number in range(100)]
    rows = [stock.StockIn(code, v.sku, 1, NOON) for code in ("SHIBUYA", "UMEDA") for v in variants]
    # savepoint and release, stores, variants, missing places, lock, counts, what was collected, what is undercut
    with clock.at(NOON), django_assert_num_queries(9):
        assert stock.feed(actor=DEMO, rows=rows, source="wms") == ["created"] * 200


def test_the_feed_never_touches_what_is_reserved(cast: Cast, coat: Variant) -> None:
    feed(count(5))
    reserve(cast, coat, 2)
    with clock.at(NOON + 3 * HOUR):
        stock.feed(actor=DEMO, rows=[count(4, at=NOON + 2 * HOUR)], source="wms")
    row = Stock.objects.get()
    assert (row.on_hand, row.reserved, row.available) == (4, 2, 2)
    assert AttentionItem.objects.count() == 0


def test_an_undercut_shows_nothing_below_zero_and_names_the_newest_reservations(cast: Cast, coat: Variant) -> None:
    # given three reservations of 2, 1 and 1, told in this order
    feed(count(5))
    first = reserve(cast, coat, 2)
    second = reserve(cast, coat, 1, at=NOON + HOUR + timedelta(minutes=1))
    third = reserve(cast, coat, 1, at=NOON + HOUR + timedelta(minutes=2))
    # when only 2 pieces are counted, and again 2, and then 1
    later = [NOON + 2 * HOUR, NOON + 3 * HOUR, NOON + 4 * HOUR]
    with clock.at(NOON + 5 * HOUR):
        told = [
            stock.feed(actor=DEMO, rows=[count(n, at=at)], source="wms") for n, at in zip((2, 2), later, strict=False)
        ]
        row = Stock.objects.get()
        assert (told, row.on_hand, row.reserved, row.available) == ([["updated"], ["updated"]], 2, 4, 0)
        assert shelves.shelves_for(store_id=cast.shibuya.pk, variant_ids=[coat.pk])[coat.pk].here == 0
        # then the newest two are named, each once, for the manager of the store
        items = {item.data["reservation"]: item for item in AttentionItem.objects.all()}
        assert {key: item.data["missing"] for key, item in items.items()} == {third.pk: 1, second.pk: 1}
        assert {(i.kind, i.owner_role, i.store_id, i.customer_id) for i in items.values()} == {
            ("stock_undercut", Role.STORE_MANAGER, cast.shibuya.pk, cast.hanako.pk)
        }
        assert attention.open_count(cast.actor("store_manager")) == 2
        stock.feed(actor=DEMO, rows=[count(1, at=later[2])], source="wms")
    assert AttentionItem.objects.get(data__reservation=first.pk).data["missing"] == 1
    assert AttentionItem.objects.count() == 3


def test_a_settled_undercut_is_not_told_again_while_the_gap_is_the_same(cast: Cast, coat: Variant) -> None:
    feed(count(1))
    reserve(cast, coat, 1)
    with clock.at(NOON + 5 * HOUR):
        stock.feed(actor=DEMO, rows=[count(0, at=NOON + 2 * HOUR)], source="wms")
        AttentionItem.objects.update(settled_at=NOON + 2 * HOUR)
        stock.feed(actor=DEMO, rows=[count(0, at=NOON + 3 * HOUR)], source="wms")
    assert AttentionItem.objects.count() == 1


def test_a_shelf_says_how_many_how_old_and_where_else(
    cast: Cast, coat: Variant, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    boots, never = factories.variant(sku="BOOTS"), factories.variant(sku="NEVER")
    factories.stocked(variant=coat, store=cast.shibuya, on_hand=2, shelf="B3", as_of=NOON)
    factories.stocked(variant=coat, store=cast.umeda, on_hand=4, as_of=NOON)
    factories.stocked(
        variant=boots, store=cast.shibuya, on_hand=0, as_of=NOON - HOUR, incoming=3, incoming_on=date(2026, 11, 23)
    )
    with clock.at(NOON), override("ja"), django_assert_num_queries(1):
        found = shelves.shelves_for(store_id=cast.shibuya.pk, variant_ids=[coat.pk, boots.pk, never.pk])
    assert found[coat.pk] == shelves.Shelf(coat.pk, 2, "B3", NOON, False, "梅田店", 4, 0, None)
    assert found[boots.pk] == shelves.Shelf(boots.pk, 0, "", NOON - HOUR, True, "", 0, 3, date(2026, 11, 23))
    assert found[never.pk] == shelves.Shelf(never.pk, None, "", None, False, "", 0, 0, None)


def test_the_nearest_store_is_the_nearest_with_a_piece_to_promise(cast: Cast, coat: Variant) -> None:
    def place(code: str, name: str, latitude: float | None, longitude: float | None, **given: Any) -> None:
        store = factories.store(code=code, name_ja=name, latitude=latitude, longitude=longitude, **given)
        factories.stocked(variant=coat, store=store, on_hand=1, as_of=NOON)

    home = factories.store(code="EBISU", latitude=35.647, longitude=139.710)
    place("A-SAPPORO", "札幌店", 43.06, 141.35)
    place("B-UNKNOWN", "不明店", None, None)
    place("MEGURO", "目黒店", 35.634, 139.716, is_open=False)
    place("SHINAGAWA", "品川店", 35.630, 139.740)
    with override("ja"):
        assert shelves.shelves_for(store_id=home.pk, variant_ids=[coat.pk])[coat.pk].nearest_store == "品川店"
        # when the nearest has promised its only piece, the next one is named
        Stock.objects.filter(store__code="SHINAGAWA").update(reserved=1)
        assert shelves.shelves_for(store_id=home.pk, variant_ids=[coat.pk])[coat.pk].nearest_store == "札幌店"
