"""Reads of the catalogue: which piece is this, what is it called, what did it cost when."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, QuerySet, Value, When

from customers import access
from customers.access import Actor
from customers.services import names
from journeys.models import PriceChange, Style, Variant

LONGEST_CODE = 80
LONGEST_TERM = 60


@dataclass(frozen=True)
class PriceLine:
    """What a variant cost from a moment on. `cost` is None when it is unknown, or not the reader's to see."""

    price: int
    cost: int | None
    currency: str
    valid_from: datetime


def variant_by_code(*, code: str) -> Variant | None:
    """Return the variant with its style behind a scanned or typed code: SKU, then barcode, then the source's id.

    Any width of characters; None when there is none. A variant on sale comes before one that is not. 1 query.
    """
    clean = unicodedata.normalize("NFKC", code).strip()
    if not clean or len(clean) > LONGEST_CODE:
        return None
    found = Variant.objects.none()
    for field in ("sku", "barcode", "external_id"):
        found = found | Variant.objects.filter(**{field: clean})
    place = Case(When(sku=clean, then=Value(0)), When(barcode=clean, then=Value(1)), default=Value(2))
    return found.select_related("style").order_by(place, "-is_active", "pk").first()


def search(*, term: str, limit: int = 20) -> list[Style]:
    """Return styles on sale whose names, brand or number hold the term, by name; discreet ones left out. 1 query."""
    key = names.name_key(term[:LONGEST_TERM])
    if not key:
        return []
    rows = Style.objects.filter(search_key__contains=key, is_active=True, category__is_discreet=False)
    return list(rows.order_by("name_ja", "pk")[:limit])


def variants_of(style: Style) -> QuerySet[Variant]:
    """Return the style's variants on sale, by colour and size."""
    return Variant.objects.filter(style=style, is_active=True).order_by("colour", "size", "pk")


def prices_of(*, actor: Actor, variant: Variant) -> list[PriceLine]:
    """Return what the variant cost when, newest first; the cost price only with `catalog.cost`. 1 query."""
    may_see = access.may(actor, "catalog.cost")
    return [
        PriceLine(row.price, row.cost if may_see else None, variant.currency, row.valid_from)
        for row in PriceChange.objects.filter(variant=variant).order_by("-valid_from", "-pk")
    ]


def name_of(variant: Variant) -> str:
    """Return the variant as one says it: style, colour, size. The style must be loaded. No query."""
    return " ".join(part for part in (variant.style.name, variant.colour, variant.size) if part)


def written_name_of(variant: Variant) -> str:
    """Return the variant's name for what is kept: in the retailer's language, whoever acts. No query."""
    return " ".join(part for part in (variant.style.name_ja, variant.colour, variant.size) if part)
