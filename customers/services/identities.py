"""Identifiers of customers: added once, and no longer a key when two people claim them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Q

from config.lib import clock
from customers.models import Identity

LOCK_CLASS, LOCK_BUCKETS = 7711, 512
Wanted = tuple[int, str, tuple[str, str]]  # customer id, kind, (normalised, as given)


def held_by(*, customer_ids: Iterable[int]) -> dict[int, set[tuple[str, str]]]:
    """Return each customer's (kind, normalised) pairs. 1 query."""
    held: dict[int, set[tuple[str, str]]] = {}
    for owner, kind, value in Identity.objects.filter(customer_id__in=list(customer_ids)).values_list(
        "customer_id", "kind", "normalised"
    ):
        held.setdefault(owner, set()).add((kind, value))
    return held


def add(*, wanted: Sequence[Wanted], source: str) -> None:
    """Add identifiers their customers do not have yet; one that somebody else has becomes shared on both sides.

    Joins the caller's transaction, whose customers are locked. Two calls with the same new identifier at once: the
    second waits for the first on an advisory lock of the value, so neither fails on the unique key. 4 queries.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("identities.add needs a transaction")
    values = sorted({(kind, pair[0]) for _owner, kind, pair in wanted})
    if not values:
        return
    _hold(values)
    matches = Q()
    for kind in {kind for kind, _value in values}:
        matches |= Q(kind=kind, normalised__in=[value for k, value in values if k == kind])
    owners: dict[tuple[str, str], set[int]] = {}
    for owner, kind, value in Identity.objects.filter(matches).values_list("customer_id", "kind", "normalised"):
        owners.setdefault((kind, value), set()).add(owner)
    before = {key: set(ids) for key, ids in owners.items()}
    for owner, kind, pair in wanted:
        owners.setdefault((kind, pair[0]), set()).add(owner)
    shared = {key for key, ids in owners.items() if len(ids) > 1}
    ids = Identity.objects.filter(matches).values_list("pk", "kind", "normalised")
    Identity.objects.filter(pk__in=[pk for pk, kind, value in ids if (kind, value) in shared]).update(is_shared=True)
    Identity.objects.bulk_create(
        [
            Identity(
                customer_id=owner,
                kind=kind,
                normalised=pair[0],
                raw=pair[1],
                last_four=pair[0][-4:] if kind == Identity.Kind.PHONE else "",
                is_shared=(kind, pair[0]) in shared,
                source=source,
            )
            for owner, kind, pair in {(o, k, p[0]): (o, k, p) for o, k, p in wanted}.values()
            if owner not in before.get((kind, pair[0]), set())
        ]
    )


def replace(*, customer_id: int, kind: str, pair: tuple[str, str], source: str) -> None:
    """Make this the customer's one identifier of its kind: added or taken up again, and those before it ended.

    Joins the caller's transaction, whose customer is locked. An identifier somebody else has becomes shared on both
    sides, as in `add`. 7 queries.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("identities.replace needs a transaction")
    _hold([(kind, pair[0])])
    now = clock.now()
    mine = Identity.objects.filter(customer_id=customer_id, kind=kind)
    mine.filter(valid_to__isnull=True).exclude(normalised=pair[0]).update(valid_to=now)
    others = Identity.objects.filter(kind=kind, normalised=pair[0], valid_to__isnull=True)
    is_claimed = others.exclude(customer_id=customer_id).exists()
    mine.filter(normalised=pair[0], valid_to__isnull=False).update(valid_to=None, is_shared=is_claimed, source=source)
    if is_claimed:
        others.update(is_shared=True)
    add(wanted=[(customer_id, kind, pair)], source=source)
    mine.filter(normalised=pair[0]).exclude(raw=pair[1]).update(raw=pair[1])


def _hold(values: Sequence[tuple[str, str]]) -> None:
    """Lock the values' buckets in order. Buckets, since each lock takes a place in PostgreSQL's shared lock table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, bucket) FROM ("
            "SELECT DISTINCT (hashtextextended(v, 7) %% %s)::int AS bucket FROM unnest(%s::text[]) AS v ORDER BY 1"
            ") AS ordered",
            [LOCK_CLASS, LOCK_BUCKETS, [f"{kind}:{value}" for kind, value in values]],
        )
