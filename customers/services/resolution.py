"""Finding records that may be one person. Called nightly for whoever changed, after imports, and by staff who noticed.

Three tiers: a proven identifier in common (A), a claimed one with an equal reading or birthday (B), likeness (C). What
is found waits for a data steward; only tier A without any contradiction is merged by itself. An identifier of three
or more living customers is a family's or a store's and no key; a rare name weighs more than a common one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict, DomainError, FieldError, Invalid
from config.lib.parsing import check_text
from customers import access
from customers.access import SYSTEM_IDENTITY, Actor
from customers.models import Customer, Identity, MergeCandidate
from customers.selectors import customers as people
from customers.services import cards, likeness, merging
from customers.services.likeness import Likeness

BATCH = 500
LOOK_BACK = timedelta(days=2)  # twice the time between two runs: a run that died is made up for by the next
REASON_LENGTH = (5, 200)
LARGEST_CLUSTER = 4
Pair = tuple[int, int]

# Who else holds an identifier of theirs; one that three or more living customers hold is nobody's key.
BY_IDENTIFIER = """
SELECT mine.customer_id, min(held.customer_id)
FROM customers_identity AS mine
CROSS JOIN LATERAL (
    SELECT i.customer_id FROM customers_identity AS i JOIN customers_customer AS c ON c.id = i.customer_id
    WHERE i.kind = mine.kind AND i.normalised = mine.normalised AND i.valid_to IS NULL
        AND i.customer_id <> mine.customer_id AND c.merged_into_id IS NULL
    LIMIT 2
) AS held
WHERE mine.customer_id = ANY(%s) AND mine.valid_to IS NULL
GROUP BY mine.id, mine.customer_id HAVING count(*) = 1
"""
BY_READING = """
SELECT mine.id, other.id
FROM customers_customer AS mine
JOIN customers_customer AS other
    ON other.kana_key = mine.kana_key AND other.id <> mine.id AND other.merged_into_id IS NULL
WHERE mine.id = ANY(%s) AND mine.kana_key <> '' AND mine.merged_into_id IS NULL
    AND (other.birthday = mine.birthday OR EXISTS (
        SELECT FROM customers_address AS a JOIN customers_address AS b ON b.postcode = a.postcode
        WHERE a.customer_id = mine.id AND b.customer_id = other.id AND a.valid_to IS NULL AND b.valid_to IS NULL
            AND a.postcode <> ''))
"""


@transactions.retried
def look(*, customer_ids: Iterable[int]) -> list[MergeCandidate]:
    """Return the open candidates of these customers, best first, having proposed the new ones found now.

    A pair known to be two people is never proposed again, also when one of them was merged since; a known open pair
    gets its new score. Writes candidates only. A fixed number of queries whatever the number of customers; each finds
    by an index.
    """
    ids = sorted(set(customer_ids))
    if not ids:
        return []
    with transaction.atomic():
        pairs = _pairs(BY_IDENTIFIER, ids) | _pairs(BY_READING, ids)
        found = likeness.of_pairs(pairs=pairs - _decided(pairs))
        _propose([each for each in found if each.score >= likeness.WORTH_A_LOOK])
    rows = MergeCandidate.objects.filter(Q(left_id__in=ids) | Q(right_id__in=ids), state=MergeCandidate.State.OPEN)
    return list(rows.filter(left__merged_into__isnull=True, right__merged_into__isnull=True).order_by("-score", "id"))


def work(*, after_id: int = 0) -> int | None:
    """Look at the next 500 customers after `after_id` that are new or changed, and merge what is proven.

    Return the last id looked at, None when there was none left. Repeatable; a merge somebody else made first is left.
    """
    since = clock.now() - LOOK_BACK
    fresh = Identity.objects.filter(customer_id=OuterRef("pk"), created_at__gte=since)
    rows = Customer.objects.filter(Q(updated_at__gte=since) | Exists(fresh), merged_into__isnull=True, pk__gt=after_id)
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if not ids:
        return None
    for candidate in look(customer_ids=ids):
        merge_proven(candidate=candidate)
    return ids[-1]


def merge_proven(*, candidate: MergeCandidate) -> bool:
    """Merge a pair of tier A that nothing speaks against, into the record with a member number or the older one.

    Return whether it was merged; a pair that is less certain stays with the data steward. Never two member numbers,
    two birthdays or two names; never into somebody of four records or more.
    """
    if not likeness.is_proven(evidence=candidate.evidence):
        return False
    left, right = (Customer.objects.get(pk=pk) for pk in (candidate.left_id, candidate.right_id))
    size = Customer.objects.filter(merged_into__in=[left.pk, right.pk]).count() + 2
    if size > LARGEST_CLUSTER:
        return False
    stays, goes = (right, left) if right.member_number and not left.member_number else (left, right)
    try:
        merging.merge(
            actor=access.system(SYSTEM_IDENTITY),
            survivor_uuid=str(stays.uuid),
            absorbed_uuid=str(goes.uuid),
            choices={},
            candidate_uuid=str(candidate.uuid),
        )
    except DomainError:
        return False  # decided by somebody since it was found
    return True


@transactions.retried
def propose(*, actor: Actor, customer_uuid: str, other: str, reason: str) -> MergeCandidate:
    """Put a pair before the data steward because somebody noticed; `other` is the other record's card or member number.

    A pair already open keeps its evidence and gets this reason too. Raises Refused without `merge.propose`, NotFound,
    Invalid (`merge_reason`; `merge_other` for no such number, `merge_itself`), Conflict (`merge_distinct` when they
    are known to be two people).
    """
    access.require(actor, "merge.propose")
    check_text(reason, "/reason")
    shortest, longest = REASON_LENGTH
    if not shortest <= len(reason.strip()) <= longest:
        raise _wrong("merge_reason", "/reason", _("Say in 5 to 200 characters why they are one person."))
    customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
    found = cards.holder_of(number=other)
    if found is None:
        raise _wrong("merge_other", "/other", _("No customer has this member number. Check it."))
    if found.pk == customer.pk:
        raise _wrong("merge_itself", "/other", _("This is the number of the same customer."))
    left, right = sorted([customer.pk, found.pk])
    with transaction.atomic():
        candidate, _made = MergeCandidate.objects.get_or_create(
            left_id=left, right_id=right, defaults={"score": 0, "found_at": clock.now()}
        )
        candidate = MergeCandidate.objects.filter(pk=candidate.pk).locked().get()
        if candidate.state != MergeCandidate.State.OPEN or _decided({(left, right)}):
            raise Conflict("merge_distinct", _("Somebody has decided before that these are two people."))
        (like,) = likeness.of_pairs(pairs={(left, right)})
        candidate.score = max(like.score, likeness.NOTICED)
        candidate.evidence = [*like.evidence, {"code": likeness.STAFF, "reason": reason.strip()}]
        candidate.proposed_by_id = actor.account_id
        candidate.save(update_fields=["score", "evidence", "proposed_by"])
    return candidate


def _wrong(code: str, pointer: str, message: object) -> Invalid:
    return Invalid(code, str(message), fields=(FieldError(pointer, code, str(message)),))


def _pairs(statement: str, ids: list[int]) -> set[Pair]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        return {(min(one, two), max(one, two)) for one, two in cursor.fetchall()}


def _decided(pairs: set[Pair]) -> set[Pair]:
    """Which pairs are known to be two people, or were merged before; records merged since stand for who took them."""
    people_of = {pk for pair in pairs for pk in pair}
    rows = MergeCandidate.objects.exclude(state=MergeCandidate.State.OPEN).filter(
        Q(left_id__in=people_of) | Q(left__merged_into__in=people_of),
        Q(right_id__in=people_of) | Q(right__merged_into__in=people_of),
    )
    ends = rows.values_list("left_id", "left__merged_into_id", "right_id", "right__merged_into_id")
    living = [(into or one, other_into or other) for one, into, other, other_into in ends]
    return {(min(pair), max(pair)) for pair in living}


def _propose(found: list[Likeness]) -> None:
    now = clock.now()
    MergeCandidate.objects.bulk_create(
        [
            MergeCandidate(
                left_id=like.left, right_id=like.right, score=like.score, evidence=like.evidence, found_at=now
            )
            for like in found
        ],
        ignore_conflicts=True,
    )
    known = {(like.left, like.right): like for like in found}
    rows = MergeCandidate.objects.filter(left_id__in=[like.left for like in found], state=MergeCandidate.State.OPEN)
    changed = []
    for row in rows.locked():
        like = known.get((row.left_id, row.right_id))
        told = [each for each in row.evidence if each["code"] == likeness.STAFF]
        if like is not None and row.evidence != [*like.evidence, *told]:
            row.score, row.evidence = max(like.score, likeness.NOTICED if told else 0), [*like.evidence, *told]
            changed.append(row)
    MergeCandidate.objects.bulk_update(changed, ["score", "evidence"])
