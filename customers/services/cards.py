"""The member card: a rotating code on a phone, a number or a barcode on plastic. What is shown opens her page here.

The rotating code is signed and needs no row until it is used: 60 seconds, once. A static number only lets the store
look; spending points asks for the rotating code.
"""

from __future__ import annotations

import base64
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict, Invalid
from customers import access
from customers.access import Actor, Scope
from customers.hooks import customer_fact
from customers.models import CardCode, Customer, Identity, Presentation
from customers.selectors import customers as people
from customers.services import contact, identities, locks, names

CODE_SECONDS = 60
PRESENTED_MINUTES = 30
CODE = re.compile(r"^([\w-]{22})\.([\w-]{22})\.([0-9A-Za-z]{1,11}):[\w-]{43}$", re.ASCII)
# What a keyboard-wedge scanner types while a Japanese input method is on, beyond what NFKC brings back.
WEDGE = str.maketrans("ー。−‐", "-.--")


@dataclass(frozen=True)
class CardFace:
    """What a phone shows: the code to render as QR, and when it stops working."""

    code: str
    expires_at: datetime


def issue(*, customer_id: int) -> CardFace:
    """Return a fresh code for a customer: signed, worth one use in the next 60 seconds, kept nowhere. 1 query.

    Raises Customer.DoesNotExist for an unknown id.
    """
    owner = people.living(customer=Customer.objects.get(pk=customer_id))
    expires = int(clock.now().timestamp()) + CODE_SECONDS
    said = f"{_packed(owner.uuid)}.{_packed(uuid.uuid4())}.{signing.b62_encode(expires)}"
    return CardFace(_signer().sign(said), datetime.fromtimestamp(expires, UTC))


@transactions.retried
def redeem(*, actor: Actor, code: str) -> Customer:
    """Use up a scanned code and return the customer; her page opens for the actor's store for 30 minutes.

    Two scans of one code at once: one wins on the unique nonce. Raises Refused without `customer.search`, Invalid
    (`card_code`) for what we never issued, Conflict (`card_expired`, `card_used`); nothing is written then.
    """
    access.require(actor, "customer.search")
    owner_uuid, nonce, expires = _read(code)
    if clock.now().timestamp() > expires:
        raise Conflict("card_expired", _("This card code has run out. Ask the customer to refresh her card."))
    owner = Customer.objects.select_related("home_store").filter(uuid=owner_uuid).first()
    if owner is None:
        raise Invalid("card_code", _("This is not a card code of ours."))
    owner = people.living(customer=owner)
    with transaction.atomic():
        _used, is_first = CardCode.objects.get_or_create(
            nonce=nonce,
            defaults={
                "customer": owner,
                "store_id": actor.store_id,
                "staff_id": actor.user_id,
                "redeemed_at": clock.now(),
            },
        )
        if not is_first:
            raise Conflict("card_used", _("This card code was used already. Ask the customer to refresh her card."))
        _open_page(actor, owner)
    return owner


def present(*, actor: Actor, term: str) -> Customer | None:
    """Return whom a scanned or typed identifier names: rotating code, member number or barcode; None for other text.

    For a store role it counts as presented and opens her page for 30 minutes. Raises as `redeem`. 1 or 2 queries for
    text, and one to write down a presentation.
    """
    access.require(actor, "customer.search")
    if CODE.match(_typed(term)):
        return redeem(actor=actor, code=term)
    found = holder_of(number=term)
    if found is not None:
        _presented(actor, found)
    return found


def note_presented(*, actor: Actor, customer_id: int) -> Customer:
    """Write down that the customer named a full identifier here, and return her. Raises Refused. 2 queries."""
    access.require(actor, "customer.search")
    owner = people.living(customer=Customer.objects.select_related("home_store").get(pk=customer_id))
    _presented(actor, owner)
    return owner


@transactions.retried
def attach(*, actor: Actor, customer_uuid: str, kind: str, value: str, source: str) -> Identity:
    """Make a barcode or a further member number one of the customer's identities; the same again changes nothing.

    Locks the customer; tells `identity.added`. Raises Refused without `card.attach`, NotFound, Invalid
    (`member_number`, `card_kind`), Conflict (`card_taken`) when it is another customer's.
    """
    access.require(actor, "card.attach")
    if kind not in {Identity.Kind.BARCODE, Identity.Kind.MEMBER_NUMBER}:
        raise Invalid("card_kind", _("A card is known by its barcode or its member number."))
    owner = people.living(customer=people.customer_by_uuid(actor=actor, uuid=customer_uuid))
    number = contact.member_number(value)
    with transaction.atomic():
        locks.hold_customers(customer_ids=[owner.pk])
        mine = Identity.objects.filter(customer=owner, kind=kind, normalised=number).first()
        if mine is not None:
            return mine
        identities.add(wanted=[(owner.pk, kind, (number, value))], source=source)
        claims = {row.customer_id: row for row in Identity.objects.filter(kind=kind, normalised=number)}
        printed = Customer.objects.filter(member_number=number).exclude(pk=owner.pk).exists()
        if printed or set(claims) != {owner.pk}:
            raise Conflict("card_taken", _("This card belongs to another customer."))
        _tell_added(actor, claims[owner.pk])
    return claims[owner.pk]


def _tell_added(actor: Actor, row: Identity) -> None:
    for tell in customer_fact.values():
        tell(
            fact="identity.added",
            customer_ids=[row.customer_id],
            actor=actor,
            source="customers.identity",
            source_ids=[str(row.pk)],
            occurred_at=row.created_at,
            data=[{"kind": row.kind}],
        )


def holder_of(*, number: str) -> Customer | None:
    """Return whose member number or barcode this is, by now; None for no such number. Opens nothing. 1 or 2 queries."""
    try:
        number = contact.member_number(number)
    except Invalid:
        return None
    found = Customer.objects.select_related("home_store").filter(member_number=number).first()
    if found is None:
        cards = Identity.objects.filter(
            kind__in=[Identity.Kind.MEMBER_NUMBER, Identity.Kind.BARCODE],
            normalised=number,
            is_shared=False,
            valid_to__isnull=True,
        )
        row = cards.select_related("customer__home_store").first()
        found = row.customer if row else None
    return people.living(customer=found) if found else None


def _presented(actor: Actor, customer: Customer) -> None:
    with transaction.atomic():
        _open_page(actor, customer)


def _open_page(actor: Actor, customer: Customer) -> None:
    if access.scope_of(actor, "customer.search") is not Scope.STORE:
        return  # the office sees every customer anyway
    now = clock.now()
    Presentation.objects.create(
        customer=customer,
        store_id=actor.own_store_id,
        staff_id=actor.account_id,
        presented_at=now,
        until=now + timedelta(minutes=PRESENTED_MINUTES),
    )


def _read(code: str) -> tuple[uuid.UUID, uuid.UUID, int]:
    try:
        owner, nonce, expires = _signer().unsign(_typed(code)).split(".")
        return _unpacked(owner), _unpacked(nonce), signing.b62_decode(expires)
    except (signing.BadSignature, ValueError) as error:
        raise Invalid("card_code", _("This is not a card code of ours.")) from error


def _typed(code: str) -> str:
    return names.letters_of(code).translate(WEDGE)


def _signer() -> signing.Signer:
    return signing.Signer(salt="customers.card")


def _packed(value: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(value.bytes).decode().rstrip("=")


def _unpacked(text: str) -> uuid.UUID:
    return uuid.UUID(bytes=base64.urlsafe_b64decode(text + "=="))
