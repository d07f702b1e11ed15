"""Data from a file: uploaded, checked without writing, run in batches. Called by the back office and by workers.

The rows of ImportRun are the queue: a worker holds a run by a lease, and the sweep hands a dead worker's run on.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from zoneinfo import available_timezones

from django.db import DatabaseError, OperationalError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib import clock, limits
from config.lib.errors import Conflict, DomainError, FieldError, Invalid
from customers import access
from customers.access import Actor
from customers.models import Role
from customers.services import attention
from journeys.models import ImportProblem, ImportRun
from journeys.services import (
    importbatches,
    importcells,
    importcolumns,
    importfiles,
    importmatching,
    importprofiles,
    importruns,
    importsubjects,
    importsurvey,
)
from journeys.services.importbatches import ACTIVE, LEASE
from journeys.services.importcolumns import Column
from journeys.services.importfiles import UnreadableFile

log = logging.getLogger("yorisoi.imports")
SLICE_SECONDS = 120.0  # well below the tasks' time limit; what is left goes on in the next task
KEPT = timedelta(days=30)
UPLOADS_AN_HOUR = 60
LONGEST_FILE_NAME = 200
State = ImportRun.State
# Errors of ours, as opposed to a part that is away: trying again would only end the same way.
BUGS = (ArithmeticError, AssertionError, AttributeError, DatabaseError, DomainError, LookupError, RuntimeError,
        TypeError, ValueError)  # fmt: skip


@dataclass(frozen=True)
class FileTerms:
    """What the person who uploads says about a file."""

    what: str = ImportRun.What.CUSTOMERS.value
    profile: str = importprofiles.NONE
    mode: str = ImportRun.Mode.HISTORY.value
    zone: str = "Asia/Tokyo"
    currency: str = "JPY"


def receive(*, actor: Actor, file_name: str, chunks: Iterable[bytes], terms: FileTerms | None = None) -> ImportRun:
    """Keep an uploaded file and have it checked; return its run. Nothing the file says is written.

    Raises Refused without `import.run`, TooMany (60 an hour), Invalid (`import_terms`, `file_too_large`,
    `file_empty`), Unavailable.
    """
    access.require(actor, "import.run")
    told = _sound(terms or FileTerms())
    if actor.user_id is None:
        raise ValueError("an import is asked for by a person")
    limits.take("import-upload", str(actor.user_id), limit=UPLOADS_AN_HOUR, seconds=3600)
    kept = importfiles.keep(chunks)
    try:
        with transaction.atomic():
            run = ImportRun.objects.create(
                file_name=_plain_name(file_name),
                path=kept.path,
                sha256=kept.sha256,
                size=kept.size,
                **asdict(told),
                requested_by_id=actor.user_id,
                created_at=clock.now(),
            )
            importruns.ring(run.pk)
    except BaseException:
        importfiles.forget(kept.path)
        raise
    return run


def start(*, actor: Actor, run_id: int) -> None:
    """Have a checked file written. Raises Refused, NotFound, Conflict (`import_not_checked`). Locks the run."""
    access.require(actor, "import.run")
    with transaction.atomic():
        run = importruns.locked(run_id)
        if run.state != State.CHECKED:
            raise Conflict("import_not_checked", _("Not started. Only a file that was just checked can be run."))
        run.state, run.started_at, run.next_line = State.RUNNING, clock.now(), 0
        run.save(update_fields=["state", "started_at", "next_line"])
        importruns.ring(run.pk)


def discard(*, actor: Actor, run_id: int) -> None:
    """Drop a file that was not run, and delete it. Raises Refused, NotFound, Conflict (`import_started`).

    Locks the run. A check still going on stops at its next batch.
    """
    access.require(actor, "import.run")
    with transaction.atomic():
        run = importruns.locked(run_id)
        if run.state not in importmatching.OPEN:
            raise Conflict("import_started", _("Not discarded. This file has been run or discarded already."))
        run.state, run.finished_at, run.lease, run.leased_until = State.DISCARDED, clock.now(), None, None
        run.save(update_fields=["state", "finished_at", "lease", "leased_until"])
        path = _forget(run)
    importfiles.forget(path)


def work(*, run_id: int, seconds: float = SLICE_SECONDS) -> None:
    """Go on with one run, check or run, for at most about `seconds`; what is left is rung for again.

    Does nothing when another worker holds the run or it is not under way. Repeatable: killed at any moment, the next
    worker goes on from the last finished batch. Raises what says that a part is away (database, disk); the lease then
    runs out and the sweep tries again.
    """
    lease = _claim(run_id)
    if lease is None:
        return
    run = ImportRun.objects.get(pk=run_id)
    try:
        if not run.encoding and not _survey(run, lease):
            return
        if importbatches.go_on(run=run, lease=lease, until=time.monotonic() + seconds):
            _finish(run, lease)
        else:
            _hand_on(run, lease)
    except UnreadableFile as problem:
        _fail(run, lease, problem.reason, list(problem.columns))
    except FileNotFoundError:
        _fail(run, lease, "file_lost", [])
    except OperationalError:
        raise
    except BUGS:
        log.exception("import.broken", extra={"run": run_id, "line": run.next_line})
        _fail(run, lease, "unexpected", [])


def work_abandoned(*, seconds: float = SLICE_SECONDS) -> int:
    """Go on with runs nobody holds, the longest waiting first, for about `seconds`; return how many were taken up.

    Forgets what was uploaded more than 30 days ago as well.
    """
    until, taken = time.monotonic() + seconds, 0
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=clock.now())
    waiting = ImportRun.objects.filter(free, state__in=ACTIVE)
    for run_id in list(waiting.order_by(F("leased_until").asc(nulls_first=True), "pk").values_list("pk", flat=True)):
        left = until - time.monotonic()
        if left <= 0:
            break
        work(run_id=run_id, seconds=left)
        taken += 1
    _forget_old()
    return taken


def _sound(terms: FileTerms) -> FileTerms:
    """Return the terms. Raises Invalid (`import_terms`) for a choice there is not."""
    choices = (
        ("what", terms.what in importsubjects.BY_WHAT),
        ("profile", importprofiles.knows(terms.profile, what=terms.what)),
        ("mode", terms.mode in ImportRun.Mode.values),
        ("zone", terms.zone in available_timezones()),
        ("currency", terms.currency in importcells.CURRENCIES),
    )
    wrong = [name for name, is_known in choices if not is_known]
    if wrong:
        message = _("Not uploaded. Choose each of the answers from its list.")
        fields = tuple(FieldError(f"/{name}", "import_terms", message) for name in wrong)
        raise Invalid("import_terms", message, fields=fields)
    return terms


def _plain_name(name: str) -> str:
    """The last part of a file name, without control characters, cut in the middle so that its ending stays."""
    plain = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "", re.split(r"[/\\]", name)[-1]).strip() or "import.csv"
    return plain if len(plain) <= LONGEST_FILE_NAME else f"{plain[: LONGEST_FILE_NAME - 21]}…{plain[-20:]}"


def _claim(run_id: int) -> uuid.UUID | None:
    """Take a free run under way for LEASE; None when there is nothing to take. One statement decides."""
    lease, now = uuid.uuid4(), clock.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    with transaction.atomic():
        mine = ImportRun.objects.filter(free, pk=run_id, state__in=ACTIVE)
        taken = mine.update(lease=lease, leased_until=now + LEASE)
    return lease if taken else None


def _survey(run: ImportRun, lease: uuid.UUID) -> bool:
    """Look at the file and its columns; return whether it can be read on, False when a person must match columns."""
    subject = importsubjects.of(run.what)
    layout = importprofiles.layout_of(run.profile, what=run.what)
    survey = importsurvey.of(importfiles.path_of(run.path), subject=subject, layout=layout)
    columns = importmatching.remembered(survey.columns, what=run.what, mark=survey.mark)
    run.encoding, run.total = survey.encoding, survey.total
    run.columns = {
        "delimiter": survey.delimiter,
        "has_heading": survey.has_heading,
        "mark": survey.mark,
        "columns": [asdict(column) for column in columns],
    }
    changes = {"encoding": run.encoding, "total": run.total, "columns": run.columns}
    lack = importcolumns.lacking(columns, needs=subject.needed(run.profile))
    if not lack:
        return _settle(run, lease, **changes)
    _settle(run, lease, **changes, state=State.MATCHING, failure=lack, lease=None, leased_until=None)
    return False


def _settle(run: ImportRun, held: uuid.UUID, /, **changes: object) -> bool:
    """Change a run that is still ours and still under way; False when it is not."""
    with transaction.atomic():
        return bool(ImportRun.objects.filter(pk=run.pk, lease=held, state=run.state).update(**changes))


def _hand_on(run: ImportRun, lease: uuid.UUID) -> None:
    if _settle(run, lease, lease=None, leased_until=None):
        importruns.ring(run.pk)


def _finish(run: ImportRun, lease: uuid.UUID) -> None:
    is_check = run.state == State.CHECKING
    ended = {"state": State.CHECKED} if is_check else {"state": State.DONE, "finished_at": clock.now()}
    with transaction.atomic():
        is_ours = _settle(run, lease, lease=None, leased_until=None, **ended)
        if is_ours and not is_check:
            _tell_refused(run)
    if is_ours:
        log.info("import.checked" if is_check else "import.done", extra={"run": run.pk, "rows": run.total})


def _tell_refused(run: ImportRun) -> None:
    run.refresh_from_db(fields=["refused"])
    if run.refused:
        data = {"run": run.pk, "count": run.refused}
        attention.raise_item(kind="import_refused", key=str(run.pk), owner_role=Role.DATA_STEWARD, data=data)


def _fail(run: ImportRun, lease: uuid.UUID, reason: str, columns: list[Column]) -> None:
    changes: dict[str, object] = {"columns": {"columns": [asdict(column) for column in columns]}} if columns else {}
    changes |= {"state": State.FAILED, "failure": reason, "finished_at": clock.now()}
    with transaction.atomic():
        is_ours = _settle(run, lease, lease=None, leased_until=None, **changes)
        if is_ours and run.started_at:
            key, owner = str(run.pk), Role.DATA_STEWARD
            attention.raise_item(kind="import_stopped", key=key, owner_role=owner, data={"run": run.pk})
    if is_ours:
        log.warning("import.failed", extra={"run": run.pk, "reason": reason})


def _forget(run: ImportRun) -> str:
    """Drop what we quoted from the file, keep counts and reasons; return the path to delete once that is committed."""
    kept = {name: value for name, value in run.columns.items() if name != "examples"}
    quoted = run.columns.get("columns", [])
    run.columns = {**kept, "columns": [{**column, "sample": "", "others": []} for column in quoted]}
    ImportProblem.objects.filter(run=run).update(value="")
    path, run.path = run.path, ""
    run.save(update_fields=["columns", "path"])
    return path


def _forget_old() -> None:
    before = clock.now() - KEPT
    old = ImportRun.objects.exclude(state__in=ACTIVE).exclude(path="").filter(created_at__lt=before)
    for run_id in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            run = importruns.locked(run_id)
            if run.state in importmatching.OPEN:
                run.state, run.finished_at = State.DISCARDED, clock.now()
                run.save(update_fields=["state", "finished_at"])
            path = _forget(run)
        importfiles.forget(path)
