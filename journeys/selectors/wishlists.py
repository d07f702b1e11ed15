"""What a customer wishes for and looks for, as it stands now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from journeys.models import SavedInterest, Variant, WishItem
from journeys.models.interaction import Channel

MOST = 50


@dataclass(frozen=True)
class Wish:
    """One open wish. `variant_id` is None while she has chosen no colour and size; then `choices` has what there is,
    as (variant id, colour, size). Prices are in the minor unit of the variant's currency, None when unknown."""

    id: int
    uuid: str
    style_id: int
    variant_id: int | None
    name: str
    colour: str
    size: str
    image_url: str
    channel: str
    channel_label: str
    price_then: int | None
    price_now: int | None
    added_at: datetime
    is_discreet: bool
    choices: tuple[tuple[int, str, str], ...] = ()

    @property
    def price_words(self) -> str:
        """The price at the time with thousands marked (39,800); empty when unknown."""
        return "" if self.price_then is None else f"{self.price_then:,}"


@dataclass(frozen=True)
class Interest:
    """One open saved interest; `words` are its category and attributes in the language in force."""

    id: int
    words: str
    channel_label: str
    saved_at: datetime


def open_of(*, customer_id: int) -> list[Wish]:
    """Return the open wishes, newest first, at most 50. 1 query."""
    return wishes_of(open_rows(customer_id=customer_id))


def open_rows(*, customer_id: int) -> QuerySet[WishItem]:
    """Return the rows of the open wishes, each with what its style is sold as (`sold`), not read yet."""
    sold = Variant.objects.filter(style_id=OuterRef("style_id"), is_active=True).order_by("colour", "size", "id")
    rows = (
        WishItem.objects.filter(customer_id=customer_id, removed_at__isnull=True)
        .select_related("style__category", "variant")
        .annotate(sold=ArraySubquery(sold.values(row=JSONObject(id=F("pk"), colour=F("colour"), size=F("size")))))
        .order_by("-added_at", "-id")[:MOST]
    )
    return rows


def wishes_of(rows: Iterable[WishItem]) -> list[Wish]:
    """Return rows of `open_rows` as wishes."""
    return [_wish(row, vars(row)["sold"]) for row in rows]


def interests_of(*, customer_id: int) -> list[Interest]:
    """Return the open saved interests, newest first, at most 50. 1 query."""
    return interests_in(interest_rows(customer_id=customer_id))


def interest_rows(*, customer_id: int) -> QuerySet[SavedInterest]:
    """Return the rows of the open saved interests, newest first, at most 50, not read yet."""
    rows = SavedInterest.objects.filter(customer_id=customer_id, ended_at__isnull=True).select_related("category")
    return rows.order_by("-saved_at", "-id")[:MOST]


def interests_in(rows: Iterable[SavedInterest]) -> list[Interest]:
    """Return rows as interests in words."""
    return [
        Interest(
            id=row.pk,
            words=" ".join([row.category.name, *map(str, row.attributes.values())]),
            channel_label=str(Channel(row.channel).label),
            saved_at=row.saved_at,
        )
        for row in rows
    ]


def _wish(row: WishItem, sold: list[dict[str, object]]) -> Wish:
    chosen = row.variant
    choices = () if chosen else tuple((int(str(v["id"])), str(v["colour"]), str(v["size"])) for v in sold)
    return Wish(
        id=row.pk,
        uuid=str(row.uuid),
        style_id=row.style_id,
        variant_id=row.variant_id,
        name=row.style.name,
        colour=chosen.colour if chosen else "",
        size=chosen.size if chosen else "",
        image_url=row.style.image_url,
        channel=row.channel,
        channel_label=str(Channel(row.channel).label),
        price_then=row.price_then,
        price_now=chosen.price if chosen else None,
        added_at=row.added_at,
        is_discreet=row.style.category.is_discreet,
        choices=choices,
    )
