"""What she is about to buy online and what she looked at there, shown in a store only with her consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from config.lib import clock
from customers import access
from customers.access import Actor
from customers.models import Customer
from customers.selectors import consents
from journeys.models import Cart, CartLine, Channel, Interaction, Style
from journeys.selectors import stock
from journeys.selectors.stock import Shelf

VIEWED_DAYS = 30
MOST_VIEWS = 200  # facts looked through
MOST_VIEWED = 6


@dataclass(frozen=True)
class BasketItem:
    """One item of a cart; `shelf` is where it hangs in the reader's store, None when not asked or unknown."""

    variant_id: int
    name: str
    colour: str
    size: str
    quantity: int
    is_discreet: bool
    shelf: Shelf | None = None


@dataclass(frozen=True)
class Basket:
    """Her open cart; `days` old counted in whole days since its last change."""

    id: int
    uuid: str
    version: int
    channel_label: str
    updated_at: datetime
    days: int
    items: tuple[BasketItem, ...]


@dataclass(frozen=True)
class Viewed:
    """A style she looked at, and when last."""

    style_id: int
    name: str
    seen_at: datetime


@dataclass(frozen=True)
class Online:
    """What a clerk may see of the customer's way online. Without consent: nothing, and `words` why."""

    is_allowed: bool
    words: str
    basket: Basket | None = None
    viewed: tuple[Viewed, ...] = ()


def open_of(*, customer_id: int, store_id: int | None = None) -> Basket | None:
    """Return the newest open cart with something in it, None without one; with a store, its shelves.

    For programs: no consent is asked here. 2 queries, 1 more with a store; 1 without a cart.
    """
    row = Cart.objects.filter(customer_id=customer_id, state=Cart.State.OPEN).order_by("-updated_at", "-pk").first()
    if row is None:
        return None
    lines = list(CartLine.objects.filter(cart=row).select_related("variant__style__category").order_by("pk"))
    ids = [line.variant_id for line in lines]
    shelves = stock.shelves_for(store_id=store_id, variant_ids=ids) if store_id is not None else {}
    return Basket(
        id=row.pk,
        uuid=str(row.uuid),
        version=row.version,
        channel_label=str(Channel(row.channel).label),
        updated_at=row.updated_at,
        days=max(0, (clock.now() - row.updated_at).days),
        items=tuple(
            BasketItem(
                variant_id=line.variant_id,
                name=line.variant.style.name,
                colour=line.variant.colour,
                size=line.variant.size,
                quantity=line.quantity,
                is_discreet=line.variant.style.category.is_discreet,
                shelf=shelves.get(line.variant_id),
            )
            for line in lines
        ),
    )


def viewed_by(*, customer_id: int) -> list[Viewed]:
    """Return the styles she looked at in the last 30 days, newest first, each once, discreet ones left out.

    For programs: no consent is asked here. 2 queries, 1 when there is nothing.
    """
    since = clock.now() - timedelta(days=VIEWED_DAYS)
    rows = Interaction.objects.filter(customer_id=customer_id, kind="product.viewed", occurred_at__gt=since)
    seen: dict[int, datetime] = {}
    for products, at in rows.order_by("-occurred_at", "-pk").values_list("product_ids", "occurred_at")[:MOST_VIEWS]:
        for style_id in products:
            seen.setdefault(style_id, at)
    if not seen:
        return []
    styles = Style.objects.filter(pk__in=seen, is_active=True, category__is_discreet=False)
    known = {style.pk: style for style in styles}
    return [Viewed(pk, known[pk].name, at) for pk, at in seen.items() if pk in known][:MOST_VIEWED]


def online_for(*, actor: Actor, customer: Customer) -> Online | None:
    """Return what staff of a store may see, None without `cart.read`. Discreet goods are left out; a cart that holds
    nothing else is none. Without consent nothing about her is read. At most 7 queries, 2 without consent."""
    if not access.may(actor, "cart.read"):
        return None
    verdict = consents.advice_verdict(customer=customer)
    if not verdict.is_allowed:
        return Online(False, verdict.words)
    basket = open_of(customer_id=customer.pk, store_id=actor.store_id)
    return Online(True, verdict.words, _shown(basket), tuple(viewed_by(customer_id=customer.pk)))


def _shown(basket: Basket | None) -> Basket | None:
    if basket is None:
        return None
    items = tuple(item for item in basket.items if not item.is_discreet)
    return Basket(**{**vars(basket), "items": items}) if items else None
