"""Finding a customer at the counter or the desk: one field, limited and written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib import limits
from config.lib.errors import Invalid
from config.lib.parsing import check_text
from customers import access
from customers.access import Actor, Scope
from customers.models import Customer
from customers.selectors import customers as people
from customers.selectors import search as index
from customers.selectors.search import Facts
from customers.services import cards, names, receipts

CANDIDATE_SEARCHES_AN_HOUR = 30
LONGEST_CODE = 200  # a rotating card code has about 100 characters


@dataclass(frozen=True)
class Found:
    """What a search answers: the one customer a full identifier names, or masked candidates."""

    customer_uuid: str | None
    candidates: list[people.Candidate]


def find(*, actor: Actor, term: str) -> Found:
    """Find by what was scanned or typed into the one field.

    A full identifier (card code, member number, barcode, phone, e-mail) counts as presented by the customer: it opens
    her page for the actor's store for 30 minutes. Store roles otherwise name two facts (`たかはし 1234`), get at most 5
    candidates they may see, and 30 such searches an hour; the office also searches by any part. What was listed is
    logged, never the term. Raises Refused, Invalid (`search_term`, `second_fact`, `card_code`), Conflict
    (`card_expired`, `card_used`), TooMany, Unavailable.
    """
    scope = access.require(actor, "customer.search")
    if len(term) > LONGEST_CODE:  # before anything touches the term: normalising marks takes quadratic time
        raise Invalid("search_term", people.TERM_WORDS)
    check_text(term, "/term")
    shown = cards.present(actor=actor, term=term)
    if shown is not None:
        return Found(str(shown.uuid), [])
    people.check_term(term)
    text = names.letters_of(term)
    holders = _holders(text)
    if len(holders) == 1:
        return Found(str(cards.note_presented(actor=actor, customer_id=holders[0]).uuid), [])
    facts = index.facts_of(text)
    if holders or facts is None:
        return _by_term(actor, scope, text, holders)
    return find_by_facts(actor=actor, facts=facts)


def find_by_facts(*, actor: Actor, facts: Facts) -> Found:
    """Find by a name or reading and one thing more, each told apart by the caller. Limits and log as `find`.

    Raises Refused, Invalid (`search_facts`), TooMany, Unavailable.
    """
    scope = access.require(actor, "customer.search")
    _count(actor, scope)
    with transaction.atomic():
        index.use_indexes()
        return _listed(actor, "facts", index.by_facts(actor=actor, facts=facts))


def _by_term(actor: Actor, scope: Scope, text: str, holders: Sequence[int]) -> Found:
    if any(letter.isdigit() for letter in text):
        _count(actor, scope)  # a number that missed: trying one after another must end
    is_whole = index.is_identifier(text) and len(text) > len("1234")
    if scope is Scope.STORE and not is_whole:
        raise Invalid(
            "second_fact",
            _(
                "Ask for one thing more and type it after the name: the last four digits of the phone, the birthday"
                " (0401) or the postcode."
            ),
        )
    with transaction.atomic():
        index.use_indexes()
        if holders or scope is Scope.STORE:
            return _listed(actor, "shared", index.of_ids(actor=actor, ids=holders))
        method, rows = index.by_term(actor=actor, text=text)
        return _listed(actor, method, rows)


def _holders(text: str) -> list[int]:
    if not index.is_whole(text):
        return []
    with transaction.atomic():
        index.use_indexes()
        return index.holders_of(text)


def _count(actor: Actor, scope: Scope) -> None:
    if scope is Scope.STORE:
        limits.take("customer-search", str(actor.user_id), limit=CANDIDATE_SEARCHES_AN_HOUR, seconds=3600)


def _listed(actor: Actor, method: str, rows: Sequence[Customer]) -> Found:
    receipts.note_candidates(actor=actor, method=method, customer_ids=[row.pk for row in rows])
    return Found(None, [people.candidate_of(row) for row in rows])
