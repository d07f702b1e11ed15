"""Reads of customers: whom the actor may see, how much of each, and how she finds them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib import clock
from config.lib.errors import Invalid, NotFound
from config.lib.rows import LockingQuerySet
from customers import access
from customers.access import Actor, Scope, Sight
from customers.models import Customer, Presentation
from customers.services import names

CANDIDATES = 5
OFFICE_CANDIDATES = 20
LONGEST_TERM = 60
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

    A store role sees customers whose home is her store, and those who presented a card or number there within the
    last 30 minutes.
    """
    scope = access.scope_of(actor, "customer.read")
    if scope is None:
        return Customer.objects.none()
    if scope is Scope.ALL:
        return Customer.objects.all()
    presented = Presentation.objects.filter(store_id=actor.own_store_id, until__gt=clock.now())
    return Customer.objects.filter(Q(home_store_id=actor.store_id) | Q(pk__in=presented.values("customer_id")))


def customer_by_uuid(*, actor: Actor, uuid: str) -> Customer:
    """Return the customer with her home store. Raises NotFound when she is not there or not visible. 1 query."""
    found = visible_to(actor).select_related("home_store").filter(uuid=uuid).first()
    if found is None:
        raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
    return found


def mask_tail(value: str, *, shown: int = 4) -> str:
    """Return a value with only its last characters readable."""
    return f"•••{value[-shown:]}" if value else ""


def mask_email(value: str) -> str:
    """Return an address with one letter and its domain readable."""
    local, _at, domain = value.partition("@")
    return f"{local[:1]}•••@{domain}" if value else ""


def profile_of(*, customer: Customer, actor: Actor) -> Profile:
    """Return the profile with the actor's sight of each field applied. 1 query (identities)."""
    identities = {row.kind: row.raw for row in customer.identities.all().order_by("-id")}
    birthday = customer.birthday

    def seen(field: str, value: str, masked: str) -> str:
        return {Sight.VISIBLE: value, Sight.MASKED: masked, Sight.HIDDEN: ""}[access.sight(actor, field)]

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


def candidates(*, actor: Actor, term: str) -> list[Candidate]:
    """Return customers whose written name or reading begins with the term, by reading: at most 5 for store roles, 20
    else; masked. Raises Invalid for an empty or overlong term. 2 queries.

    Both conditions are prefix look-ups on text_pattern_ops indexes; the term is data, never a pattern.
    """
    check_term(term)
    is_reading = names.is_reading(term)
    wanted = (
        Q(kana_key__startswith=names.kana_key(term)) if is_reading else Q(name_key__startswith=names.name_key(term))
    )
    limit = CANDIDATES if access.scope_of(actor, "customer.search") is Scope.STORE else OFFICE_CANDIDATES
    rows = (
        visible_to(actor)
        .filter(wanted)
        .select_related("home_store")
        .prefetch_related("identities")
        .order_by("kana_key", "id")[:limit]
    )
    return [candidate_of(customer) for customer in rows]


def candidate_of(customer: Customer) -> Candidate:
    """Return the masked line of one customer."""
    phone = next((row.raw for row in customer.identities.all() if row.kind == "phone"), "")
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
