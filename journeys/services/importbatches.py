"""A worker's part of an import: 500 rows a transaction, from where the run stands to the end of its file.

Check and run read the same rows in the same way; only the last step differs (plan or write). `next_line` moves in the
transaction of each batch, so a worker that dies leaves every row either done and counted, or not begun. A batch ends
only where a thing of several rows (an order) ends.
"""

from __future__ import annotations

import logging
import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from config.lib import clock, transactions
from config.lib.errors import DomainError
from customers.models import Store
from journeys.models import ImportProblem, ImportRun
from journeys.services import importfiles, importrows, importsubject, importsubjects
from journeys.services.importcolumns import LONGEST_NAME, Column
from journeys.services.importfiles import Row
from journeys.services.importrows import Lookups, Problem, RowReader
from journeys.services.importsubject import CREATED, REFUSED, TAKEN, UPDATED, Read, Subject, Terms, Unit

log = logging.getLogger("yorisoi.imports")
BATCH = 500
MOST_TOGETHER = 1_000  # rows of one thing; an order of more is no order
LEASE = timedelta(minutes=2)
MOST_PROBLEMS = 10_000
LONGEST_VALUE = 120
EXAMPLES = 5
ACTIVE = (ImportRun.State.CHECKING, ImportRun.State.RUNNING)
COUNTS: dict[str, tuple[str, str, str, str]] = {
    ImportRun.State.CHECKING: ("would_create", "would_update", "would_leave", "would_refuse"),
    ImportRun.State.RUNNING: ("created", "updated", "unchanged", "refused"),
}
# What one row of a batch may do wrong. Anything else is a bug or a database that is away, and ends the batch.
ROW_ERRORS = (DomainError, IntegrityError, DataError)


@dataclass(frozen=True)
class Job:
    """A run with everything its rows are read and written by."""

    run: ImportRun
    subject: Subject
    terms: Terms
    reader: RowReader


class SeenNumbers:
    """Which line named a number first. A private temporary database: in memory while small, on disk when not.

    Built again from the file by every worker that takes the run over, so that nothing has to be kept between them.
    """

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("CREATE TABLE seen (number TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self._rows.execute("BEGIN")

    def __enter__(self) -> SeenNumbers:
        return self

    def __exit__(self, *_error: object) -> None:
        self._rows.close()

    def first_line(self, number: str, line: int) -> int:
        """Return the line that named the number first: this one, unless it was seen before."""
        if self._rows.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (number, line)).rowcount:
            return line
        found = self._rows.execute("SELECT line FROM seen WHERE number = ?", (number,)).fetchone()
        return int(found[0])


def go_on(*, run: ImportRun, lease: uuid.UUID, until: float) -> bool:
    """Work the run's file from `next_line`; return whether its end was reached with the lease still ours.

    Stops at the monotonic time `until`, or when somebody else holds the lease or the run was discarded. Raises
    UnreadableFile or FileNotFoundError for a file that changed behind our back.
    """
    columns = [Column(**column) for column in run.columns["columns"]]
    stores = importrows.store_keys(list(Store.objects.all()))
    subject, terms = importsubjects.of(run.what), importsubject.terms_of(run)
    reader = subject.reader(columns, terms, Lookups(stores, timezone.localdate(clock.now())))
    job = Job(run, subject, terms, reader)
    with SeenNumbers() as seen:
        for batch in _batches(job, seen):
            if not _do(job, lease, batch) or time.monotonic() > until:
                return False
    return True


def _batches(job: Job, seen: SeenNumbers) -> Iterator[list[Unit]]:
    """Yield the things of the file, about BATCH rows at a time; no batch holds two of one name."""
    batch: list[Unit] = []
    rows = 0
    names: set[str] = set()
    for group in _groups(job, seen):
        if group[0].line < job.run.next_line:
            continue
        units = job.subject.units(group, job.terms)
        if rows >= BATCH or any(unit.key in names for unit in units if unit.value is not None):
            yield batch
            batch, rows, names = [], 0, set()
        batch += units
        rows += len(group)
        names |= {unit.key for unit in units if unit.value is not None}
    if batch:
        yield batch


def _groups(job: Job, seen: SeenNumbers) -> Iterator[list[Read]]:
    """Yield the rows of each thing. Rows before `next_line` are only looked at for what must not be repeated."""
    group: list[Read] = []
    before: str | None = None
    for row in _rows(job.run):
        name = job.reader.group(row)
        is_next = bool(group) and name is not None and name == before
        if group and (not is_next or len(group) == MOST_TOGETHER):
            if is_next and job.subject.is_whole:
                group[0].problems.insert(0, Problem("", name or "", f"group_too_long:{MOST_TOGETHER}"))
            yield group
            group = []
        start = group[0].line if group and job.subject.is_whole else row.line
        group.append(_read(job, seen, row, start))
        before = name
    if group:
        yield group


def _rows(run: ImportRun) -> Iterator[Row]:
    found = importfiles.rows(
        importfiles.path_of(run.path), encoding=run.encoding, delimiter=str(run.columns["delimiter"])
    )
    if run.columns.get("has_heading", True):
        next(found)
    return found


def _read(job: Job, seen: SeenNumbers, row: Row, start: int) -> Read:
    key = job.reader.once(row)
    first = seen.first_line(key, start) if key else start
    if row.line < job.run.next_line:
        return Read(row.line, None, [])
    said = job.reader.read(row)
    problems = said if isinstance(said, list) else []
    if first != start:
        value = (key or "").replace(importrows.JOINT, " / ")
        problems = [Problem(job.reader.once_column, value, f"{job.subject.repeated}:{first}"), *problems]
    return Read(row.line, None if problems or isinstance(said, list) else said, problems)


@transactions.retried
def _do(job: Job, lease: uuid.UUID, batch: Sequence[Unit]) -> bool:
    """Do one batch in one transaction; False, and nothing done, when the run is not ours any more. Locks the run."""
    state = job.run.state
    with transaction.atomic():
        run = ImportRun.objects.locked().filter(pk=job.run.pk, state=state, lease=lease).first()
        if run is None:
            return False
        good = [unit for unit in batch if unit.value is not None]
        outcomes = _planned(job, good) if state == ImportRun.State.CHECKING else _written(job, good)
        late = _late(good, outcomes)
        _note(run, [noted for unit in batch for noted in unit.problems] + late)
        refused = sum(len(unit.lines) for unit in batch if unit.value is None)
        _count(run, good, outcomes, refused)
        run.next_line = max(line for unit in batch for line in unit.lines) + 1
        run.leased_until = clock.now() + LEASE
        changed = ["next_line", "leased_until", *COUNTS[state]]
        if state == ImportRun.State.CHECKING and _keep_examples(run, job, good, outcomes):
            changed.append("columns")
        run.save(update_fields=changed)
    return True


def _late(good: Sequence[Unit], outcomes: Sequence[str]) -> list[tuple[int, Problem]]:
    """What only the database could say: noted at each row of a thing, so that the file of refused rows is whole."""
    told = []
    for unit, outcome in zip(good, outcomes, strict=True):
        if outcome not in TAKEN:
            first, *rest = unit.lines
            told.append((first, Problem("", unit.key, outcome.removeprefix(REFUSED))))
            told += [(line, Problem("", unit.key, f"with_line:{first}")) for line in rest]
    return told


def _planned(job: Job, good: Sequence[Unit]) -> list[str]:
    return job.subject.plan([unit.value for unit in good], job.terms) if good else []


def _written(job: Job, good: Sequence[Unit]) -> list[str]:
    """Write the things that change something; return an outcome each, or the code of why the database refused it.

    Looking first is cheap, and most rows of the file a till sends every night say what we know already.
    """
    outcomes = _planned(job, good)
    changing = [number for number, outcome in enumerate(outcomes) if outcome in {CREATED, UPDATED}]
    for number, outcome in zip(changing, _applied(job, [good[number] for number in changing]), strict=True):
        outcomes[number] = outcome
    return outcomes


def _applied(job: Job, units: Sequence[Unit]) -> list[str]:
    """Tried twice, since somebody who creates the same thing meanwhile makes the first try fail and not the second;
    then one by one, so that one bad row never spoils the rest."""
    if not units:
        return []
    for _try in range(2):
        try:
            return _write(job, units)
        except ROW_ERRORS:
            continue
    return [_applied_alone(job, unit) for unit in units]


def _applied_alone(job: Job, unit: Unit) -> str:
    try:
        return _write(job, [unit])[0]
    except ROW_ERRORS as error:
        data = {"run": job.run.pk, "line": unit.lines[0], "error": type(error).__name__}
        log.warning("import.row_refused", extra=data)
        return "conflict"


def _write(job: Job, units: Sequence[Unit]) -> list[str]:
    # A thing is named by its run and line: the same file again changes nothing and so tells nothing, whereas a value
    # that goes A, B and back to A in three files is three changes, and each must be told.
    values: list[Any] = [unit.value for unit in units]
    ids = [f"{job.terms.run}:{unit.lines[0]}" for unit in units]
    with transaction.atomic():
        return job.subject.write(values, ids, job.terms)


def _note(run: ImportRun, problems: Sequence[tuple[int, Problem]]) -> None:
    """Keep the problems, up to MOST_PROBLEMS a phase; the rest are only counted."""
    if not problems:
        return
    phase = ImportProblem.Phase.CHECK if run.state == ImportRun.State.CHECKING else ImportProblem.Phase.RUN
    room = max(0, MOST_PROBLEMS - ImportProblem.objects.filter(run=run, phase=phase).count())
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(
                run=run,
                phase=phase,
                line=line,
                column=problem.column[:LONGEST_NAME],
                value=_cut(problem.value),
                code=problem.code,
            )
            for line, problem in problems[:room]
        ],
        # Two columns of one name may both be wrong in a row; one entry names them.
        ignore_conflicts=True,
    )


def _cut(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1]}…"


def _count(run: ImportRun, good: Sequence[Unit], outcomes: Sequence[str], refused: int) -> None:
    """Add up rows, whatever they were read into: the sum of the four is what is done of `total`."""
    found = dict.fromkeys(TAKEN, 0)
    for unit, outcome in zip(good, outcomes, strict=True):
        if outcome in found:
            found[outcome] += len(unit.lines)
        else:
            refused += len(unit.lines)
    for name, count in zip(COUNTS[run.state], [*found.values(), refused], strict=True):
        setattr(run, name, getattr(run, name) + count)


def _keep_examples(run: ImportRun, job: Job, good: Sequence[Unit], outcomes: Sequence[str]) -> bool:
    """Keep the first few new and changed things with what would change; return whether there was one more to keep."""
    kept: dict[str, list[dict[str, Any]]] = run.columns.get("examples", {})
    more = {
        outcome: [unit for unit, told in zip(good, outcomes, strict=True) if told == outcome][
            : max(0, EXAMPLES - len(kept.get(outcome, [])))
        ]
        for outcome in (CREATED, UPDATED)
    }
    units = [unit for found in more.values() for unit in found]
    if not units:
        return False
    changes = iter(job.subject.changes([unit.value for unit in units], job.terms))
    told = {
        outcome: [
            *kept.get(outcome, []),
            *({"line": unit.lines[0], "name": unit.key, "changes": next(changes)} for unit in found),
        ]
        for outcome, found in more.items()
    }
    run.columns = {**run.columns, "examples": told}
    return True
