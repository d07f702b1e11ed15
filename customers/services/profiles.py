"""Who they are, as files and forms tell us: created, corrected, never guessed.

Works set-wise: one call for a batch of rows, a fixed number of statements whatever the batch size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict
from customers import access
from customers.access import Actor
from customers.hooks import customer_fact
from customers.models import Customer, Identity
from customers.selectors import customers as people
from customers.services import completeness, corrections, identities, locks, names

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
UNIQUE_VIOLATION = "23505"


@dataclass(frozen=True)
class ProfileIn:
    """What a source says about one member. None means "not told": it never erases what we know."""

    member_number: str
    family_name: str
    given_name: str | None = None
    family_kana: str | None = None
    given_kana: str | None = None
    romaji: str | None = None
    birthday: date | None = None
    language: str | None = None
    approach: str | None = None
    home_store_id: int | None = None
    member_since: date | None = None
    phone: tuple[str, str] | None = field(default=None)  # (normalised, as given)
    email: tuple[str, str] | None = field(default=None)


PROFILE_FIELDS = (
    "family_name",
    "given_name",
    "family_kana",
    "given_kana",
    "romaji",
    "birthday",
    "language",
    "approach",
    "home_store_id",
    "member_since",
)
KEYS = ("name_key", "kana_key", "romaji_key", "grams")


@dataclass(frozen=True)
class Plan:
    """What a batch would do: an outcome per row, in order, and the fields that would change."""

    outcomes: list[str]
    changes: list[list[str]]


def plan(*, rows: Sequence[ProfileIn]) -> Plan:
    """Return what `upsert` would do with these rows now, writing nothing. 2 queries."""
    known = {row.member_number: row for row in _known(rows)}
    return _plan_with(rows, known, identities.held_by(customer_ids=[row.pk for row in known.values()]))


@transactions.retried
def upsert(
    *,
    actor: Actor,
    rows: Sequence[ProfileIn],
    source: str,
    source_ids: Sequence[str],
    occurred_at: datetime | None = None,
) -> Plan:
    """Create or correct members by member number, in one transaction; tell each real change to the timeline.

    `source_ids` names each row within `source` for good (the same row again is "already there"). Rows must not repeat a
    member number. A record merged into another is left as it is ("unchanged"). Locks the known customers in id order.
    Raises Refused without `customer.write`, Conflict when another transaction created one of them meanwhile (nothing
    is written then).
    """
    access.require(actor, "customer.write")
    with transaction.atomic():
        locks.hold_records(customer_ids=[row.pk for row in _known(rows)])
        known = {row.member_number: row for row in _known(rows)}
        have = identities.held_by(customer_ids=[row.pk for row in known.values()])
        decided = _plan_with(rows, known, have)
        fresh = [_new(row) for row in rows if row.member_number not in known]
        _create(fresh)
        locks.hold_customers(customer_ids=[customer.pk for customer in fresh])
        everyone: dict[str | None, Customer] = {**known, **{customer.member_number: customer for customer in fresh}}
        touched = [
            everyone[row.member_number] for row, what in zip(rows, decided.outcomes, strict=True) if what == UPDATED
        ]
        for row, what in zip(rows, decided.outcomes, strict=True):
            if what == UPDATED:
                _apply(everyone[row.member_number], row)
        Customer.objects.bulk_update(touched, [*PROFILE_FIELDS, *KEYS, "version", "updated_at"])
        identities.add(
            wanted=[
                (owner.pk, kind, pair)
                for row in rows
                if (owner := everyone[row.member_number]).merged_into_id is None
                for kind, pair in _identifiers(row)
            ],
            source=source,
        )
        completeness.refresh(customer_ids=[customer.pk for customer in [*touched, *fresh]])
        _tell(actor, rows, decided, everyone, source, source_ids, occurred_at or clock.now())
    return decided


@transactions.retried
def refresh_keys(*, actor: Actor, after_id: int = 0, limit: int = 1000) -> int | None:
    """Rebuild the search keys and completeness of the next `limit` customers after `after_id`.

    For rows from before a change of the folding. Return the last id done, None when there was none left. Touches no
    version and tells nothing: what she is called has not changed. Locks the batch. Raises Refused without
    `customer.write`. 5 queries.
    """
    access.require(actor, "customer.write")
    ids = list(Customer.objects.filter(pk__gt=after_id).order_by("pk").values_list("pk", flat=True)[:limit])
    if not ids:
        return None
    with transaction.atomic():
        locks.hold_records(customer_ids=ids)
        batch = list(Customer.objects.filter(pk__in=ids).order_by("pk"))
        for customer in batch:
            names.set_keys(customer)
        Customer.objects.bulk_update(batch, KEYS)
        completeness.refresh(customer_ids=ids)
    return ids[-1]


@transactions.retried
def correct(*, actor: Actor, customer_uuid: str, version: int, changes: dict[str, object], source: str) -> Customer:
    """Correct fields of one customer as somebody at a desk or counter was told; return her as she is now.

    `changes` maps fields to new values (corrections.CHECKS lists them); phone and e-mail replace the ones in force.
    Store clerks correct how a name is read, her language and how she likes to be approached. `version` is the one the
    editor saw: if somebody changed the customer since, Conflict (`edited_meanwhile`) shows both values of each field
    that differs, masked as the actor may see them. Nothing new writes nothing. Locks the customer; tells
    `profile.corrected`. Raises Refused, NotFound, Invalid (`profile`, by field).
    """
    access.require(actor, "customer.correct")
    owner = people.living(customer=people.customer_by_uuid(actor=actor, uuid=customer_uuid))
    wanted = corrections.checked(actor=actor, changes=changes)
    with transaction.atomic():
        locks.hold_customers(customer_ids=[owner.pk])
        customer = Customer.objects.select_related("home_store").get(pk=owner.pk)
        fields = corrections.differing(customer=customer, wanted=wanted)
        if not fields:
            return customer
        if customer.version != version:
            corrections.refuse_stale(actor=actor, customer=customer, wanted=wanted, fields=fields)
        corrections.apply(customer=customer, wanted=wanted, fields=fields, source=source)
        corrections.touch(actor=actor, customer=customer, fields=fields)
    return customer


def _plan_with(
    rows: Sequence[ProfileIn], known: dict[str | None, Customer], have: dict[int, set[tuple[str, str]]]
) -> Plan:
    # A signpost is left alone: its old number must not bring back what the merge decided.
    merged = {number for number, customer in known.items() if customer.merged_into_id is not None}
    changes = [
        _changed(known[r.member_number], r, have) if r.member_number in known and r.member_number not in merged else []
        for r in rows
    ]
    outcomes = [
        CREATED if row.member_number not in known else UPDATED if changed else UNCHANGED
        for row, changed in zip(rows, changes, strict=True)
    ]
    return Plan(outcomes, changes)


def _known(rows: Sequence[ProfileIn]) -> list[Customer]:
    return list(Customer.objects.filter(member_number__in=[row.member_number for row in rows]).order_by("pk"))


def _identifiers(row: ProfileIn) -> list[tuple[str, tuple[str, str]]]:
    told = [(Identity.Kind.PHONE.value, row.phone), (Identity.Kind.EMAIL.value, row.email)]
    return [(kind, pair) for kind, pair in told if pair is not None]


def _changed(customer: Customer, row: ProfileIn, have: dict[int, set[tuple[str, str]]]) -> list[str]:
    told = [name for name in PROFILE_FIELDS if getattr(row, name) is not None]
    changed = [name for name in told if getattr(customer, name) != getattr(row, name)]
    held = have.get(customer.pk, set())
    return changed + [kind for kind, pair in _identifiers(row) if (kind, pair[0]) not in held]


def _apply(customer: Customer, row: ProfileIn) -> None:
    for name in PROFILE_FIELDS:
        value = getattr(row, name)
        if value is not None:
            setattr(customer, name, value)
    names.set_keys(customer)
    customer.version += 1
    customer.updated_at = clock.now()


def _new(row: ProfileIn) -> Customer:
    told: dict[str, Any] = {name: getattr(row, name) for name in PROFILE_FIELDS}
    customer = Customer(member_number=row.member_number, **{k: v for k, v in told.items() if v is not None})
    names.set_keys(customer)
    return customer


def _create(fresh: Sequence[Customer]) -> None:
    """Insert new members. Raises Conflict when another transaction made one of them since we looked."""
    try:
        # In the order of their numbers: two batches with the same people must wait for each other one way only.
        Customer.objects.bulk_create(sorted(fresh, key=lambda customer: customer.member_number or ""))
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
        raise Conflict("member_taken", _("Somebody else has just added one of these members. Try again.")) from error


def _tell(
    actor: Actor,
    rows: Sequence[ProfileIn],
    decided: Plan,
    everyone: dict[str | None, Customer],
    source: str,
    source_ids: Sequence[str],
    occurred_at: datetime,
) -> None:
    for what, fact in ((CREATED, "profile.created"), (UPDATED, "profile.corrected")):
        picked = [index for index, outcome in enumerate(decided.outcomes) if outcome == what]
        if picked:
            for tell in customer_fact.values():
                tell(
                    fact=fact,
                    customer_ids=[everyone[rows[index].member_number].pk for index in picked],
                    actor=actor,
                    source=source,
                    source_ids=[source_ids[index] for index in picked],
                    occurred_at=occurred_at,
                    data=[{"fields": decided.changes[index]} for index in picked],
                )
