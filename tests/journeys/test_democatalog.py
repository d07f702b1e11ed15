"""The demo shop's goods are a range one can sell from, the same each time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from config.lib import clock
from customers import access
from customers.models import Store
from journeys.models import Category, Reservation, Stock, Style, StylePair, Variant
from journeys.selectors import catalog as found
from journeys.services import democatalog
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def seed() -> list[tuple[str, int, int, str]]:
    """Seed the goods at noon; return all stock."""
    with clock.at(NOON):
        democatalog.seed(actor=access.system(access.SYSTEM_DEMO), stores=list(Store.objects.order_by("pk")), now=NOON)
    rows = Stock.objects.order_by("variant__sku", "store__code")
    return list(rows.values_list("variant__sku", "on_hand", "incoming", "shelf"))


def test_forty_five_styles_with_their_barcodes_pairs_and_stock(cast: Cast) -> None:
    rows = seed()
    variants = Variant.objects.all()
    assert (Style.objects.count(), Category.objects.filter(is_discreet=True).count()) == (45, 1)
    assert variants.count() == len(set(variants.values_list("barcode", flat=True))) > 200
    assert {len(code) for code in variants.values_list("barcode", flat=True)} == {13}
    assert all(code.startswith("2") for code in variants.values_list("barcode", flat=True))
    assert StylePair.objects.count() > 50
    assert len(rows) == 2 * variants.count()
    assert Stock.objects.filter(as_of__lt=NOON - timedelta(minutes=30)).count() > 50
    assert Stock.objects.filter(shelf="").count() == 0
    first = variants.order_by("pk")[0]
    assert found.variant_by_code(code=first.barcode) == first


def test_it_is_the_same_each_time(cast: Cast) -> None:
    rows = seed()
    for model in (Stock, StylePair):
        model.objects.all().delete()
    variants = list(Variant.objects.order_by("pk").values_list("sku", "barcode", "price", "cost"))
    for variant in Variant.objects.all():
        variant.prices.all().delete()
    Variant.objects.all().delete()
    Style.objects.all().delete()
    for code in ("women", "shoes", "bag", "goods", "beauty", "sports", "home"):
        Category.objects.filter(parent__code=code).delete()
        Category.objects.filter(code=code).delete()
    assert seed() == rows
    assert list(Variant.objects.order_by("pk").values_list("sku", "barcode", "price", "cost")) == variants


@pytest.mark.parametrize(("number", "code"), [(1000, "2000000010007"), (12_003, "2000000120034")])
def test_barcodes_carry_their_check_digit(number: int, code: str) -> None:
    assert democatalog.barcode_of(number) == code


def test_clerks_have_put_things_aside(cast: Cast) -> None:
    more = [factories.customer(home_store=cast.shibuya).pk for _number in range(4)]
    seed()
    with clock.at(NOON):
        told = democatalog.reserve_some(customer_ids=[cast.hanako.pk, cast.far.pk, *more], now=NOON)
    states = sorted(Reservation.objects.filter(store=cast.shibuya).values_list("state", flat=True))
    assert states == ["collected", "ready", "ready", "to_prepare", "to_prepare"]
    assert Reservation.objects.filter(store=cast.umeda).count() == 1
    assert told == 5 + 4 + 1
