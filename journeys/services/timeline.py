"""The one timeline: writing facts. Called by every service that changes something a customer lives through.

The domain row is the truth; an interaction is its sentence. One statement writes one fact or a thousand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict
from customers.access import Actor
from customers.services import context, locks, ties
from journeys.hooks import Kind, interaction_kinds
from journeys.models import Channel, Interaction
from journeys.services import reactions

HISTORY, LIVE = "history", "live"
CHANNELS = frozenset(Channel.values)  # `values` is computed anew each time it is asked
TOLD_DIFFERENTLY = _("This fact was told before, with other content.")

INSERT = """
INSERT INTO journeys_interaction (
    uuid, kind, customer_id, occurred_at, recorded_at, channel, device, source, source_id, fingerprint, store_id,
    actor_id, subject_kind, subject_id, product_ids, visibility, text, data, corrects_id
)
SELECT uuid, kind, customer_id, occurred_at, recorded_at, channel, device, source, source_id,
    decode(fingerprint, 'hex'), store_id, actor_id, subject_kind, subject_id, product_ids, visibility, text, data,
    corrects_id
FROM jsonb_to_recordset(%s::jsonb) AS fact(
    uuid uuid, kind text, customer_id bigint, occurred_at timestamptz, recorded_at timestamptz, channel text,
    device text, source text, source_id text, fingerprint text, store_id bigint, actor_id bigint, subject_kind text,
    subject_id bigint, product_ids bigint[], visibility text, text text, data jsonb, corrects_id bigint,
    is_material boolean, nr int
)
WHERE NOT is_material OR customer_id::text = ANY(string_to_array(current_setting('yorisoi.held', true), ','))
ORDER BY nr
ON CONFLICT (source, source_id) DO NOTHING
RETURNING id, customer_id, kind, source, source_id
"""


class UnlockedCustomer(RuntimeError):
    """A material fact about a customer whose row the transaction does not hold: the caller forgot the lock."""


@dataclass(frozen=True)
class Fact:
    """One fact to write. `source` and `source_id` name it for good; `subject` is (kind, id) of the domain row."""

    kind: str
    customer_id: int
    occurred_at: datetime
    channel: str
    source: str
    source_id: str
    actor: Actor | None = None
    store_id: int | None = None
    subject: tuple[str, int] | None = None
    product_ids: tuple[int, ...] = ()
    visibility: str = Interaction.Visibility.COMPANY
    text: str = ""
    device: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    corrects_id: int | None = None


def record(
    *,
    kind: str,
    customer_id: int,
    occurred_at: datetime,
    channel: str,
    source: str,
    source_id: str,
    actor: Actor | None = None,
    store_id: int | None = None,
    subject: tuple[str, int] | None = None,
    product_ids: Sequence[int] = (),
    visibility: str = Interaction.Visibility.COMPANY,
    text: str = "",
    data: dict[str, Any] | None = None,
    corrects_id: int | None = None,
) -> int:
    """Write one fact, run its `now` reactors, queue its `later` ones; return the interaction's id.

    Sent again with the same content, returns the first id and does nothing. Inside a transaction only; a material
    kind needs the customer held (locks.hold_customers). Raises Conflict (`already_told_differently`) for the same
    key with other content, LookupError / ValueError for an unknown kind, channel or payload field, a naive time.
    """
    fact = Fact(
        kind=kind,
        customer_id=customer_id,
        occurred_at=occurred_at,
        channel=channel,
        source=source,
        source_id=source_id,
        actor=actor,
        store_id=store_id,
        subject=subject,
        product_ids=tuple(product_ids),
        visibility=visibility,
        text=text,
        data=data or {},
        corrects_id=corrects_id,
    )
    return record_many(facts=[fact], mode=LIVE)[0]


def record_many(*, facts: Sequence[Fact], mode: str = HISTORY) -> list[int]:
    """Write many facts in a fixed number of statements; return their ids in order.

    Mode `history` (what imports use) runs no reactors; `live` treats each as `record` does. All or nothing: raises
    as `record`, and names nothing half-written.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the timeline is written inside the transaction that makes the fact true")
    if mode not in {HISTORY, LIVE}:
        raise ValueError(f"mode is history or live, not {mode}")
    if not facts:
        return []
    kinds = {plug.name: plug.value for plug in interaction_kinds.plugs()}
    rows = [_row(number, fact, kinds) for number, fact in enumerate(facts)]
    _refuse_two_tellings(rows)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [orjson.dumps(rows).decode()])
        fresh = cursor.fetchall()
    written = {(source, key): (pk, owner) for pk, owner, _kind, source, key in fresh}
    material = [written[f.source, f.source_id][1] for f in _written(facts, written) if kinds[f.kind].is_material]
    context.raise_seq(customer_ids=material)
    ties.touch(pairs=_served(facts, written, kinds))
    ids = {key: pk for key, (pk, _owner) in written.items()}
    if len(written) < len(facts):
        ids |= _already_told(facts, rows, set(written))
    if mode == LIVE and written:
        reactions.react(kinds={pk: kind for pk, _owner, kind, _source, _key in fresh})
    return [ids[fact.source, fact.source_id] for fact in facts]


def _served(
    facts: Sequence[Fact], written: dict[tuple[str, str], Any], kinds: dict[str, Kind]
) -> list[tuple[int, int, datetime]]:
    """Who was served where and when, by the facts this call wrote."""
    return [
        (fact.customer_id, fact.store_id, fact.occurred_at)
        for fact in _written(facts, written)
        if fact.store_id is not None and kinds[fact.kind].ties
    ]


def _refuse_two_tellings(rows: list[dict[str, Any]]) -> None:
    """Raise Conflict when one key stands for two different facts in one batch: the insert would keep the first only."""
    prints: dict[tuple[str, str], str] = {}
    for row in rows:
        if prints.setdefault((row["source"], row["source_id"]), row["fingerprint"]) != row["fingerprint"]:
            raise Conflict("already_told_differently", TOLD_DIFFERENTLY)


def _written(facts: Sequence[Fact], written: dict[tuple[str, str], Any]) -> list[Fact]:
    """The facts this call wrote, each key once."""
    return list({(f.source, f.source_id): f for f in facts if (f.source, f.source_id) in written}.values())


def _row(number: int, fact: Fact, kinds: dict[str, Kind]) -> dict[str, Any]:
    kind = kinds.get(fact.kind)
    if kind is None:
        raise LookupError(f"kind {fact.kind} is not registered")
    unknown = set(fact.data) - set(kind.fields)
    if unknown:
        raise ValueError(f"kind {fact.kind} has no field {', '.join(sorted(unknown))}")
    if fact.channel not in CHANNELS:
        raise LookupError(f"channel {fact.channel} is not registered")
    if fact.occurred_at.tzinfo is None:
        raise ValueError("occurred_at must be aware")
    if not fact.source or not fact.source_id:
        raise ValueError("source and source_id name the fact; neither may be empty")
    content = {
        "kind": fact.kind,
        "customer_id": fact.customer_id,
        "occurred_at": fact.occurred_at.astimezone(UTC).isoformat(),
        "channel": str(fact.channel),
        "device": fact.device,
        "store_id": fact.store_id,
        "actor_id": fact.actor.user_id if fact.actor else None,
        "subject_kind": fact.subject[0] if fact.subject else "",
        "subject_id": fact.subject[1] if fact.subject else None,
        "product_ids": list(fact.product_ids),
        "visibility": str(fact.visibility),
        "text": fact.text,
        "data": fact.data,
        "corrects_id": fact.corrects_id,
    }
    return {
        **content,
        "nr": number,
        "uuid": str(Interaction._meta.get_field("uuid").get_default()),
        "recorded_at": clock.now().isoformat(),
        "source": fact.source,
        "source_id": fact.source_id,
        "is_material": kind.is_material,
        "fingerprint": hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest(),
    }


def _already_told(
    facts: Sequence[Fact], rows: list[dict[str, Any]], written: set[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """Return the ids of facts told before. Raises UnlockedCustomer or Conflict for those that were not."""
    left = [fact for fact in facts if (fact.source, fact.source_id) not in written]
    prints = {(row["source"], row["source_id"]): bytes.fromhex(row["fingerprint"]) for row in rows}
    known = {
        (row.source, row.source_id): row
        for row in Interaction.objects.filter(
            source__in={fact.source for fact in left}, source_id__in=[fact.source_id for fact in left]
        )
    }
    for fact in left:
        row = known.get((fact.source, fact.source_id))
        if row is None:
            raise UnlockedCustomer(f"customer {fact.customer_id} is not held by this transaction")
        if row.erased_at is None and bytes(row.fingerprint) != prints[fact.source, fact.source_id]:
            raise Conflict("already_told_differently", TOLD_DIFFERENTLY)
    return {key: row.pk for key, row in known.items()}


@transactions.retried
def erase(*, customer_id: int) -> int:
    """Blank the words and payload of a customer's rows, keeping what each kind says may stay; return how many.

    The only change the database lets pass. Repeatable. Locks the customer; the caller decides that it is lawful.
    """
    kinds = {plug.name: plug.value for plug in interaction_kinds.plugs()}
    with transaction.atomic():
        locks.hold_records(customer_ids=[customer_id])
        rows = list(Interaction.objects.filter(customer_id=customer_id, erased_at__isnull=True).only("kind", "data"))
        with connection.cursor() as cursor:
            for row in rows:
                kind = kinds.get(row.kind)
                kept = kind.erase(row.data) if kind and kind.erase else {}
                cursor.execute(
                    "SELECT journeys_erase_interaction(%s, %s::jsonb, %s)",
                    [row.pk, orjson.dumps(kept).decode(), clock.now()],
                )
    return len(rows)
