"""The catalogue as its source tells it: categories, styles with colours and sizes, prices, what goes together.

Called by imports, the API and the demo. Things known by (source, external id) are updated, others created.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from config.lib import clock, transactions
from config.lib.parsing import UNWRITABLE
from customers import access
from customers.access import Actor
from customers.services import names
from journeys.models import Category, PriceChange, Style, StylePair, Variant

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
HIGHEST_PRICE = 10**12
# Two imports that both find a style missing would both create it; the catalogue is written by one at a time.
ONE_WRITER = "SELECT pg_advisory_xact_lock(hashtext('journeys.catalog'))"


@dataclass(frozen=True)
class CategoryIn:
    """A place in the tree. A parent stands before its children, or is known already."""

    code: str
    name_ja: str
    name_en: str = ""
    parent_code: str = ""
    is_discreet: bool = False


@dataclass(frozen=True)
class VariantIn:
    """One colour and size. Prices in the minor unit of the currency; `cost` None: the source does not tell it."""

    external_id: str
    sku: str
    price: int
    colour: str = ""
    size: str = ""
    barcode: str = ""
    currency: str = "JPY"
    cost: int | None = None
    is_active: bool = True


@dataclass(frozen=True)
class StyleIn:
    """One style with the variants the source tells; variants it does not tell stay as they are."""

    external_id: str
    name_ja: str
    category_code: str
    variants: tuple[VariantIn, ...] = ()
    name_en: str = ""
    brand: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    image_url: str = ""
    is_active: bool = True


@dataclass(frozen=True)
class PairIn:
    """A style goes with another one of the same source, best first by rank. The other direction is another row."""

    style_id: str
    goes_with_id: str
    rank: int = 1


@transactions.retried
def put_categories(*, actor: Actor, rows: Sequence[CategoryIn]) -> list[str]:
    """Create or update categories by code; return per row created, updated, unchanged or refused:<code>.

    Refusals: text (empty, too long), parent_unknown. Raises Refused without `catalog.write`. One writer at a time.
    """
    access.require(actor, "catalog.write")
    with transaction.atomic():
        one_writer()
        known = {row.code: row for row in Category.objects.all()}
        return [_put_category(row, known) for row in rows]


def _put_category(row: CategoryIn, known: dict[str, Category]) -> str:
    parent = known.get(row.parent_code)
    if row.parent_code and (parent is None or row.parent_code == row.code):
        return "refused:parent_unknown"
    wanted = {"name_ja": row.name_ja, "name_en": row.name_en, "is_discreet": row.is_discreet, "parent": parent}
    if not _fits(Category, {"code": row.code, **wanted}) or not (row.code and row.name_ja):
        return "refused:text"
    found = known.get(row.code)
    if found is None:
        known[row.code] = Category.objects.create(code=row.code, **wanted)
        return CREATED
    changed = _apply(found, wanted)
    if changed:
        found.save(update_fields=changed)
    return UPDATED if changed else UNCHANGED


@transactions.retried
def put_styles(*, actor: Actor, rows: Sequence[StyleIn], source: str) -> list[str]:
    """Create or update styles and their variants; return per row created, updated, unchanged or refused:<code>.

    Each change of a price or cost adds a PriceChange; a cost the source does not tell stays. A style is refused whole:
    text (empty, too long, not writable), price, category_unknown, twice (its id or an SKU of it stands twice in
    `rows`), sku_taken (another source's or style's). Raises Refused without `catalog.write`. One writer at a time; a
    fixed number of queries.
    """
    access.require(actor, "catalog.write")
    with transaction.atomic():
        one_writer()
        categories = {row.code: row for row in Category.objects.all()}
        refused = refusals(rows=rows, source=source, category_codes=categories)
        good = [row for number, row in enumerate(rows) if number not in refused]
        now = clock.now()
        styles, told = _keep_styles(good, source, categories, now)
        _keep_variants(good, source, styles, told, now)
    outcomes = {row.external_id: told[row.external_id] for row in good}
    return [
        f"refused:{refused[number]}" if number in refused else outcomes[row.external_id]
        for number, row in enumerate(rows)
    ]


@transactions.retried
def put_pairs(*, actor: Actor, rows: Sequence[PairIn], source: str) -> list[str]:
    """Create or update what goes with what; return per row created, updated, unchanged or refused:<code>.

    Refusals: style_unknown, same_style. Raises Refused without `catalog.write`. One writer at a time; 5 queries.
    """
    access.require(actor, "catalog.write")
    with transaction.atomic():
        one_writer()
        wanted = {code for row in rows for code in (row.style_id, row.goes_with_id)}
        ids = dict(Style.objects.filter(source=source, external_id__in=wanted).values_list("external_id", "pk"))
        known = {(pair.style_id, pair.goes_with_id): pair for pair in StylePair.objects.filter(style__in=ids.values())}
        fresh: list[StylePair] = []
        changed: list[StylePair] = []
        outcomes = [_put_pair(row, ids, known, fresh, changed) for row in rows]
        StylePair.objects.bulk_create(fresh)
        StylePair.objects.bulk_update(changed, ["rank"])
    return outcomes


def _put_pair(
    row: PairIn,
    ids: dict[str, int],
    known: dict[tuple[int, int], StylePair],
    fresh: list[StylePair],
    changed: list[StylePair],
) -> str:
    one, other = ids.get(row.style_id), ids.get(row.goes_with_id)
    if one is None or other is None:
        return "refused:style_unknown"
    if one == other:
        return "refused:same_style"
    pair = known.get((one, other))
    if pair is None:
        known[one, other] = StylePair(style_id=one, goes_with_id=other, rank=row.rank)
        fresh.append(known[one, other])
        return CREATED
    if pair.rank == row.rank:
        return UNCHANGED
    pair.rank = row.rank
    if pair.pk:
        changed.append(pair)
    return UPDATED


def one_writer() -> None:
    """Wait until nobody else writes the catalogue. Joins the caller's transaction and holds until it ends; 1 query."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_WRITER)


def _fits(model: type[models.Model], values: dict[str, Any]) -> bool:
    """Return whether every text can be stored in its column."""
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    longest = {name: getattr(model._meta.get_field(name), "max_length", 0) or 0 for name in texts}
    return all(len(value) <= longest[name] and not UNWRITABLE.search(value) for name, value in texts.items())


def _apply(row: models.Model, wanted: dict[str, Any]) -> list[str]:
    """Set the wanted values on the row; return the names of those that were different."""
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    return changed


def refusals(*, rows: Sequence[StyleIn], source: str, category_codes: Collection[str]) -> dict[int, str]:
    """Return why `put_styles` would not take a row, by its place among `rows`. 1 query."""
    ids = Counter(row.external_id for row in rows)
    told = Counter(variant.sku for row in rows for variant in row.variants)
    told_ids = Counter(variant.external_id for row in rows for variant in row.variants)
    taken = {
        sku: (owner, external_id)
        for sku, owner, external_id in Variant.objects.filter(sku__in=list(told)).values_list(
            "sku", "source", "external_id"
        )
    }
    refused = {}
    for number, row in enumerate(rows):
        problem = _text_or_price(row, source, category_codes)
        if ids[row.external_id] > 1 or any(told[v.sku] > 1 or told_ids[v.external_id] > 1 for v in row.variants):
            problem = problem or "twice"
        if any(taken.get(v.sku, (source, v.external_id)) != (source, v.external_id) for v in row.variants):
            problem = problem or "sku_taken"
        if problem:
            refused[number] = problem
    return refused


def _text_or_price(row: StyleIn, source: str, category_codes: Collection[str]) -> str:
    fits = _fits(Style, {"source": source, "external_id": row.external_id, **_style_values(row)}) and all(
        _fits(Variant, {"external_id": v.external_id, **_variant_values(v)}) for v in row.variants
    )
    named = row.external_id and row.name_ja and all(v.external_id and v.sku for v in row.variants)
    if not (fits and named):
        return "text"
    if any(not 0 <= amount <= HIGHEST_PRICE for v in row.variants for amount in (v.price, v.cost or 0)):
        return "price"
    return "" if row.category_code in category_codes else "category_unknown"


def _style_values(row: StyleIn) -> dict[str, Any]:
    return {
        "name_ja": row.name_ja,
        "name_en": row.name_en,
        "brand": row.brand,
        "image_url": row.image_url,
        "is_active": row.is_active,
    }


def _variant_values(row: VariantIn) -> dict[str, Any]:
    values: dict[str, Any] = {
        "sku": row.sku,
        "barcode": row.barcode,
        "colour": row.colour,
        "size": row.size,
        "currency": row.currency,
        "price": row.price,
        "is_active": row.is_active,
    }
    return values if row.cost is None else {**values, "cost": row.cost}


def search_key_of(*, name_ja: str, name_en: str, brand: str, external_id: str) -> str:
    """Return what a style is found by: both names, brand and number, folded as names are (widths, kana, case)."""
    return " ".join(names.name_key(part) for part in (name_ja, name_en, brand, external_id) if part)[:260]


def _keep_styles(
    rows: Sequence[StyleIn], source: str, categories: dict[str, Category], now: datetime
) -> tuple[dict[str, Style], dict[str, str]]:
    """Create and update the styles; return them and their outcomes by external id."""
    known = {
        row.external_id: row
        for row in Style.objects.filter(source=source, external_id__in=[r.external_id for r in rows]).locked()
    }
    told, fresh, changed = {}, [], []
    for row in rows:
        key = search_key_of(name_ja=row.name_ja, name_en=row.name_en, brand=row.brand, external_id=row.external_id)
        wanted = {
            **_style_values(row),
            "category_id": categories[row.category_code].pk,
            "attributes": row.attributes,
            "search_key": key,
        }
        style = known.get(row.external_id)
        if style is None:
            known[row.external_id] = Style(source=source, external_id=row.external_id, updated_at=now, **wanted)
            fresh.append(known[row.external_id])
            told[row.external_id] = CREATED
            continue
        told[row.external_id] = UPDATED if _apply(style, wanted) else UNCHANGED
        if told[row.external_id] == UPDATED:
            style.updated_at = now
            changed.append(style)
    Style.objects.bulk_create(fresh)
    fields = [*_style_values(rows[0]), "category", "attributes", "search_key", "updated_at"] if changed else []
    Style.objects.bulk_update(changed, fields or ["updated_at"])
    return known, told


def _keep_variants(
    rows: Sequence[StyleIn], source: str, styles: dict[str, Style], told: dict[str, str], now: datetime
) -> None:
    """Create and update the variants, with the history of their prices; raise `told` to updated where one changed."""
    ids = [variant.external_id for row in rows for variant in row.variants]
    known = {found.external_id: found for found in Variant.objects.filter(source=source, external_id__in=ids).locked()}
    fresh, changed, repriced = [], [], []
    pairs = [(row, given) for row in rows for given in row.variants]
    for row, given in pairs:
        wanted = {**_variant_values(given), "style_id": styles[row.external_id].pk}
        variant = known.get(given.external_id)
        if variant is None:
            variant = Variant(source=source, external_id=given.external_id, updated_at=now, **wanted)
            fresh.append(variant)
            repriced.append(variant)
        else:
            differences = _apply(variant, wanted)
            if not differences:
                continue
            variant.updated_at = now
            changed.append(variant)
            repriced += [variant] if {"price", "cost"} & set(differences) else []
        if told[row.external_id] == UNCHANGED:
            told[row.external_id] = UPDATED
    Variant.objects.bulk_create(fresh)
    fields = ("sku", "barcode", "colour", "size", "currency", "price", "cost", "is_active", "style", "updated_at")
    Variant.objects.bulk_update(changed, fields)
    PriceChange.objects.bulk_create(
        [PriceChange(variant=v, price=v.price, cost=v.cost, valid_from=now, source=source) for v in repriced],
        update_conflicts=True,
        unique_fields=["variant", "valid_from"],
        update_fields=["price", "cost", "source"],
    )
