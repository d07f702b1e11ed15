"""Files of products: rows of one style become one style with its colours and sizes."""

from __future__ import annotations

import pytest
from django.utils import translation

from journeys.models import Category, ImportRun, PriceChange, Style, Variant
from journeys.services import imports
from tests import factories
from tests.cast import Cast
from tests.journeys.importing import bring_in, check, did, lines, media, problems, steward, would

__all__ = ["media"]
pytestmark = pytest.mark.django_db
HEAD = "品番,商品名,カテゴリ,商品コード,カラー,サイズ,定価,原価,バーコード"
NAVY_M = "C-1,ウールコート,アウター,C-1-NV-M,ネイビー,M,32000,12000,4900000000017"
NAVY_L = "C-1,,,C-1-NV-L,ネイビー,L,32000,12000,"
KNIT = 'K-1,カシミヤニット,ニット,K-1-GY-F,グレー,F,"¥18,000",,'


def catalogue() -> list[tuple[str, str, str, str, int, int | None]]:
    """Return every variant: style, category, SKU, colour and size, price, cost."""
    rows = Variant.objects.select_related("style__category").order_by("sku")
    return [
        (row.style.name_ja, row.style.category.name_ja, row.sku, f"{row.colour} {row.size}", row.price, row.cost)
        for row in rows
    ]


def test_rows_of_one_style_become_one_style_and_unknown_categories_are_made(cast: Cast) -> None:
    content = lines(HEAD, NAVY_M, NAVY_L, KNIT)
    # when it is only checked, nothing is written
    run = check(cast, content, what="products")
    assert (run.state, would(run), Style.objects.count(), Category.objects.count()) == ("checked", (3, 0, 0, 0), 0, 0)
    # when it is run
    run = bring_in(cast, content, what="products")
    assert did(run) == (3, 0, 0, 0)
    assert catalogue() == [
        ("ウールコート", "アウター", "C-1-NV-L", "ネイビー L", 32_000, 12_000),
        ("ウールコート", "アウター", "C-1-NV-M", "ネイビー M", 32_000, 12_000),
        ("カシミヤニット", "ニット", "K-1-GY-F", "グレー F", 18_000, None),
    ]
    assert set(Style.objects.values_list("source", "external_id")) == {
        ("import:products", "C-1"), ("import:products", "K-1")
    }  # fmt: skip
    assert PriceChange.objects.count() == 3


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    bring_in(cast, lines(HEAD, NAVY_M, NAVY_L, KNIT), what="products")
    before = catalogue(), PriceChange.objects.count()
    run = bring_in(cast, lines(HEAD, NAVY_M, NAVY_L, KNIT), what="products")
    assert (would(run), did(run)) == ((0, 0, 3, 0), (0, 0, 3, 0))
    assert (catalogue(), PriceChange.objects.count()) == before


def test_what_the_file_does_not_tell_stays(cast: Cast) -> None:
    bring_in(cast, lines(HEAD, NAVY_M, KNIT), what="products")
    Style.objects.filter(external_id="K-1").update(is_active=False, brand="ヨリソイ")
    run = bring_in(cast, lines("品番,商品名,商品コード,定価", "K-1,カシミヤニット,K-1-GY-F,19000"), what="products")
    assert did(run) == (0, 1, 0, 0)
    knit = Variant.objects.select_related("style__category").get(sku="K-1-GY-F")
    assert (knit.price, knit.colour, knit.style.brand, knit.style.category.name_ja, knit.style.is_active) == (
        19_000, "グレー", "ヨリソイ", "ニット", False
    )  # fmt: skip
    assert list(PriceChange.objects.filter(variant=knit).order_by("id").values_list("price", flat=True)) == [
        18_000, 19_000
    ]  # fmt: skip


def test_an_example_shows_a_price_before_and_after(cast: Cast) -> None:
    bring_in(cast, lines(HEAD, KNIT), what="products")
    run = check(cast, lines("品番,商品名,商品コード,定価", "K-1,カシミヤニット,K-1-GY-F,19800"), what="products")
    assert run.columns["examples"]["updated"] == [
        {"line": 2, "name": "K-1", "changes": [["price", "18,000", "19,800 JPY"]]}
    ]


def test_bad_rows_are_refused_and_their_styles_other_rows_go_in(cast: Cast) -> None:
    bad = [
        "C-1,,,C-1-NV-S,ネイビー,S,高い,,",
        "C-1,,,C-1-NV-M,ネイビー,M,1,,",
        "D-1,,,D-1-A,赤,M,100,,",
        "E-1,傘,小物,1.2E+10,赤,M,100,-5,",
    ]
    run = bring_in(cast, lines(HEAD, NAVY_M, *bad, KNIT), what="products")
    assert (did(run), Variant.objects.count()) == ((2, 0, 0, 4), 2)
    assert problems(run, "run") == [
        (3, "定価", "高い", "amount"),
        (4, "商品コード", "C-1-NV-M", "repeated_sku:2"),
        (5, "", "D-1", "name_missing"),
        (6, "商品コード", "1.2E+10", "scientific"),
        (6, "原価", "-5", "amount_negative"),
    ]


def test_an_sku_of_another_system_is_refused_in_check_and_run(cast: Cast) -> None:
    factories.variant(sku="K-1-GY-F")
    run = bring_in(cast, lines(HEAD, KNIT), what="products")
    assert (would(run), did(run), problems(run)) == (
        (0, 0, 0, 1), (0, 0, 0, 1), [(2, "", "K-1", "sku_taken")]
    )  # fmt: skip


def test_dollars_have_cents_and_yen_have_none(cast: Cast) -> None:
    content = lines("style,product name,sku,price", "U-1,Umbrella,U-1-1,29.90", "U-2,Bag,U-2-1,29.999")
    dollars = bring_in(cast, content, what="products", currency="USD")
    assert (did(dollars), problems(dollars, "run")) == (
        (1, 0, 0, 1), [(3, "price", "29.999", "amount_fraction:USD")]
    )  # fmt: skip
    assert Variant.objects.values_list("price", "currency").get() == (2_990, "USD")
    yen = check(cast, content, what="products")
    assert [code for _line, _column, _value, code in problems(yen)] == ["amount_fraction:JPY"] * 2


def test_a_style_that_comes_again_further_down_is_one_style(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a file sorted by size
    run = bring_in(cast, lines(HEAD, NAVY_M, KNIT, NAVY_L.replace("C-1,,", "C-1,ウールコート,")), what="products")
    assert (did(run), Style.objects.count(), Variant.objects.count()) == ((2, 1, 0, 0), 2, 3)


def test_products_without_styles_or_without_skus_can_be_read(cast: Cast) -> None:
    one = bring_in(cast, lines("商品コード,商品名,価格", "A1,傘,3000", "A2,鞄,9000"), what="products")
    other = bring_in(cast, lines("品番,商品名,カラー,価格", "B1,帽子,赤,3000", "B1,帽子,青,3000"), what="products")
    assert (did(one), did(other)) == ((2, 0, 0, 0), (2, 0, 0, 0))
    assert sorted(Variant.objects.values_list("style__external_id", "sku")) == [
        ("A1", "A1"), ("A2", "A2"), ("B1", "B1-赤"), ("B1", "B1-青")
    ]  # fmt: skip
    assert set(Style.objects.values_list("category__name_ja", flat=True)) == {"未分類"}


def test_a_run_that_dies_in_a_style_goes_on_after_the_last_whole_one(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given batches of two rows and styles of three
    monkeypatch.setattr("journeys.services.importbatches.BATCH", 2)
    rows = [f"S{style},品{style},服,S{style}-{size},,{size},1000,," for style in range(4) for size in ("S", "M", "L")]
    run = check(cast, lines(HEAD, *rows), what="products")
    imports.start(actor=steward(cast), run_id=run.pk)
    seen = []
    for _task in range(5):
        imports.work(run_id=run.pk, seconds=0)
        run = ImportRun.objects.get(pk=run.pk)
        seen.append((run.created, run.next_line, Variant.objects.count()))
    # then a batch never ends within a style
    assert seen == [(3, 5, 3), (6, 8, 6), (9, 11, 9), (12, 14, 12), (12, 14, 12)]
    assert run.state == "done"


def test_a_profile_knows_the_headings_of_its_system(cast: Cast) -> None:
    head = "Handle,Title,Vendor,Type,Option1 Value,Option2 Value,Variant SKU,Variant Price,Status"
    rows = ["coat,Wool coat,Yorisoi,Outer,Navy,M,C1,320.00,active", "coat,,,,Navy,L,C2,320.00,active"]
    run = bring_in(cast, lines(head, *rows), what="products", profile="shopify", currency="USD")
    assert (did(run), Style.objects.get().source, Style.objects.get().brand) == (
        (2, 0, 0, 0), "import:shopify", "Yorisoi"
    )  # fmt: skip
    assert {column["origin"] for column in run.columns["columns"]} == {"profile"}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("what", ["stores", "products", "stock", "orders"])
def test_every_sample_file_can_be_imported_as_it_is(cast: Cast, what: str, language: str) -> None:
    from journeys.selectors import imports as reads  # after the cast: it looks for a store and products

    factories.variant(sku="COAT")
    factories.variant(sku="SCARF")
    with translation.override(language):
        rows = reads.sample_file(what)
    run = check(cast, lines(*[",".join(row) for row in rows]), what=what)
    assert (problems(run), run.state, run.would_create) == ([], "checked", 2)
    assert all(column["field"] for column in run.columns["columns"])
