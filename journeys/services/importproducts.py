"""Files of products: one colour and size a row, known by SKU; neighbours with one style code are one style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import access
from customers.services import names
from journeys.models import Category, ImportRun, Style, Variant
from journeys.services import catalog, importcells
from journeys.services.catalog import CategoryIn, StyleIn, VariantIn
from journeys.services.importcolumns import Column, Field
from journeys.services.importrows import Lookups, Problem, RowReader, Told
from journeys.services.importsubject import CREATED, REFUSED, UNCHANGED, UPDATED, Change, Read, Subject, Terms, Unit

SOURCE = "import:products"
# Where a file names no category, products still need one place in the tree.
NO_CATEGORY = CategoryIn("uncategorised", "未分類", "Not categorised")
STYLE_TEXTS = ("name_ja", "name_en", "brand", "image_url")
VARIANT_TEXTS = ("colour", "size", "barcode")

FIELDS = (
    Field(
        "style",
        _("style code"),
        ("品番", "スタイルコード", "商品グループコード", "親商品コード", "親品番", "グループコード"),
        ("style code", "style", "style number", "parent sku", "group code"),
        ("COAT-2601", "COAT-2601"),
    ),
    Field(
        "name",
        _("product name"),
        ("商品名", "品名", "商品名称", "アイテム名"),
        ("product name", "name", "title", "item name"),
        ("ウールコート", "ウールコート"),
    ),
    Field(
        "name_en",
        _("product name (English)"),
        ("商品名英語", "英語商品名", "品名英語"),
        ("product name in english", "english name"),
        ("Wool coat", "Wool coat"),
    ),
    Field("brand", _("brand"), ("ブランド", "ブランド名", "メーカー"), ("brand", "vendor", "maker"), ("", "")),
    Field(
        "category",
        _("category"),
        ("カテゴリ", "カテゴリー", "カテゴリコード", "部門コード", "部門", "部門id", "分類", "分類コード"),
        ("category", "category code", "department", "product type", "type"),
        ("outer", "outer"),
    ),
    Field(
        "category_name",
        _("category name"),
        ("カテゴリ名", "カテゴリー名", "部門名", "分類名"),
        ("category name", "department name"),
        ("アウター", "アウター"),
    ),
    Field(
        "sku",
        _("SKU"),
        ("商品コード", "sku", "skuコード", "商品番号", "単品コード", "商品id"),
        ("product code", "item code", "variant sku", "item number"),
        ("COAT-2601-NV-M", "COAT-2601-NV-L"),
    ),
    Field("colour", _("colour"), ("カラー", "色", "カラー名", "色名"), ("colour", "color"), ("ネイビー", "ネイビー")),
    Field("size", _("size"), ("サイズ", "サイズ名"), ("size",), ("M", "L")),
    Field(
        "price",
        _("list price"),
        ("定価", "販売価格", "商品単価", "価格", "上代", "売価", "税込価格"),
        ("list price", "price", "unit price", "retail price"),
        ("32000", "32000"),
    ),
    Field(
        "cost", _("cost price"), ("原価", "仕入単価", "下代", "仕入価格"), ("cost", "cost price"), ("12000", "12000")
    ),
    Field(
        "barcode",
        _("barcode"),
        ("バーコード", "jan", "janコード", "gtin", "ean"),
        ("bar code", "upc"),
        ("4900000000017", "4900000000024"),
    ),
    Field("image_url", _("image"), ("画像", "画像url", "商品画像"), ("image", "image url", "image src"), ("", "")),
    Field("is_active", _("sold"), ("販売中", "公開状態", "公開", "販売状態"), ("sold", "active", "status"), ("1", "1")),
)


@dataclass(frozen=True)
class Product:
    """A style as its rows tell it. What a file does not tell is None; what is known of it stays."""

    style: str
    told: Told
    variants: tuple[Told, ...]


class Products(Subject):
    """Styles with their colours and sizes: created or corrected by style code and SKU, in the catalogue of a source."""

    what = ImportRun.What.PRODUCTS.value
    fields = FIELDS
    needs = (("sku", "style"), ("name",), ("price",))
    repeated = "repeated_sku"

    def reader(self, columns: Sequence[Column], terms: Terms, lookups: Lookups) -> RowReader:
        def text(field: str, name: str, longest: int) -> Any:
            return {field: lambda cell: {name: importcells.fitting(cell, longest=longest)}}

        def code(field: str, longest: int) -> Any:
            return {field: lambda cell: {field: importcells.code(cell, longest=longest)}}

        def money(field: str) -> Any:
            return {field: lambda cell: {field: importcells.amount(cell, currency=terms.currency)}}

        used = {column.field for column in columns}
        parsers = {
            **code("style", 80), **code("sku", 60), **code("barcode", 40),
            **text("name", "name_ja", 120), **text("name_en", "name_en", 120), **text("brand", "brand", 80),
            **text("category", "category", 40), **text("category_name", "category_name", 80),
            **text("colour", "colour", 40), **text("size", "size", 20), **text("image_url", "image_url", 300),
            **money("price"), **money("cost"),
            "is_active": lambda cell: {"is_active": importcells.yes(cell)},
        }  # fmt: skip
        identity = "sku" if "sku" in used else "style"
        # Without a column of styles each row is a style of its own.
        group = "style" if "style" in used else ""
        once = ("sku",) if identity == "sku" else ("style", "colour", "size")
        return RowReader(columns, parsers, needed={identity, "price"}, once=once, group=group)

    def units(self, group: Sequence[Read], terms: Terms) -> list[Unit]:
        bad = [Unit((read.line,), "", None, _noted(read)) for read in group if read.told is None]
        good = [read for read in group if read.told is not None]
        if not good:
            return bad
        told = [read.told or {} for read in good]
        name = next((row["name_ja"] for row in told if "name_ja" in row), None)
        style = str(told[0].get("style") or told[0]["sku"])
        if name is None:
            problem = Problem("", style, "name_missing")
            return [*bad, *(Unit((read.line,), style, None, ((read.line, problem),)) for read in good)]
        # Exports name a style once, on the first of its rows; the first word on each field counts.
        shared: Told = {}
        for row in told:
            shared = {**row, **shared}
        product = Product(style, {**shared, "name_ja": name}, tuple({**row, "sku": _sku(row)} for row in told))
        return [*bad, Unit(tuple(read.line for read in good), style, product)]

    def plan(self, values: Sequence[Any], terms: Terms) -> list[str]:
        rows, categories = _rows(values, terms)
        refused = catalog.refusals(rows=rows, source=_source(terms), category_codes=categories)
        known = _known(rows, _source(terms))
        return [
            f"{REFUSED}{refused[number]}" if number in refused else _outcome(row, *known)
            for number, row in enumerate(rows)
        ]

    def changes(self, values: Sequence[Any], terms: Terms) -> list[list[Change]]:
        rows, _categories = _rows(values, terms)
        known = _known(rows, _source(terms))
        return [_differences(row, *known) for row in rows]

    def write(self, values: Sequence[Any], ids: Sequence[str], terms: Terms) -> list[str]:
        actor = access.system(access.SYSTEM_IMPORT)
        catalog.one_writer()  # what is known must not change between looking it up and writing it back
        rows, categories = _rows(values, terms)
        catalog.put_categories(actor=actor, rows=[row for row in categories.values() if row is not None])
        return catalog.put_styles(actor=actor, rows=rows, source=_source(terms))


def _noted(read: Read) -> tuple[tuple[int, Problem], ...]:
    return tuple((read.line, problem) for problem in read.problems)


def _source(terms: Terms) -> str:
    return terms.source or SOURCE


def _sku(row: Told) -> str:
    return str(row.get("sku") or "-".join(row[name] for name in ("style", "colour", "size") if row.get(name)))


def _rows(products: Sequence[Product], terms: Terms) -> tuple[list[StyleIn], dict[str, CategoryIn | None]]:
    """Return the products as the catalogue takes them, completed with what is known, and the categories they stand in.

    A category that is still to be made is a CategoryIn, a known one None. 3 queries.
    """
    known = list(Category.objects.all())
    by_word = {names.fold(word): row.code for row in known for word in (row.name_en, row.name_ja, row.code) if word}
    codes: dict[str, CategoryIn | None] = {row.code: None for row in known}
    source, ids = _source(terms), [product.style for product in products]
    styles = {row.external_id: row for row in _styles(source, ids)}
    skus = [row["sku"] for product in products for row in product.variants]
    variants = {row.external_id: row for row in Variant.objects.filter(source=source, external_id__in=skus)}
    rows = []
    for product in products:
        style = styles.get(product.style)
        row = _completed(product, style, variants, terms)
        category = _category(product.told, style, by_word)
        codes.setdefault(category.code, category)
        rows.append(replace(row, category_code=category.code))
    return rows, codes


def _styles(source: str, ids: Sequence[str]) -> list[Style]:
    return list(Style.objects.select_related("category").filter(source=source, external_id__in=ids))


def _completed(product: Product, style: Style | None, variants: dict[str, Variant], terms: Terms) -> StyleIn:
    old = {name: getattr(style, name) for name in STYLE_TEXTS} if style else {}
    told = {name: product.told[name] for name in STYLE_TEXTS if name in product.told}
    texts: dict[str, str] = {**old, **told}
    return StyleIn(
        external_id=product.style,
        category_code="",
        variants=tuple(_variant(row, variants.get(row["sku"]), terms) for row in product.variants),
        attributes=style.attributes if style else {},
        is_active=_is_sold(product, style),
        **texts,
    )


def _is_sold(product: Product, style: Style | None) -> bool:
    """A style whose rows are partly off sale is sold, the variants say which; untold, it stays what it is."""
    told = [row["is_active"] for row in product.variants if "is_active" in row]
    return any(told) if told else style is None or style.is_active


def _variant(row: Told, known: Variant | None, terms: Terms) -> VariantIn:
    old = {name: getattr(known, name) for name in (*VARIANT_TEXTS, "is_active")} if known else {}
    told = {name: row[name] for name in (*VARIANT_TEXTS, "is_active") if name in row}
    sku = row["sku"]
    return VariantIn(
        sku, sku, row["price"], currency=terms.currency, cost=row.get("cost"), **{"is_active": True, **old, **told}
    )


def _category(told: Told, style: Style | None, by_word: dict[str, str]) -> CategoryIn:
    """The category a product names by code or name, else the one it stands in, else the one for the rest."""
    words = [told[name] for name in ("category", "category_name") if told.get(name)]
    if not words and style is not None:
        return CategoryIn(style.category.code, style.category.name_ja)
    if not words:
        return NO_CATEGORY
    code = next((by_word[names.fold(word)] for word in words if names.fold(word) in by_word), words[0][:40])
    return CategoryIn(code, words[-1])


def _known(rows: Sequence[StyleIn], source: str) -> tuple[dict[str, Style], dict[str, Variant]]:
    styles = {row.external_id: row for row in _styles(source, [row.external_id for row in rows])}
    skus = [variant.external_id for row in rows for variant in row.variants]
    variants = {row.external_id: row for row in Variant.objects.filter(source=source, external_id__in=skus)}
    return styles, variants


def _outcome(row: StyleIn, styles: dict[str, Style], variants: dict[str, Variant]) -> str:
    if row.external_id not in styles:
        return CREATED
    return UPDATED if _differences(row, styles, variants) else UNCHANGED


def _differences(row: StyleIn, styles: dict[str, Style], variants: dict[str, Variant]) -> list[Change]:
    """Return what a style and its variants would change."""
    style = styles.get(row.external_id)
    before = {name: getattr(style, name, "") for name in STYLE_TEXTS}
    after = {name: getattr(row, name) for name in STYLE_TEXTS}
    before["category"], after["category"] = style.category.code if style else "", row.category_code
    found = [Change(_field(name), before[name], after[name]) for name in after if before[name] != after[name]]
    if style is not None and style.is_active != row.is_active:
        found.append(Change("is_active", str(style.is_active), str(row.is_active)))
    for variant in row.variants:
        found += _variant_changes(variant, variants.get(variant.external_id))
    return found


def _variant_changes(row: VariantIn, known: Variant | None) -> list[Change]:
    def money(value: int | None) -> str:
        return importcells.shown_amount(value, currency=row.currency)

    found = [] if known else [Change("sku", "", row.sku)]
    found += [
        Change(name, getattr(known, name, ""), getattr(row, name))
        for name in VARIANT_TEXTS
        if getattr(known, name, "") != getattr(row, name)
    ]
    for name in ("price", "cost"):
        before, after = getattr(known, name, None), getattr(row, name)
        is_other_money = known is not None and known.currency != row.currency
        if after is not None and (before != after or is_other_money):
            found.append(Change(name, money(before), f"{money(after)} {row.currency}"))
    if known is not None and known.is_active != row.is_active:
        found.append(Change("is_active", str(known.is_active), str(row.is_active)))
    return found


def _field(name: str) -> str:
    return "name" if name == "name_ja" else name
