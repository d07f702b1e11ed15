"""Finding a customer at the counter or the desk: one field, limited and written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from config.lib import clock, limits
from config.lib.errors import Invalid
from config.lib.parsing import check_text
from customers import access
from customers.access import Actor, Scope
from customers.models import Customer, Presentation
from customers.selectors import customers as people
from customers.services import contact, receipts

PRESENTED_MINUTES = 30
CANDIDATE_SEARCHES_AN_HOUR = 30


@dataclass(frozen=True)
class Found:
    """What a search answers: the one customer a full member number names, or masked candidates."""

    customer_uuid: str | None
    candidates: list[people.Candidate]


def find(*, actor: Actor, term: str) -> Found:
    """Find by full member number, else by the beginning of a name or reading.

    A member number counts as presented by the customer: it opens her page for the actor's store for 30 minutes.
    Store roles get 30 candidate searches an hour. Raises Refused, Invalid (`search_term`), TooMany, Unavailable.
    """
    scope = access.require(actor, "customer.search")
    people.check_term(term)
    check_text(term, "/term")
    shown = _by_member_number(term)
    if shown is not None:
        if scope is Scope.STORE:
            _present(actor=actor, customer=shown)
        return Found(str(shown.uuid), [])
    if scope is Scope.STORE:
        limits.take("customer-search", str(actor.user_id), limit=CANDIDATE_SEARCHES_AN_HOUR, seconds=3600)
    listed = people.candidates(actor=actor, term=term)
    receipts.note_candidates(actor=actor, method="name", customer_ids=[row.id for row in listed])
    return Found(None, listed)


def _by_member_number(term: str) -> Customer | None:
    try:
        number = contact.member_number(term)
    except Invalid:
        return None
    return Customer.objects.filter(member_number=number).first()


def _present(*, actor: Actor, customer: Customer) -> None:
    now = clock.now()
    with transaction.atomic():
        Presentation.objects.create(
            customer=customer,
            store_id=actor.own_store_id,
            staff_id=actor.account_id,
            presented_at=now,
            until=now + timedelta(minutes=PRESENTED_MINUTES),
        )
