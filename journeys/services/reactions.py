"""What follows a fact: now in its transaction, or later by a worker. PostgreSQL is the queue.

A `later` reaction is a row written with the fact. A worker claims rows by lease (SKIP LOCKED), works them plug by
plug, and settles only rows whose lease is still its own. A dead worker's lease runs out; the sweep hands on.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F

from config.lib import clock, tasks
from config.lib.errors import DomainError
from customers.models import Role
from customers.services import attention
from journeys.hooks import Reactor, on_interaction
from journeys.models import Interaction, Reaction

log = logging.getLogger("yorisoi.reactions")
LEASE = timedelta(minutes=5)
TRIES = 5
BACKOFF_SECONDS = (10, 60, 300, 1800)

CLAIM = """
UPDATE journeys_reaction SET lease = %s, leased_until = %s, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM journeys_reaction
    WHERE state = 'waiting' AND due_at <= %s AND (leased_until IS NULL OR leased_until < %s)
    ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


def _reactors(kind: str, when: str) -> list[tuple[str, Reactor]]:
    return [
        (plug.name, plug.value)
        for plug in on_interaction.plugs()
        if plug.value.when == when and plug.value.kind in {kind, "*"}
    ]


def react(*, kinds: Mapping[int, str]) -> None:
    """Run the `now` reactors of facts (id: kind) and write a row per `later` one; nobody listening costs no query.

    Called by the timeline inside the fact's transaction. A `now` reactor that raises DomainError is rolled back alone
    (savepoint) and becomes an attention item; the fact stands. Any other exception is a bug and ends the transaction.
    """
    heard = {kind for kind in set(kinds.values()) if _reactors(kind, "now") or _reactors(kind, "later")}
    if not heard:
        return
    ids = [pk for pk, kind in kinds.items() if kind in heard]
    facts = list(Interaction.objects.filter(pk__in=ids).order_by("pk"))
    for kind in dict.fromkeys(fact.kind for fact in facts):
        told = [fact for fact in facts if fact.kind == kind]
        for name, reactor in _reactors(kind, "now"):
            _run_now(name, reactor, told)
    now = clock.now()
    later = [
        Reaction(interaction=fact, plug=name, due_at=now)
        for fact in facts
        for name, _reactor in _reactors(fact.kind, "later")
    ]
    if later:
        Reaction.objects.bulk_create(later)
        from journeys.tasks import work_reactions  # a task imports this module

        tasks.ring(work_reactions)


def _run_now(name: str, reactor: Reactor, told: list[Interaction]) -> None:
    try:
        with transaction.atomic():
            reactor.run(told)
    except DomainError as error:
        log.warning("reaction.refused", extra={"plug": name, "code": error.code, "facts": len(told)})
        for fact in told:
            attention.raise_item(
                kind="reaction_refused",
                key=f"{name}:{fact.pk}",
                owner_role=Role.ADMIN,
                customer_id=fact.customer_id,
                data={"plug": name, "code": error.code, "interaction": fact.pk},
            )


def work(*, limit: int = 500) -> int:
    """Claim up to `limit` due reactions, run them, settle them; return how many were claimed.

    Each plug's rows are worked in one transaction; when that fails they are worked one by one, so that a bad row does
    not hold the good ones. A failing row waits 10 s, 1 min, 5 min, 30 min, then is parked with an attention item.
    """
    lease = uuid.uuid4()
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, [lease, now + LEASE, now, now, limit])
        claimed = [row[0] for row in cursor.fetchall()]
    rows = list(Reaction.objects.filter(pk__in=claimed).select_related("interaction").order_by("pk"))
    for plug in dict.fromkeys(row.plug for row in rows):
        _work_plug(plug, [row for row in rows if row.plug == plug], lease)
    return len(claimed)


def _work_plug(plug: str, rows: list[Reaction], lease: uuid.UUID) -> None:
    if _attempt(plug, rows, lease) is None:
        return
    for row in rows:
        problem = _attempt(plug, [row], lease)
        if problem is not None:
            _put_back(row, lease, problem)


def _attempt(plug: str, rows: list[Reaction], lease: uuid.UUID) -> str | None:
    """Run one plug on rows and settle them in one transaction; return the problem, or None when done."""
    reactor = {entry.name: entry.value for entry in on_interaction.plugs()}.get(plug)
    if reactor is None:
        return "this reaction is not registered any more"
    try:
        with transaction.atomic():
            mine = Reaction.objects.filter(pk__in=[row.pk for row in rows], lease=lease, state=Reaction.State.WAITING)
            held = list(mine.locked().values_list("pk", flat=True))
            reactor.run([row.interaction for row in rows if row.pk in set(held)])
            Reaction.objects.filter(pk__in=held).update(
                state=Reaction.State.DONE, done_at=clock.now(), lease=None, leased_until=None, problem=""
            )
    except Exception as error:  # noqa: BLE001 - a plug's bug must not stop the others; it is logged and counted
        log.warning("reaction.failed", extra={"plug": plug, "error": type(error).__name__, "rows": len(rows)})
        return error.code if isinstance(error, DomainError) else type(error).__name__
    return None


def _put_back(row: Reaction, lease: uuid.UUID, problem: str) -> None:
    with transaction.atomic():
        mine = Reaction.objects.filter(pk=row.pk, lease=lease, state=Reaction.State.WAITING)
        if row.attempts < TRIES:
            wait = timedelta(seconds=BACKOFF_SECONDS[row.attempts - 1])
            mine.update(lease=None, leased_until=None, problem=problem, due_at=clock.now() + wait)
            return
        if mine.update(state=Reaction.State.PARKED, lease=None, leased_until=None, problem=problem):
            attention.raise_item(
                kind="reaction_parked",
                key=str(row.pk),
                owner_role=Role.ADMIN,
                customer_id=row.interaction.customer_id,
                data={"plug": row.plug, "problem": problem, "tries": row.attempts},
            )


def retry(*, reaction_ids: Sequence[int]) -> int:
    """Put parked reactions back in the queue with fresh tries; return how many."""
    with transaction.atomic():
        parked = Reaction.objects.filter(pk__in=list(reaction_ids), state=Reaction.State.PARKED)
        count = parked.update(state=Reaction.State.WAITING, attempts=F("attempts") * 0, due_at=clock.now(), problem="")
        if count:
            from journeys.tasks import work_reactions

            tasks.ring(work_reactions)
    return count
