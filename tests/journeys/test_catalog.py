"""The catalogue: put by source and id, found by code and name, with the history of its prices."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from config.lib import clock
from config.lib.errors import Refused
from customers import access
from journeys.models import Category, PriceChange, Style, StylePair, Variant
from journeys.selectors import catalog as found
from journeys.services import catalog
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db

DEMO = access.system(access.SYSTEM_DEMO)
NAVY = catalog.VariantIn("C-NV-M", "COAT-NV-M", 39_800, colour="紺", size="M", barcode="2000000000015", cost=15_000)
GREY = catalog.VariantIn("C-GY-M", "COAT-GY-M", 39_800, colour="グレー", size="M")
COAT = catalog.StyleIn("C", "ウールコート", "outer", (NAVY, GREY), name_en="Wool coat", brand="ヨリソイ")


@pytest.fixture(autouse=True)
def outer() -> None:
    """One category."""
    catalog.put_categories(actor=DEMO, rows=[catalog.CategoryIn("outer", "アウター", "Outerwear")])


def put(*rows: catalog.StyleIn, source: str = "pim") -> list[str]:
    """Put styles as the import does."""
    return catalog.put_styles(actor=DEMO, rows=rows, source=source)


def test_a_style_is_created_then_unchanged_then_updated() -> None:
    assert put(COAT) == ["created"]
    assert put(COAT) == ["unchanged"]
    assert put(replace(COAT, name_ja="ウールコート ロング")) == ["updated"]
    assert put(replace(COAT, name_ja="ウールコート ロング", variants=(replace(NAVY, colour="濃紺"),))) == ["updated"]
    style = Style.objects.get()
    assert (style.name_ja, style.category.code, style.variants.count()) == ("ウールコート ロング", "outer", 2)
    assert set(style.variants.values_list("colour", flat=True)) == {"濃紺", "グレー"}


def test_each_change_of_price_or_cost_adds_to_the_history_and_an_untold_cost_stays() -> None:
    start = clock.now()
    with clock.at(start):
        put(COAT)
    with clock.at(start + timedelta(days=1)):
        put(replace(COAT, variants=(replace(NAVY, price=34_800),)))
    with clock.at(start + timedelta(days=2)):
        put(replace(COAT, variants=(replace(NAVY, price=34_800, cost=None, size="L"),)))
    with clock.at(start + timedelta(days=3)):
        put(replace(COAT, variants=(replace(NAVY, price=34_800, cost=14_000),)))
    navy = Variant.objects.get(sku="COAT-NV-M")
    assert list(PriceChange.objects.filter(variant=navy).values_list("price", "cost", "valid_from")) == [
        (34_800, 14_000, start + timedelta(days=3)),
        (34_800, 15_000, start + timedelta(days=1)),
        (39_800, 15_000, start),
    ]
    assert PriceChange.objects.exclude(variant=navy).count() == 1


@pytest.mark.parametrize(("role", "cost"), [("store_manager", 15_000), ("clerk", None), ("marketer", None)])
def test_the_cost_price_is_hidden_from_who_may_not_see_it(cast: Cast, role: str, cost: int | None) -> None:
    put(COAT)
    navy = Variant.objects.get(sku="COAT-NV-M")
    lines = found.prices_of(actor=cast.actor(role), variant=navy)
    assert [(line.price, line.cost, line.currency) for line in lines] == [(39_800, cost, "JPY")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (replace(COAT, name_ja=""), "text"),
        (replace(COAT, name_ja="長" * 121), "text"),
        (replace(COAT, brand="a\x00b"), "text"),
        (replace(COAT, variants=(replace(NAVY, sku=""),)), "text"),
        (replace(COAT, variants=(replace(NAVY, price=-1),)), "price"),
        (replace(COAT, variants=(replace(NAVY, cost=-1),)), "price"),
        (replace(COAT, category_code="nowhere"), "category_unknown"),
        (replace(COAT, variants=(NAVY, replace(GREY, sku=NAVY.sku))), "twice"),
    ],
)
def test_a_bad_style_is_refused_whole_and_the_others_stand(row: catalog.StyleIn, code: str) -> None:
    other = catalog.StyleIn("OTHER", "リブニット", "outer", (catalog.VariantIn("K", "KNIT", 9_800),))
    assert put(row, other) == [f"refused:{code}", "created"]
    assert list(Variant.objects.values_list("sku", flat=True)) == ["KNIT"]


def test_an_sku_of_another_source_is_not_taken_over() -> None:
    put(COAT)
    assert put(replace(COAT, name_ja="よその服"), source="other") == ["refused:sku_taken"]
    assert Style.objects.get().name_ja == "ウールコート"


def test_a_hundred_styles_cost_as_many_queries_as_one(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    rows = [
        catalog.StyleIn(
            f"S{n}", f"ニット{n}", "outer", tuple(catalog.VariantIn(f"S{n}-{m}", f"S{n}-{m}", 100) for m in range(5))
        )
        for n in range(100)
    ]
    # savepoint and release, the one writer's lock, categories, SKUs taken, styles, variants, three inserts
    with django_assert_num_queries(10):
        assert put(*rows) == ["created"] * 100
    assert (Style.objects.count(), Variant.objects.count(), PriceChange.objects.count()) == (100, 500, 500)


def test_categories_form_a_tree_and_know_their_parents() -> None:
    rows = [
        catalog.CategoryIn("coat", "コート", "Coats", parent_code="outer"),
        catalog.CategoryIn("lost", "迷子", parent_code="nowhere"),
        catalog.CategoryIn("inner", "肌着", "Underwear", is_discreet=True),
    ]
    assert catalog.put_categories(actor=DEMO, rows=rows) == ["created", "refused:parent_unknown", "created"]
    assert catalog.put_categories(actor=DEMO, rows=rows[:1]) == ["unchanged"]
    assert catalog.put_categories(actor=DEMO, rows=[replace(rows[0], name_en="Coat")]) == ["updated"]
    assert list(Category.objects.values_list("code", "parent__code", "is_discreet")) == [
        ("coat", "outer", False),
        ("inner", None, True),
        ("outer", None, False),
    ]


def test_pairs_say_what_goes_with_what() -> None:
    put(COAT, catalog.StyleIn("BOOTS", "サイドゴアブーツ", "outer"))
    rows = [
        catalog.PairIn("C", "BOOTS", 2),
        catalog.PairIn("C", "C"),
        catalog.PairIn("C", "NOWHERE"),
    ]
    assert catalog.put_pairs(actor=DEMO, rows=rows, source="pim") == [
        "created",
        "refused:same_style",
        "refused:style_unknown",
    ]
    assert catalog.put_pairs(actor=DEMO, rows=rows[:1], source="pim") == ["unchanged"]
    assert catalog.put_pairs(actor=DEMO, rows=[replace(rows[0], rank=1)], source="pim") == ["updated"]
    assert list(StylePair.objects.values_list("style__external_id", "goes_with__external_id", "rank")) == [
        ("C", "BOOTS", 1)
    ]


@pytest.mark.parametrize("role", ["clerk", "store_manager", "marketer", "data_steward"])
def test_staff_do_not_write_the_catalogue(cast: Cast, role: str) -> None:
    with pytest.raises(Refused):
        catalog.put_styles(actor=cast.actor(role), rows=[COAT], source="pim")
    assert Style.objects.count() == 0


@pytest.mark.parametrize("code", ["COAT-NV-M", "2000000000015", "２００００００００００１５", " C-NV-M "])
def test_a_piece_is_found_by_sku_barcode_and_id(code: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    put(COAT)
    with override("ja"), django_assert_num_queries(1):
        variant = found.variant_by_code(code=code)
        assert variant is not None
        assert found.name_of(variant) == "ウールコート 紺 M"


@pytest.mark.parametrize("code", ["", "   ", "9999", "x" * 81])
def test_an_unknown_code_is_nobody(code: str) -> None:
    put(COAT)
    assert found.variant_by_code(code=code) is None


@pytest.mark.parametrize("term", ["ウール", "ｳｰﾙｺｰﾄ", "うーるこーと", "wool", "WOOL COAT", "よりそい"])
def test_styles_are_found_by_any_writing_of_their_name(term: str) -> None:
    put(COAT, catalog.StyleIn("BOOTS", "サイドゴアブーツ", "outer"))
    assert [style.external_id for style in found.search(term=term)] == ["C"]


def test_what_is_discreet_or_no_longer_sold_is_not_suggested() -> None:
    catalog.put_categories(actor=DEMO, rows=[catalog.CategoryIn("inner", "肌着", is_discreet=True)])
    put(replace(COAT, is_active=False), catalog.StyleIn("I", "ウールインナー", "inner"))
    assert found.search(term="ウール") == []
    assert found.search(term="") == []


def test_names_follow_the_language() -> None:
    variant = factories.variant()
    with override("en"):
        assert found.name_of(variant) == "Wool coat 紺 M"
        assert found.written_name_of(variant) == "ウールコート 紺 M"
    with override("ja"):
        assert found.name_of(variant) == "ウールコート 紺 M"
