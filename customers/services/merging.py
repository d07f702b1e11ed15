"""Making two records of one person one, and two again. Called by the review pages, by resolution, and by support.

A merge is an event: who stayed, who was absorbed, why, and every row as it was. What is current state moves to the
record that stays; logs stay where they are and are read together. Undo puts every row back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict, Invalid, NotFound
from customers import access
from customers.access import Actor
from customers.hooks import customer_fact, customer_merged
from customers.models import Address, Customer, Identity, MergeCandidate, MergeEvent, Role
from customers.selectors import customers as people
from customers.services import attention, context, locks, mergefields, mergerows
from customers.services.mergerows import Moves

SOURCE = "customers.merge"
OWN = "customers.Customer"  # the two records' own columns
REVIEWED, PROVEN = "reviewed", "proven"


@transactions.retried
def merge(
    *,
    actor: Actor,
    survivor_uuid: str,
    absorbed_uuid: str,
    choices: Mapping[str, str],
    candidate_uuid: str | None = None,
) -> MergeEvent:
    """Merge the second record into the first and return the event, which can be undone.

    `choices` says for groups of fields (mergefields.GROUPS, `address`) which side stays: survivor or absorbed; without
    a choice the survivor's, or the other's where hers is empty. Both member numbers stay hers. Locks both customers;
    two merges of one record at once: one wins. Tells `customer.merged`; open receipts of both are out of date. Raises
    Refused without `merge.do`, NotFound, Invalid (`merge_itself`, `merge_choice`), Conflict (`merge_absorbed` when one
    of them was merged meanwhile, `merge_decided` for a candidate that is no longer open). 1 query finds the tables
    with rows, then about 3 for each of them.
    """
    access.require(actor, "merge.do")
    chosen = mergefields.checked(choices=choices)
    if survivor_uuid == absorbed_uuid:
        raise Invalid("merge_itself", _("A customer cannot be merged with herself."))
    with transaction.atomic():
        ids = [_record(actor, survivor_uuid).pk, _record(actor, absorbed_uuid).pk]
        locks.hold_records(customer_ids=ids)
        survivor, absorbed = (Customer.objects.get(pk=pk) for pk in ids)
        if survivor.merged_into_id or absorbed.merged_into_id:
            raise Conflict("merge_absorbed", _("One of the two was merged meanwhile. Look at the list again."))
        candidate = _candidate(candidate_uuid, ids)
        event = _move(actor, survivor, absorbed, chosen, candidate)
        _tell("customer.merged", actor, event, [survivor.pk])
        context.raise_seq(customer_ids=[absorbed.pk])
    return event


@transactions.retried
def undo(*, actor: Actor, merge_uuid: str) -> MergeEvent:
    """Take a merge back: every row as it was, the two remembered as not the same; return the event.

    A row written since stays with the record that stayed, unless its own identifiers say that it is the other's; a
    column edited since keeps its edit. A row that cannot come back because a newer one stands in its place makes an
    attention item. Merges into and of one record are undone in reverse order. Locks both
    customers; tells `customer.unmerged` to both. Raises Refused without `merge.undo`, NotFound, Conflict
    (`merge_undone`, `merge_order`).
    """
    access.require(actor, "merge.undo")
    with transaction.atomic():
        found = MergeEvent.objects.filter(uuid=merge_uuid).first()
        if found is None:
            raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
        ids = [found.survivor_id, found.absorbed_id]
        locks.hold_records(customer_ids=ids)
        event = MergeEvent.objects.filter(pk=found.pk).locked().get()
        if event.undone_at is not None:
            raise Conflict("merge_undone", _("This merge was taken back already."))
        later = MergeEvent.objects.filter(
            Q(survivor=ids[0]) | Q(absorbed=ids[0]), undone_at__isnull=True, pk__gt=event.pk
        )
        if later.exists():
            raise Conflict("merge_order", _("A later merge of this customer stands on it. Take that one back first."))
        _put_back(event)
        event.undone_at, event.undone_by_id = clock.now(), actor.user_id
        event.save(update_fields=["undone_at", "undone_by"])
        _remember_distinct(actor, event)
        _tell("customer.unmerged", actor, event, ids)
    return event


@transactions.retried
def keep_apart(*, actor: Actor, candidate_uuid: str) -> None:
    """Remember for good that the two records of a candidate are two people: they are never proposed again.

    The same again changes nothing. Raises Refused without `merge.do`, NotFound, Conflict (`merge_decided`) for a pair
    merged meanwhile.
    """
    access.require(actor, "merge.do")
    with transaction.atomic():
        candidate = MergeCandidate.objects.filter(uuid=candidate_uuid).locked().first()
        if candidate is None:
            raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
        if candidate.state == MergeCandidate.State.MERGED:
            raise Conflict("merge_decided", _("Somebody has decided this pair already."))
        if candidate.state == MergeCandidate.State.OPEN:
            _decide(actor, candidate, MergeCandidate.State.DISTINCT)


def _record(actor: Actor, uuid: str) -> Customer:
    """The record of this very uuid, merged or not."""
    found = people.visible_to(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
    return found


def _candidate(uuid: str | None, ids: list[int]) -> MergeCandidate | None:
    """The pair's candidate, locked: the one named, which must be open, or whichever there is."""
    found = MergeCandidate.objects.filter(left_id=min(ids), right_id=max(ids)).locked().first()
    is_named = uuid is not None
    if is_named and (found is None or str(found.uuid) != uuid or found.state != MergeCandidate.State.OPEN):
        raise Conflict("merge_decided", _("Somebody has decided this pair already."))
    return found


def _move(
    actor: Actor, survivor: Customer, absorbed: Customer, choices: dict[str, str], candidate: MergeCandidate | None
) -> MergeEvent:
    ids = sorted([survivor.pk, absorbed.pk])
    before = mergerows.images(model=Customer, ids=ids)
    event = MergeEvent.objects.create(
        survivor=survivor,
        absorbed=absorbed,
        rule=PROVEN if actor.user_id is None else REVIEWED,
        evidence=candidate.evidence if candidate else [],
        score=candidate.score if candidate else 0,
        choices=choices,
        actor_id=actor.user_id,
        merged_at=clock.now(),
    )
    done = [
        mergerows.move(
            survey=survey,
            survivor_id=survivor.pk,
            prefer=choices.get(mergefields.ADDRESS, "") if survey.rule.model is Address else "",
        )
        for survey in mergerows.surveys(survivor_id=survivor.pk, absorbed_id=absorbed.pk)
    ]
    done.append(_unshare(survivor.pk))
    mergefields.apply(survivor=survivor, absorbed=absorbed, choices=choices, source=f"{SOURCE}:{event.pk}")
    own = Moves(OWN)
    own.changed = list(zip(before, mergerows.images(model=Customer, ids=ids), strict=True))
    _keep(event, [*done, own])
    if candidate is not None:
        _decide(actor, candidate, MergeCandidate.State.MERGED)
    return event


def _unshare(survivor_id: int) -> Moves:
    """An identifier that only the two had in common is one person's key again."""
    done = Moves("customers.Identity.customer")
    mine = Identity.objects.filter(customer_id=survivor_id, is_shared=True).order_by("pk")
    others = Identity.objects.exclude(customer_id=survivor_id)
    free = [row.pk for row in mine if not others.filter(kind=row.kind, normalised=row.normalised).exists()]
    before = mergerows.images(model=Identity, ids=free)
    Identity.objects.filter(pk__in=free).update(is_shared=False)
    done.changed = list(zip(before, mergerows.images(model=Identity, ids=free), strict=True))
    return done


def _keep(event: MergeEvent, done: list[Moves]) -> None:
    """Store the images as the database wrote them, not as Python would write them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_mergeevent SET moved = %s::jsonb WHERE id = %s",
            [orjson.dumps({"tables": [moves.stored() for moves in done]}).decode(), event.pk],
        )
    event.refresh_from_db(fields=["moved"])


def _put_back(event: MergeEvent) -> None:
    survivor_id, absorbed_id = event.survivor_id, event.absorbed_id
    Identity.objects.filter(customer_id=survivor_id, source=f"{SOURCE}:{event.pk}").delete()
    *tables, own = event.moved["tables"]
    missing = 0
    last: dict[str, int] = {}
    for stored in reversed(tables):
        missing += mergerows.put_back(stored=stored, survivor_id=survivor_id, absorbed_id=absorbed_id)
        last[stored["rule"]] = stored["last"]
    mergefields.put_back(stored=own["changed"])
    for rule in customer_merged.values():
        if rule.hint or rule.follows:
            mergerows.assign_new(rule=rule, last=last[rule.name], survivor_id=survivor_id, absorbed_id=absorbed_id)
    if missing:
        attention.raise_item(
            kind="merge_incomplete",
            key=str(event.uuid),
            owner_role=Role.DATA_STEWARD,
            customer_id=survivor_id,
            data={"count": missing, "merge": event.pk},
        )


def _decide(actor: Actor, candidate: MergeCandidate, state: str) -> None:
    candidate.state, candidate.decided_at, candidate.decided_by_id = state, clock.now(), actor.user_id
    candidate.save(update_fields=["state", "decided_at", "decided_by"])


def _remember_distinct(actor: Actor, event: MergeEvent) -> None:
    left, right = sorted([event.survivor_id, event.absorbed_id])
    candidate, _made = MergeCandidate.objects.get_or_create(
        left_id=left, right_id=right, defaults={"score": event.score, "found_at": clock.now()}
    )
    _decide(actor, candidate, MergeCandidate.State.DISTINCT)


def _tell(fact: str, actor: Actor, event: MergeEvent, customer_ids: list[int]) -> None:
    data: dict[str, Any] = {"rule": event.rule}
    for tell in customer_fact.values():
        tell(
            fact=fact,
            customer_ids=customer_ids,
            actor=actor,
            source=SOURCE,
            source_ids=[f"{event.uuid}:{fact}:{pk}" for pk in customer_ids],
            occurred_at=clock.now(),
            data=[data for _pk in customer_ids],
        )
