"""Files of stock: counts of a moment, by store and by SKU or barcode."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from config.lib import clock
from customers.models import AttentionItem
from journeys.models import Stock, Variant
from journeys.services import reservations
from tests import factories
from tests.cast import Cast
from tests.journeys.importing import bring_in, check, did, lines, media, problems, would

__all__ = ["media"]
pytestmark = pytest.mark.django_db
HEAD = "店舗コード,商品コード,在庫数,棚番"


@pytest.fixture(autouse=True)
def goods(cast: Cast) -> Variant:
    """A coat known by SKU and barcode, and a scarf."""
    factories.variant(sku="SCARF")
    coat = factories.variant(sku="COAT")
    Variant.objects.filter(pk=coat.pk).update(barcode="4900000000017")
    return coat


def counted() -> list[tuple[str, str, int, str]]:
    """Return every count: store, SKU, pieces, shelf."""
    rows = Stock.objects.order_by("store__code", "variant__sku")
    return list(rows.values_list("store__code", "variant__sku", "on_hand", "shelf"))


def test_counts_come_in_as_of_the_upload(cast: Cast) -> None:
    content = lines(HEAD, "SHIBUYA,COAT,5,A-1", "梅田店,4900000000017,2,", "SHIBUYA,scarf,1,")
    run = check(cast, content.replace("scarf", "SCARF"), what="stock")
    assert (would(run), Stock.objects.count()) == ((3, 0, 0, 0), 0)
    run = bring_in(cast, content.replace("scarf", "SCARF"), what="stock")
    assert did(run) == (3, 0, 0, 0)
    assert counted() == [("SHIBUYA", "COAT", 5, "A-1"), ("SHIBUYA", "SCARF", 1, ""), ("UMEDA", "COAT", 2, "")]
    assert set(Stock.objects.values_list("as_of", flat=True)) == {run.created_at}


def test_the_same_counts_of_the_same_moment_change_nothing(cast: Cast) -> None:
    content = lines("店舗コード,商品コード,在庫数,基準日時", "SHIBUYA,COAT,5,2026/11/20 12:00")
    bring_in(cast, content, what="stock")
    run = bring_in(cast, content, what="stock")
    assert (would(run), did(run)) == ((0, 0, 1, 0), (0, 0, 1, 0))
    assert Stock.objects.get().as_of == datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_an_older_count_changes_nothing_and_a_newer_one_does(cast: Cast) -> None:
    head = "店舗コード,商品コード,在庫数,基準日時"
    bring_in(cast, lines(head, "SHIBUYA,COAT,5,2026/11/20 12:00"), what="stock")
    older = bring_in(cast, lines(head, "SHIBUYA,COAT,9,2026/11/20 11:00"), what="stock")
    newer = bring_in(cast, lines(head, "SHIBUYA,COAT,3,2026/11/20 13:00"), what="stock")
    assert (did(older), did(newer), Stock.objects.get().on_hand) == ((0, 0, 1, 0), (0, 1, 0, 0), 3)


def test_the_zone_of_the_file_counts(cast: Cast) -> None:
    content = lines("store,sku,stock,as of", "SHIBUYA,COAT,5,2026-11-19 22:00")
    bring_in(cast, content, what="stock", zone="America/New_York")
    assert Stock.objects.get().as_of == datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_refused_rows_are_named_and_the_good_ones_go_in(cast: Cast) -> None:
    later = f"{clock.now() + timedelta(days=2):%Y-%m-%d %H:%M}"
    rows = [
        "SHIBUYA,COAT,5,", "NAGOYA,COAT,1,", "SHIBUYA,HAT,1,", "UMEDA,COAT,-1,", "UMEDA,SCARF,1.5,",
        "SHIBUYA,COAT,6,", f"UMEDA,COAT,1,{later}",
    ]  # fmt: skip
    run = bring_in(cast, lines("店舗コード,商品コード,在庫数,基準日時", *rows), what="stock")
    assert (did(run), counted()) == ((1, 0, 0, 6), [("SHIBUYA", "COAT", 5, "")])
    assert problems(run, "run") == [
        (3, "店舗コード", "NAGOYA", "store_unknown"),
        (4, "", "SHIBUYA HAT (4)", "product_unknown"),
        (5, "在庫数", "-1", "count"),
        (6, "在庫数", "1.5", "count"),
        (7, "店舗コード", "SHIBUYA / COAT / ", "repeated_count:2"),
        (8, "", "UMEDA COAT (8)", "as_of"),
    ]


def test_a_count_below_what_is_promised_leaves_an_item_for_the_store(cast: Cast, goods: Variant) -> None:
    now = clock.now()
    bring_in(cast, lines(HEAD, "SHIBUYA,COAT,5,"), what="stock")
    reservations.reserve(
        actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), store_id=cast.shibuya.pk,
        lines=[(goods.pk, 3)], until=now + timedelta(days=3), channel="store",
    )  # fmt: skip
    with clock.at(now + timedelta(hours=1)):
        bring_in(cast, lines(HEAD, "SHIBUYA,COAT,1,"), what="stock")
    assert list(AttentionItem.objects.values_list("kind", "store__code")) == [("stock_undercut", "SHIBUYA")]
