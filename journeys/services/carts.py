"""Carts as their channels report them, whole at each version, and closed at the counter. Called by channels and clerks.

Locks the customer, then the cart. An older version never overwrites a newer one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict, FieldError, Invalid, NotFound
from customers import access
from customers.access import Actor
from customers.models import Customer
from customers.selectors import consents
from customers.selectors import customers as people
from customers.services import locks
from journeys.models import Cart, CartLine, Channel, Variant
from journeys.selectors import catalog
from journeys.services import guestorders, orderin, timeline
from journeys.services.orderin import NOBODY, Hint

MOST_LINES = 200
MOST_OF_ONE = 999
TOLD_ITEMS = 3
State = Cart.State


@dataclass(frozen=True)
class CartLineIn:
    """One item: our id, or the code as the channel knows it. Codes we do not know are left out: it is no sale yet."""

    quantity: int
    variant_id: int | None = None
    code: str = ""


@dataclass(frozen=True)
class CartIn:
    """A cart as it stands at a version. No lines: emptied, or bought where `is_bought` says so."""

    source: str
    external_id: str
    channel: str
    version: int
    updated_at: datetime
    lines: tuple[CartLineIn, ...] = ()
    customer_id: int | None = None
    hint: Hint = NOBODY
    is_bought: bool = False


@transactions.retried
def put(*, actor: Actor, cart: CartIn) -> Cart:
    """Take over a version of a cart, its whole content replaced, and tell the timeline when its owner is known.

    The same version with the same content changes nothing. A version that is newer but was made before the cart was
    closed in a store does not open it again. Raises Refused without `cart.record`, Invalid (`cart_lines`, `channel`,
    `cart_version`, `order_source`, `order_time`), Conflict (`cart_older`, `cart_conflict`). Locks the customers, then
    the cart.
    """
    access.require(actor, "cart.record")
    _check(cart)
    with transaction.atomic():
        variants, pieces = _pieces(cart)
        row, is_new = _held(cart, _owner_of(cart))
        if not is_new and not _is_news(cart, row, pieces):
            return row
        row.version, row.updated_at, row.channel = cart.version, cart.updated_at, cart.channel
        row.state = State.BOUGHT if cart.is_bought else State.OPEN if pieces else State.EMPTIED
        row.closed_at = None if row.state == State.OPEN else cart.updated_at
        row.recovered_in = None
        row.save(update_fields=["version", "updated_at", "channel", "state", "closed_at", "recovered_in", "customer"])
        _fill(row, {} if cart.is_bought else pieces)
        if row.state == State.OPEN:
            _tell(row, "updated", cart.updated_at, variants, mark=str(cart.version))
    return row


@transactions.retried
def recover(*, actor: Actor, cart_uuid: str, store_id: int) -> Cart:
    """Close an online cart because she takes the things in the store: marked, emptied, told on the timeline.

    Closed in a store already: nothing happens. Raises NotFound without `cart.close`, for another store than the
    actor's, for a customer out of sight, and without her consent to advice in the store; Conflict `cart_closed` when
    it was bought or emptied since. Locks the customer, then the cart.
    """
    access.require(actor, "cart.close", hidden=True)
    with transaction.atomic():
        owner = Cart.objects.filter(uuid=cart_uuid, customer__isnull=False).values("customer_id")
        customer = people.visible_to(actor).filter(pk__in=owner).first()
        if customer is None or store_id != actor.own_store_id or not consents.may_advise(customer=customer):
            raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
        locks.hold_customers(customer_ids=[customer.pk])
        row = Cart.objects.filter(uuid=cart_uuid).locked().get()
        if row.customer_id != customer.pk:
            raise _edited()
        if row.state == State.RECOVERED:
            return row
        if row.state != State.OPEN:
            raise Conflict("cart_closed", _("Nothing was changed. This cart was bought online or emptied meanwhile."))
        variants = [line.variant for line in row.lines.select_related("variant__style__category").order_by("pk")]
        now = clock.now()
        row.state, row.recovered_in_id, row.closed_at = State.RECOVERED, store_id, now
        row.save(update_fields=["state", "recovered_in", "closed_at"])
        _fill(row, {})
        _tell(row, "recovered", now, variants, mark=f"recovered:{row.version}", actor=actor, store_id=store_id)
    return row


def _owner_of(cart: CartIn) -> int | None:
    """Whose cart it is, by id, else by what she told. At most 3 queries."""
    if cart.customer_id is not None and Customer.objects.filter(pk=cart.customer_id).exists():
        return guestorders.living(owners={("id", ""): cart.customer_id})["id", ""]
    return guestorders.owners_of(hints=[orderin.hint_of(cart.hint)])[0]


def _held(cart: CartIn, owner: int | None) -> tuple[Cart, bool]:
    """Return the cart with its customers and itself locked, and whether it is new. A known owner is not forgotten."""
    known = Cart.objects.filter(source=cart.source, external_id=cart.external_id)
    before = known.values_list("customer_id", flat=True).first()
    locks.hold_customers(customer_ids={pk for pk in (owner, before) if pk is not None})
    row, is_new = Cart.objects.get_or_create(
        source=cart.source,
        external_id=cart.external_id,
        defaults={
            "customer_id": owner,
            "channel": cart.channel,
            "version": cart.version,
            "updated_at": cart.updated_at,
        },
    )
    if not is_new:
        row = known.locked().get()
        if row.customer_id not in {before, owner}:
            raise _edited()
        row.customer_id = owner if owner is not None else row.customer_id
    return row, is_new


def _is_news(cart: CartIn, row: Cart, pieces: dict[int, int]) -> bool:
    """Whether this version says something new. Raises Conflict."""
    if cart.version < row.version:
        told = {"known": row.version, "told": cart.version}
        raise Conflict("cart_older", _("Version %(told)d is older than version %(known)d, which is known.") % told)
    if row.state == State.RECOVERED and row.closed_at is not None and cart.updated_at <= row.closed_at:
        return False
    if cart.version > row.version:
        return True
    held = dict(row.lines.values_list("variant_id", "quantity"))
    is_same = held == pieces and cart.is_bought == (row.state == State.BOUGHT)
    if not is_same and row.state == State.OPEN:
        raise Conflict("cart_conflict", _("This version of the cart was told before with other content."))
    return False


def _fill(row: Cart, pieces: dict[int, int]) -> None:
    CartLine.objects.filter(cart=row).delete()
    CartLine.objects.bulk_create([CartLine(cart=row, variant_id=pk, quantity=n) for pk, n in pieces.items()])


def _pieces(cart: CartIn) -> tuple[list[Variant], dict[int, int]]:
    """The variants and how many of each, in the order told; unknown ones left out. At most 1 query."""
    ids = {line.variant_id for line in cart.lines if line.variant_id is not None}
    codes = {line.code for line in cart.lines if line.variant_id is None and line.code}
    if not ids and not codes:
        return [], {}
    wanted = Q(pk__in=ids) | Q(sku__in=codes) | Q(external_id__in=codes)
    rows = list(Variant.objects.filter(wanted).select_related("style__category").order_by("is_active", "-pk"))
    by_id = {row.pk: row for row in rows}
    by_code = {row.external_id: row for row in rows} | {row.sku: row for row in rows}
    found: Counter[int] = Counter()
    for line in cart.lines:
        row = by_code.get(line.code) if line.variant_id is None else by_id.get(line.variant_id)
        if row is not None:
            found[row.pk] += line.quantity
    return [by_id[pk] for pk in found], {pk: min(n, MOST_OF_ONE) for pk, n in found.items()}


def _tell(
    row: Cart,
    word: str,
    at: datetime,
    variants: Iterable[Variant],
    *,
    mark: str,
    actor: Actor | None = None,
    store_id: int | None = None,
) -> None:
    if row.customer_id is None:
        return
    goods = list(variants)
    named = [catalog.written_name_of(v) for v in goods if not v.style.category.is_discreet]
    timeline.record(
        kind=f"cart.{word}",
        customer_id=row.customer_id,
        occurred_at=at,
        channel=Channel.STORE if store_id else row.channel,
        source="carts",
        source_id=f"{row.uuid}:{mark}",
        actor=actor,
        store_id=store_id,
        subject=("cart", row.pk),
        product_ids=sorted({v.style_id for v in goods}),
        data={"items": "、".join(named[:TOLD_ITEMS])},
    )


def _check(cart: CartIn) -> None:
    orderin.check_source(source=cart.source, external_id=cart.external_id)
    orderin.check_time(pointer="/updated_at", at=cart.updated_at, now=clock.now())
    if cart.channel not in Channel.values:
        raise _invalid("channel", "/channel", _("There is no such channel."))
    if not 0 <= cart.version < 2**63:
        raise _invalid("cart_version", "/version", _("A version is a whole number from 0."))
    is_fine = all(1 <= line.quantity <= MOST_OF_ONE and len(line.code) <= 80 for line in cart.lines)
    if len(cart.lines) > MOST_LINES or not is_fine:
        message = _("A cart has at most 200 lines, each with 1 to 999 pieces.")
        raise _invalid("cart_lines", "/lines", message)


def _edited() -> Conflict:
    return Conflict("edited_meanwhile", _("Somebody changed this at the same moment. Try again."), retry_after=1)


def _invalid(code: str, pointer: str, message: str | Promise) -> Invalid:
    return Invalid(code, message, fields=(FieldError(pointer, code, message),))
