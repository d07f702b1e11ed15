"""What customers allow and refuse: written down once, with its proof, never changed.

A statement's proof is the version of the text she saw, where she said it (`source`, `source_id`), who wrote it down
and when. Called by pages, the API, the preference centre and imports.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock, parsing, transactions
from config.lib.errors import Conflict, FieldError, Invalid
from customers import access
from customers.access import Actor
from customers.hooks import customer_fact
from customers.models import ConsentChannel, ConsentEntry, ConsentPurpose, Customer
from customers.selectors import customers as people
from customers.services import locks

CREATED, UNCHANGED, REFUSED = "created", "unchanged", "refused"
CLOCK_SKEW = timedelta(minutes=5)  # a till's clock may run a little ahead of ours
TOLD = ("channel", "purpose", "text_version")
LONGEST = {"text_version": 40, "source": 60, "source_id": 120}


@dataclass(frozen=True)
class Statement:
    """One statement of one customer, as another system tells it. `source` and `source_id` name it for good."""

    customer_id: int
    channel: str
    purpose: str
    is_given: bool
    text_version: str
    source: str
    source_id: str
    stated_at: datetime
    actor_id: int | None = None


@transactions.retried
def state(
    *,
    actor: Actor,
    customer_uuid: str,
    channel: str,
    purpose: str,
    is_given: bool,
    text_version: str,
    source: str,
    source_id: str = "",
    stated_at: datetime | None = None,
) -> ConsentEntry:
    """Write down what a customer allows or refuses now (or said at `stated_at`) and return the entry.

    The same (source, source_id) with the same content is "already there" and returns the first entry; without a
    source_id each call is a statement of its own. Locks the customer; tells `consent.given` or `consent.withdrawn`.
    Raises Refused without `consent.write`, NotFound, Invalid (`consent`, naming the field), Conflict
    (`consent_differs`) when the same source said otherwise.
    """
    access.require(actor, "consent.write")
    owner = people.living(customer=people.customer_by_uuid(actor=actor, uuid=customer_uuid))
    said = Statement(
        customer_id=owner.pk,
        channel=channel,
        purpose=purpose,
        is_given=is_given,
        text_version=text_version,
        source=source,
        source_id=source_id or str(uuid.uuid4()),
        stated_at=stated_at or clock.now(),
        actor_id=actor.user_id,
    )
    wrong = _wrong(said)
    if wrong is not None:
        raise Invalid("consent", wrong.detail, fields=(wrong,))
    with transaction.atomic():
        locks.hold_customers(customer_ids=[owner.pk])
        (outcome,) = _write(actor, [said])
        entry = ConsentEntry.objects.get(source=said.source, source_id=said.source_id)
        if outcome.startswith(REFUSED):
            raise Conflict(
                "consent_differs",
                _("This source already told us otherwise on %(day)s. A new statement needs a new number.")
                % {"day": f"{entry.stated_at:%Y-%m-%d}"},
            )
    return entry


@transactions.retried
def state_many(*, actor: Actor, statements: Sequence[Statement]) -> list[str]:
    """Write down statements from a file, set-wise; return `created`, `unchanged` or `refused:<code>` per row, in order.

    Codes: `channel`, `purpose`, `text_version`, `source`, `source_id`, `stated_at`, `customer`, `consent_differs`. A
    refused row stops no other. A merged customer's statement goes to the record that stayed. Locks the customers in id
    order. Raises Refused without `consent.import`. A fixed number of queries whatever the number of rows.
    """
    access.require(actor, "consent.import")
    living = _living({said.customer_id for said in statements})
    outcomes = [_refusal(said, living) for said in statements]
    kept = [
        replace(said, customer_id=living[said.customer_id])
        for said, refused in zip(statements, outcomes, strict=True)
        if not refused
    ]
    with transaction.atomic():
        locks.hold_customers(customer_ids=[said.customer_id for said in kept])
        written = iter(_write(actor, kept))
    return [refused or next(written) for refused in outcomes]


def _refusal(said: Statement, living: dict[int, int]) -> str:
    wrong = _wrong(said)
    if wrong is not None:
        return f"{REFUSED}:{wrong.code}"
    return "" if said.customer_id in living else f"{REFUSED}:customer"


def _living(ids: set[int]) -> dict[int, int]:
    rows = Customer.objects.filter(pk__in=ids).order_by("pk")
    absorbed = {row.pk: row for row in rows if row.merged_into_id is not None}
    ends = {pk: people.living(customer=row).pk for pk, row in absorbed.items()}
    return {row.pk: ends.get(row.pk, row.pk) for row in rows}


def _wrong(said: Statement) -> FieldError | None:
    """What is wrong with a statement, or None."""
    if said.channel not in ConsentChannel.values:
        return FieldError("/channel", "channel", _("This channel does not exist."))
    if said.purpose not in ConsentPurpose.values:
        return FieldError("/purpose", "purpose", _("This purpose does not exist."))
    for name, longest in LONGEST.items():
        text = getattr(said, name)
        if not 0 < len(text.strip()) <= len(text) <= longest or parsing.UNWRITABLE.search(text):
            message = _("A consent needs the version of its text and its source.")
            return FieldError(f"/{name}", name, message)
    if said.stated_at.tzinfo is None or said.stated_at > clock.now() + CLOCK_SKEW:
        return FieldError(
            "/stated_at", "stated_at", _("A statement is not made in the future, and its time has a zone.")
        )
    return None


def _write(actor: Actor, statements: Sequence[Statement]) -> list[str]:
    """Insert what is new and tell it. Two writers of one key: the second waits on the unique index and reads the first.

    3 queries and the telling.
    """
    now = clock.now()
    fresh = {
        key: ConsentEntry(recorded_at=now, **vars(said))
        for said in reversed(statements)  # the first of a key within one batch is the one that stands
        for key in [(said.source, said.source_id)]
    }
    ConsentEntry.objects.bulk_create([fresh[key] for key in sorted(fresh)], ignore_conflicts=True, batch_size=1000)
    stood = {
        (entry.source, entry.source_id): entry
        for entry in ConsentEntry.objects.filter(
            source__in={key[0] for key in fresh}, source_id__in=[k[1] for k in fresh]
        )
    }
    outcomes, told = [], []
    for said in statements:
        key = (said.source, said.source_id)
        entry = stood[key]
        is_new = key in fresh and entry.uuid == fresh[key].uuid
        outcomes.append(CREATED if is_new else UNCHANGED if _same(entry, said) else f"{REFUSED}:consent_differs")
        if is_new:
            del fresh[key]
            told.append(entry)
    _tell(actor, told)
    return outcomes


def _same(entry: ConsentEntry, said: Statement) -> bool:
    names = ("customer_id", "channel", "purpose", "is_given", "text_version")
    return all(getattr(entry, name) == getattr(said, name) for name in names)


def _tell(actor: Actor, entries: Sequence[ConsentEntry]) -> None:
    """Tell new statements, those of one moment together: a fact is told with the time it was said at."""
    groups: dict[tuple[str, datetime], list[ConsentEntry]] = {}
    for entry in entries:
        fact = "consent.given" if entry.is_given else "consent.withdrawn"
        groups.setdefault((fact, entry.stated_at), []).append(entry)
    for (fact, stated_at), told in sorted(groups.items()):
        for tell in customer_fact.values():
            tell(
                fact=fact,
                customer_ids=[entry.customer_id for entry in told],
                actor=actor,
                source="customers.consent",
                source_ids=[str(entry.uuid) for entry in told],
                occurred_at=stated_at,
                data=[{name: getattr(entry, name) for name in TOLD} for entry in told],
            )
