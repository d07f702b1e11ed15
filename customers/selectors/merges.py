"""What the data steward decides on: pairs that may be one person, side by side, and the merges that were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.errors import NotFound
from customers import access
from customers.access import Actor
from customers.models import Customer, MergeCandidate, MergeEvent
from customers.selectors import customers as people

LONGEST_LIST = 100
WORDS = {
    "proven": _("the same proven identifier"),
    "same_email": _("the same e-mail address"),
    "same_phone": _("the same mobile phone"),
    "same_landline": _("the same telephone of a household"),
    "same_id": _("the same account or card"),
    "rare_reading": _("the same rare reading"),
    "reading": _("the same reading"),
    "birthday": _("the same birthday"),
    "name": _("the same written name"),
    "place": _("the same postcode and last four digits"),
    "address": _("the same address"),
    "two_numbers": _("two member numbers"),
    "two_birthdays": _("different birthdays"),
    "two_names": _("different names"),
    "staff": _("a colleague says so"),
}
AGAINST = frozenset({"two_numbers", "two_birthdays", "two_names"})


@dataclass(frozen=True)
class Reason:
    """One piece of evidence in words; `said` is what a colleague wrote."""

    words: str
    is_against: bool
    said: str


@dataclass(frozen=True)
class Pair:
    """One line of the list: two masked people, and why they may be one."""

    uuid: str
    score: int
    left: people.Candidate
    right: people.Candidate
    reasons: list[Reason]
    proposed_by: str


@dataclass(frozen=True)
class Done:
    """One merge that was made. `may_undo` is true for the newest of its customer that still stands."""

    uuid: str
    customer_uuid: str
    survivor: str
    absorbed: str
    merged_at: datetime
    by: str
    undone_at: datetime | None
    undone_by: str
    may_undo: bool


@dataclass(frozen=True)
class Queue:
    """The whole page: open pairs, best first, and merges, newest first; at most 100 each."""

    pairs: list[Pair]
    done: list[Done]
    shown: list[int]


def open_pairs(*, actor: Actor) -> QuerySet[MergeCandidate]:
    """Return the pairs that wait for a decision, best first; none without `merge.review`."""
    if not access.may(actor, "merge.review"):
        return MergeCandidate.objects.none()
    living = Q(left__merged_into__isnull=True, right__merged_into__isnull=True)
    return MergeCandidate.objects.filter(living, state=MergeCandidate.State.OPEN).order_by("-score", "id")


def open_count(actor: Actor) -> int:
    """Return how many pairs wait. 1 query."""
    return open_pairs(actor=actor).count()


def queue(*, actor: Actor) -> Queue:
    """Return what waits and what was done. Raises Refused without `merge.review`. 4 queries."""
    access.require(actor, "merge.review")
    candidates = list(open_pairs(actor=actor).select_related("proposed_by")[:LONGEST_LIST])
    ids = {pk for row in candidates for pk in (row.left_id, row.right_id)}
    rows = Customer.objects.filter(pk__in=ids).select_related("home_store").prefetch_related("identities")
    lines = {row.pk: people.candidate_of(row) for row in rows}
    pairs = [
        Pair(
            uuid=str(row.uuid),
            score=row.score,
            left=lines[row.left_id],
            right=lines[row.right_id],
            reasons=reasons_of(row.evidence),
            proposed_by=str(row.proposed_by) if row.proposed_by else "",
        )
        for row in candidates
    ]
    return Queue(pairs, _done(actor), sorted(ids))


def reasons_of(evidence: Sequence[dict[str, Any]]) -> list[Reason]:
    """Return evidence in the language in force, what speaks against last."""
    told = [
        Reason(str(WORDS[each["code"]]), each["code"] in AGAINST, str(each.get("reason", "")))
        for each in evidence
        if each["code"] in WORDS
    ]
    return sorted(told, key=lambda reason: reason.is_against)


def pair_by_uuid(*, actor: Actor, uuid: str) -> MergeCandidate:
    """Return an open pair with both customers. Raises NotFound. 1 query."""
    rows = open_pairs(actor=actor).select_related("left__home_store", "right__home_store", "proposed_by")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
    return found


def _masked(customer: Customer) -> str:
    """Name and number: after a merge both may have one name."""
    return f"{people.mask_name(customer)} {people.mask_tail(customer.member_number or '')}".strip()


def _done(actor: Actor) -> list[Done]:
    rows = MergeEvent.objects.select_related("survivor", "absorbed", "actor", "undone_by")
    may_undo, busy, found = access.may(actor, "merge.undo"), set[int](), []
    for row in rows.defer("moved").order_by("-pk")[:LONGEST_LIST]:
        is_standing = row.undone_at is None
        found.append(
            Done(
                uuid=str(row.uuid),
                customer_uuid=str(row.survivor.uuid),
                survivor=_masked(row.survivor),
                absorbed=_masked(row.absorbed),
                merged_at=row.merged_at,
                by=str(row.actor) if row.actor else gettext("automatically"),
                undone_at=row.undone_at,
                undone_by=str(row.undone_by) if row.undone_by else "",
                may_undo=may_undo and is_standing and row.survivor_id not in busy,
            )
        )
        if is_standing:
            busy |= {row.survivor_id, row.absorbed_id}
    return found
