"""A file brought in from end to end in this process, as `manage.py import_file` does: receive, check, run.

The same services as the pages: a worker that picks the run up meanwhile does part of it, and both are waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from customers.access import Actor
from journeys.models import ImportRun
from journeys.services import importfiles, importmatching, imports
from journeys.services.importbatches import ACTIVE
from journeys.services.imports import FileTerms

SLICE_SECONDS = 2.0
PAUSE_SECONDS = 0.5
Tell = Callable[[ImportRun], None]
State = ImportRun.State


def bring_in(
    *,
    actor: Actor,
    path: Path,
    terms: FileTerms,
    is_check_only: bool,
    tell: Tell,
    columns: Mapping[str, str] | None = None,
) -> ImportRun:
    """Receive a file, check it and, unless only asked to check, run it; return its run at the end.

    `columns` maps headings to fields where the file's own names are not enough. `tell` is called each few seconds with
    the run as it stands. Comes back in state matching or failed when the file cannot be read. Raises as
    `imports.receive` and `importmatching.match`; OSError when the path cannot be opened.
    """
    with path.open("rb") as file:
        run = imports.receive(actor=actor, file_name=path.name, chunks=_chunks(file.read), terms=terms)
    run = _worked(run, tell)
    if columns and run.state in {State.MATCHING, State.CHECKED}:
        chosen = [columns.get(column["name"], column["field"]) for column in run.columns["columns"]]
        importmatching.match(actor=actor, run_id=run.pk, chosen=chosen)
        run = _worked(run, tell)
    if run.state != State.CHECKED or is_check_only:
        return run
    imports.start(actor=actor, run_id=run.pk)
    return _worked(run, tell)


def _chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    yield from iter(lambda: read(importfiles.CHUNK), b"")


def _worked(run: ImportRun, tell: Tell) -> ImportRun:
    """Work a run to the end of its phase, or wait for whoever holds it."""
    while True:
        before = run.next_line
        imports.work(run_id=run.pk, seconds=SLICE_SECONDS)
        run = ImportRun.objects.get(pk=run.pk)
        tell(run)
        if run.state not in ACTIVE:
            return run
        if run.next_line == before:
            time.sleep(PAUSE_SECONDS)


def refused_lines(*, run: ImportRun) -> Iterable[tuple[int, str, str, str]]:
    """Yield the problems of the phase that counts: line, column, what it says, code. 1 query."""
    phase = "run" if run.started_at else "check"
    return run.problems.filter(phase=phase).order_by("line", "id").values_list("line", "column", "value", "code")
