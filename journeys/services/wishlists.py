"""What they wish for and what they are looking for: marked, unmarked, saved, ended."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Min
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import FieldError, Invalid, NotFound
from config.lib.parsing import check_text
from customers import access
from customers.access import Actor
from customers.models import Customer
from customers.selectors import customers as people
from customers.services import locks
from journeys.models import Category, Channel, SavedInterest, Style, Variant, WishItem
from journeys.services import timeline

MOST_ATTRIBUTES = 10
LONGEST_ATTRIBUTE = 40


@transactions.retried
def wish(*, actor: Actor, customer_uuid: str, style_id: int, variant_id: int | None = None, channel: str) -> WishItem:
    """Mark a style, and its variant once chosen, as wished for; tell the timeline. Marked again: the first mark.

    `price_then` is the variant's list price, or the style's lowest. Locks the customer. Raises NotFound without
    `wish.write` or sight of the customer, Invalid for an unknown style, a variant of another style, a channel.
    """
    access.require(actor, "wish.write", hidden=True)
    _check_channel(channel)
    style, variant = _goods(style_id, variant_id)
    now = clock.now()
    with transaction.atomic():
        customer: Customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
        locks.hold_customers(customer_ids=[customer.pk])
        known = WishItem.objects.filter(customer=customer, style=style, variant=variant, removed_at=None).first()
        if known is not None:
            return known
        item = WishItem.objects.create(
            customer=customer,
            style=style,
            variant=variant,
            channel=channel,
            price_then=variant.price if variant else style.variants.aggregate(low=Min("price"))["low"],
            added_at=now,
        )
        _tell(actor, item, "wish.added", channel)
    return item


@transactions.retried
def unwish(*, actor: Actor, customer_uuid: str, wish_uuid: str, channel: str = Channel.STORE) -> WishItem:
    """Take a wish off the list and tell the timeline; one taken off before stays as it was. Locks the customer.

    Raises NotFound without `wish.write`, sight of the customer, or a wish of hers with this id.
    """
    access.require(actor, "wish.write", hidden=True)
    _check_channel(channel)
    with transaction.atomic():
        customer: Customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
        locks.hold_customers(customer_ids=[customer.pk])
        rows = WishItem.objects.select_related("style__category", "variant").filter(customer=customer, uuid=wish_uuid)
        item = rows.first()
        if item is None:
            raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
        if item.removed_at is None:
            item.removed_at = clock.now()
            item.save(update_fields=["removed_at"])
            _tell(actor, item, "wish.removed", channel)
    return item


@transactions.retried
def save_interest(
    *, actor: Actor, customer_uuid: str, category_id: int, attributes: Mapping[str, str], channel: str
) -> SavedInterest:
    """Write down what she is looking for in general (coats; colour navy, size M); tell the timeline.

    At most 10 attributes of 40 characters each; the same interest again returns the first. Locks the customer.
    Raises NotFound without `wish.write` or sight of the customer, Invalid for category, attributes, channel.
    """
    access.require(actor, "wish.write", hidden=True)
    _check_channel(channel)
    category = Category.objects.filter(pk=category_id).first()
    if category is None:
        raise _invalid("category", "unknown", _("Choose a category of goods."))
    wanted = _attributes(attributes)
    with transaction.atomic():
        customer: Customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
        locks.hold_customers(customer_ids=[customer.pk])
        same = SavedInterest.objects.filter(customer=customer, category=category, attributes=wanted, ended_at=None)
        known = same.first()
        if known is not None:
            return known
        interest = SavedInterest.objects.create(
            customer=customer, category=category, attributes=wanted, channel=channel, saved_at=clock.now()
        )
        _tell_interest(actor, interest, "interest.saved", channel)
    return interest


@transactions.retried
def end_interest(*, actor: Actor, customer_uuid: str, interest_id: int, channel: str = Channel.STORE) -> SavedInterest:
    """End a saved interest and tell the timeline; one ended before stays as it was. Locks the customer.

    Raises NotFound without `wish.write`, sight of the customer, or an interest of hers with this id.
    """
    access.require(actor, "wish.write", hidden=True)
    _check_channel(channel)
    with transaction.atomic():
        customer: Customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
        locks.hold_customers(customer_ids=[customer.pk])
        rows = SavedInterest.objects.select_related("category").filter(customer=customer, pk=interest_id)
        interest = rows.first()
        if interest is None:
            raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
        if interest.ended_at is None:
            interest.ended_at = clock.now()
            interest.save(update_fields=["ended_at"])
            _tell_interest(actor, interest, "interest.ended", channel)
    return interest


def _goods(style_id: int, variant_id: int | None) -> tuple[Style, Variant | None]:
    style = Style.objects.select_related("category").filter(pk=style_id).first()
    if style is None:
        raise _invalid("style", "unknown", _("There is no such article."))
    if variant_id is None:
        return style, None
    variant = Variant.objects.filter(pk=variant_id, style=style).first()
    if variant is None:
        raise _invalid("variant", "unknown", _("There is no such colour or size of this article."))
    return style, variant


def _attributes(given: Mapping[str, str]) -> dict[str, str]:
    wanted = {name.strip(): value.strip() for name, value in given.items() if value.strip()}
    is_too_long = any(len(word) > LONGEST_ATTRIBUTE for pair in wanted.items() for word in pair)
    if len(wanted) > MOST_ATTRIBUTES or is_too_long or "" in wanted:
        raise _invalid("attributes", "too_long", _("Describe it in at most 10 short words (40 characters each)."))
    for name, value in wanted.items():
        check_text(name, "/attributes")
        check_text(value, "/attributes")
    return wanted


def _check_channel(channel: str) -> None:
    if channel not in Channel.values:
        raise _invalid("channel", "choice", _("There is no such channel."))


def _tell(actor: Actor, item: WishItem, kind: str, channel: str) -> None:
    timeline.record(
        kind=kind,
        customer_id=item.customer_id,
        occurred_at=item.removed_at or item.added_at,
        channel=channel,
        source="wishes",
        source_id=f"{item.uuid}:{kind.partition('.')[2]}",
        actor=actor,
        store_id=actor.store_id if channel == Channel.STORE else None,
        subject=("wish", item.pk),
        product_ids=[item.style_id],
        data={"product": words_of(style=item.style, variant=item.variant)},
    )


def _tell_interest(actor: Actor, interest: SavedInterest, kind: str, channel: str) -> None:
    category = interest.category
    words = " ".join([category.name_ja, *map(str, interest.attributes.values())]) if not category.is_discreet else ""
    timeline.record(
        kind=kind,
        customer_id=interest.customer_id,
        occurred_at=interest.ended_at or interest.saved_at,
        channel=channel,
        source="interests",
        source_id=f"{interest.pk}:{kind.partition('.')[2]}",
        actor=actor,
        store_id=actor.store_id if channel == Channel.STORE else None,
        subject=("interest", interest.pk),
        data={"interest": words},
    )


def words_of(*, style: Style, variant: Variant | None) -> str:
    """Return how the timeline names goods for good: the Japanese name, colour and size (ウールコート 紺 M).

    Empty for a discreet category: every clerk reads the timeline. The style's category must be loaded.
    """
    if style.category.is_discreet:
        return ""
    parts = [style.name_ja, variant.colour if variant else "", variant.size if variant else ""]
    return " ".join(part for part in parts if part)


def _invalid(field: str, code: str, message: str | Promise) -> Invalid:
    return Invalid(field, message, fields=(FieldError(f"/{field}", code, message),))
