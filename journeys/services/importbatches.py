"""A worker's part of an import: 500 rows a transaction, from where the run stands to the end of its file.

Check and run read the same rows in the same way; only the last step differs (plan or upsert). `next_line` moves in the
transaction of each batch, so a worker that dies leaves every row either done and counted, or not begun.
"""

from __future__ import annotations

import logging
import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from config.lib import clock, transactions
from config.lib.errors import DomainError
from customers import access
from customers.models import Store
from customers.services import profiles
from customers.services.profiles import CREATED, UNCHANGED, UPDATED, ProfileIn
from journeys.models import ImportProblem, ImportRun
from journeys.services import importfiles, importrows
from journeys.services.importcolumns import LONGEST_NAME, Column
from journeys.services.importfiles import Row
from journeys.services.importrows import Lookups, Problem, Reader

log = logging.getLogger("yorisoi.imports")
BATCH = 500
LEASE = timedelta(minutes=2)
MOST_PROBLEMS = 10_000
LONGEST_VALUE = 120
SOURCE = "import:customers"
ACTIVE = (ImportRun.State.CHECKING, ImportRun.State.RUNNING)
COUNTS: dict[str, tuple[str, str, str, str]] = {
    ImportRun.State.CHECKING: ("would_create", "would_update", "would_leave", "would_refuse"),
    ImportRun.State.RUNNING: ("created", "updated", "unchanged", "refused"),
}
# What one row of a batch may do wrong. Anything else is a bug or a database that is away, and ends the batch.
ROW_ERRORS = (DomainError, IntegrityError, DataError)


@dataclass
class Read:
    """One row as read: what it says about a member, or its problems."""

    line: int
    profile: ProfileIn | None
    problems: list[Problem]


class SeenNumbers:
    """Which line named a member number first. A private temporary database: in memory while small, on disk when not.

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
    reader = Reader(columns, Lookups(stores, timezone.localdate(clock.now())))
    with SeenNumbers() as seen:
        for batch in _batches(run, reader, seen, columns):
            if not _do(run.pk, run.state, lease, batch) or time.monotonic() > until:
                return False
    return True


def _batches(run: ImportRun, reader: Reader, seen: SeenNumbers, columns: Sequence[Column]) -> Iterator[list[Read]]:
    found = importfiles.rows(
        importfiles.path_of(run.path), encoding=run.encoding, delimiter=str(run.columns["delimiter"])
    )
    next(found)
    number_column = next(column.name for column in columns if column.field == "member_number")
    batch: list[Read] = []
    for row in found:
        number = reader.member_number(row)
        first = seen.first_line(number, row.line) if number else row.line
        if row.line < run.next_line:
            continue
        batch.append(_read(reader, row, Problem(number_column, number or "", f"repeated:{first}"), first))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _read(reader: Reader, row: Row, repeated: Problem, first: int) -> Read:
    said = reader.read(row)
    problems = said if isinstance(said, list) else []
    if first != row.line:
        problems = [repeated, *problems]
    return Read(row.line, None if problems or isinstance(said, list) else said, problems)


@transactions.retried
def _do(run_id: int, state: str, lease: uuid.UUID, batch: Sequence[Read]) -> bool:
    """Do one batch in one transaction; False, and nothing done, when the run is not ours any more. Locks the run."""
    with transaction.atomic():
        run = ImportRun.objects.locked().filter(pk=run_id, state=state, lease=lease).first()
        if run is None:
            return False
        good = [(read.line, read.profile) for read in batch if read.profile is not None]
        outcomes = _planned(good) if state == ImportRun.State.CHECKING else _written(run, good)
        late = [
            (line, Problem("", profile.member_number, outcome))
            for (line, profile), outcome in zip(good, outcomes, strict=True)
            if outcome not in {CREATED, UPDATED, UNCHANGED}
        ]
        problems = [(read.line, problem) for read in batch for problem in read.problems] + late
        _note(run, problems)
        _count(run, outcomes, refused=len(batch) - len(good) + len(late))
        run.next_line = batch[-1].line + 1
        run.leased_until = clock.now() + LEASE
        run.save(update_fields=["next_line", "leased_until", *COUNTS[state]])
    return True


def _planned(good: Sequence[tuple[int, ProfileIn]]) -> list[str]:
    return profiles.plan(rows=[profile for _line, profile in good]).outcomes if good else []


def _written(run: ImportRun, good: Sequence[tuple[int, ProfileIn]]) -> list[str]:
    """Write the rows that change something; return an outcome each, or the code of why the database refused it.

    Looking first is cheap, and most rows of the file a till sends every night say what we know already.
    """
    outcomes = _planned(good)
    changing = [number for number, outcome in enumerate(outcomes) if outcome != UNCHANGED]
    for number, outcome in zip(changing, _applied(run, [good[number] for number in changing]), strict=True):
        outcomes[number] = outcome
    return outcomes


def _applied(run: ImportRun, rows: Sequence[tuple[int, ProfileIn]]) -> list[str]:
    """Tried twice, since somebody who creates the same member meanwhile makes the first try fail and not the second;
    then row by row, so that one bad row never spoils the rest."""
    if not rows:
        return []
    for _try in range(2):
        try:
            return _upsert(run, rows)
        except ROW_ERRORS:
            continue
    return [_applied_alone(run, row) for row in rows]


def _applied_alone(run: ImportRun, row: tuple[int, ProfileIn]) -> str:
    try:
        return _upsert(run, [row])[0]
    except ROW_ERRORS as error:
        log.warning("import.row_refused", extra={"run": run.pk, "line": row[0], "error": type(error).__name__})
        return "conflict"


def _upsert(run: ImportRun, rows: Sequence[tuple[int, ProfileIn]]) -> list[str]:
    # A row is named by its run and line: the same file again changes nothing and so tells nothing, whereas a value that
    # goes A, B and back to A in three files is three changes, and each must be told.
    with transaction.atomic():
        return profiles.upsert(
            actor=access.system(access.SYSTEM_IMPORT),
            rows=[profile for _line, profile in rows],
            source=SOURCE,
            source_ids=[f"{run.uuid}:{line}" for line, _profile in rows],
            occurred_at=run.started_at,
        ).outcomes


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


def _count(run: ImportRun, outcomes: Sequence[str], *, refused: int) -> None:
    counts = [*(outcomes.count(outcome) for outcome in (CREATED, UPDATED, UNCHANGED)), refused]
    for name, count in zip(COUNTS[run.state], counts, strict=True):
        setattr(run, name, getattr(run, name) + count)
