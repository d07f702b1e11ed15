"""Reads of customers: whom the actor may see, how much of each, and how she finds them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from config.lib import clock
from config.lib.errors import Invalid, NotFound
from config.lib.rows import LockingQuerySet
from customers import access
from customers.access import Actor, Scope, Sight
from customers.models import Address, Customer, Presentation, StoreTie
from customers.selectors import opening
from customers.services import names

REVEALABLE = frozenset({"phone", "email", "birthday", "address"})
LONGEST_TERM = 60
TIED_FOR = timedelta(days=731)  # 24 months
ABSORBED_IDS = ArraySubquery(Customer.objects.filter(merged_into_id=OuterRef("pk")).order_by("pk").values("pk"))
TERM_WORDS = _("Enter a name, a reading or a member number (up to 60 characters).")


@dataclass(frozen=True)
class Profile:
    """A customer as one actor may see her: masked and hidden fields are already so."""

    uuid: str
    name: str
    reading: str
    member_number: str
    phone: str
    email: str
    birthday: str
    language: str
    approach: str
    approach_code: str
    home_store: str
    member_since: str


def visible_to(actor: Actor) -> LockingQuerySet[Customer]:
    """Return the customers the actor may see at all; none for roles without `customer.read`.

    A store role sees customers whose home is her store, those who were served there (an order, a visit, a try-on, a
    reservation) within 24 months, and those who presented a card or number there within the last 30 minutes.
    """
    scope = access.scope_of(actor, "customer.read")
    if scope is None:
        return Customer.objects.none()
    if scope is Scope.ALL:
        return Customer.objects.all()
    now, here = clock.now(), {"customer_id": OuterRef("pk"), "store_id": actor.own_store_id}
    # Scalar and limited: PostgreSQL then looks up each candidate instead of hashing all customers of the store first.
    served = Subquery(StoreTie.objects.filter(**here).order_by("-last_at").values("last_at")[:1])
    presented = Subquery(Presentation.objects.filter(**here).order_by("-until").values("until")[:1])
    return Customer.objects.filter(
        Q(home_store_id=actor.store_id) | Q(GreaterThan(served, now - TIED_FOR)) | Q(GreaterThan(presented, now))
    )


def customer_by_uuid(*, actor: Actor, uuid: str) -> Customer:
    """Return the customer with her home store; by the uuid of a record merged into hers, the one that stayed.

    Raises NotFound when she is not there or not visible. 1 query, 3 for a merged record.
    """
    rows = visible_to(actor).select_related("home_store").annotate(absorbed_ids=ABSORBED_IDS)
    found = rows.filter(uuid=uuid).first()
    if found is not None and found.merged_into_id is not None:
        found = rows.filter(pk=living(customer=found).pk).first()
    if found is None:
        raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
    return found


def living(*, customer: Customer) -> Customer:
    """Return the customer, or whoever she was merged into, however often. No query for one never merged."""
    while customer.merged_into_id is not None:
        customer = Customer.objects.select_related("home_store").get(pk=customer.merged_into_id)
    return customer


def cluster_of(*, customer: Customer) -> list[int]:
    """Return the ids of the customer and of the records merged into hers: whose logs are read together.

    No query for a customer from `customer_by_uuid`, 1 for others.
    """
    absorbed = vars(customer).get("absorbed_ids")
    if absorbed is None:
        absorbed = Customer.objects.filter(merged_into_id=customer.pk).order_by("pk").values_list("pk", flat=True)
    return [customer.pk, *absorbed]


def mask_tail(value: str, *, shown: int = 4) -> str:
    """Return a value with only its last characters readable."""
    return f"•••{value[-shown:]}" if value else ""


def mask_email(value: str) -> str:
    """Return an address with one letter and its domain readable."""
    local, _at, domain = value.partition("@")
    return f"{local[:1]}•••@{domain}" if value else ""


def profile_of(*, customer: Customer, actor: Actor, revealed: Collection[str] | None = None) -> Profile:
    """Return the profile with the actor's sight of each field applied; what she revealed stays readable for its minute.

    1 query (identities), 2 for roles that may reveal, unless the caller has asked for `revealed` already.
    """
    identities = {row.kind: row.raw for row in opening.of(customer=customer, actor=actor).identities}
    birthday = customer.birthday
    if revealed is None:
        revealed = revealed_to(actor=actor, customer=customer)

    def seen(field: str, value: str, masked: str) -> str:
        sight = Sight.VISIBLE if field in revealed else access.sight(actor, field)
        return {Sight.VISIBLE: value, Sight.MASKED: masked, Sight.HIDDEN: ""}[sight]

    return Profile(
        uuid=str(customer.uuid),
        name=seen("name", customer.full_name, mask_name(customer)),
        reading=seen("reading", customer.full_kana, ""),
        member_number=seen("member_number", customer.member_number or "", mask_tail(customer.member_number or "")),
        phone=seen("phone", identities.get("phone", ""), mask_tail(identities.get("phone", ""))),
        email=seen("email", identities.get("email", ""), mask_email(identities.get("email", ""))),
        birthday=seen("birthday", f"{birthday:%Y/%m/%d}" if birthday else "", f"{birthday:%m}" if birthday else ""),
        language=customer.get_language_display(),
        approach=customer.get_approach_display(),
        approach_code=customer.approach,
        home_store=customer.home_store.name if customer.home_store else "",
        member_since=f"{customer.member_since:%Y/%m/%d}" if customer.member_since else "",
    )


def revealed_to(*, actor: Actor, customer: Customer) -> set[str]:
    """Return the masked fields the actor has asked to see in the last minute. 1 query; none for roles that may not."""
    return set(reveals_of(actor=actor, customer=customer))


def reveals_of(*, actor: Actor, customer: Customer) -> dict[str, datetime]:
    """Return the masked fields the actor sees in full, each with until when. 1 query; none for roles that may not."""
    if actor.user_id is None or not access.may(actor, "customer.reveal"):
        return {}
    rows = opening.of(customer=customer, actor=actor).reveals
    return {row.field: row.until for row in rows if access.sight(actor, row.field) is Sight.MASKED}


def in_full(*, customer: Customer, field: str) -> str:
    """Return a revealable field in full, empty when unknown. For services that log it; 1 query, none for a birthday."""
    if field == "birthday":
        return f"{customer.birthday:%Y/%m/%d}" if customer.birthday else ""
    if field == "address":
        address = customer.addresses.filter(valid_to__isnull=True).first()
        return address_line(address) if address else ""
    newest = customer.identities.filter(kind=field, valid_to__isnull=True).order_by("-id").first()
    return newest.raw if newest else ""


def address_line(address: Address) -> str:
    """Return an address in one line, as it is written in its country: postcode first in Japan."""
    parts = [address.prefecture, address.city, address.block, address.building]
    street = "".join(parts[:3]) + (f" {parts[3]}" if parts[3] else "")
    return f"〒{address.postcode} {street}".strip() if address.postcode else street


def mask_name(customer: Customer) -> str:
    """Return family name and the first letter of the given name (山田 花•••)."""
    return f"{customer.family_name} {customer.given_name[:1]}•••" if customer.given_name else customer.family_name


def check_term(term: str) -> None:
    """Raise Invalid (`search_term`) for a term without letters or digits, or of more than 60 characters.

    Length first, before anything else touches the term: normalising a long run of combining marks takes quadratic time.
    """
    if len(term) > LONGEST_TERM or not names.name_key(term):
        raise Invalid("search_term", TERM_WORDS)


@dataclass(frozen=True)
class Candidate:
    """A masked line of a candidate list: enough to tell two people apart, not enough to learn about them."""

    id: int
    uuid: str
    name: str
    reading: str
    phone: str
    member_number: str
    home_store: str


def candidate_of(customer: Customer) -> Candidate:
    """Return the masked line of one customer."""
    phones = [row.raw for row in customer.identities.all() if row.kind == "phone" and row.valid_to is None]
    phone = phones[-1] if phones else ""
    return Candidate(
        id=customer.pk,
        uuid=str(customer.uuid),
        name=mask_name(customer),
        reading=f"{customer.family_kana} {customer.given_kana[:1]}•••".strip()
        if customer.given_kana
        else customer.family_kana,
        phone=mask_tail(re.sub(r"\D", "", phone)),
        member_number=mask_tail(customer.member_number or ""),
        home_store=customer.home_store.name if customer.home_store else "",
    )
