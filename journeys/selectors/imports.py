"""Imports as whoever may run them sees them: where each stands, what it would do, what it did, what it refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.db.models import QuerySet
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from config.lib import clock
from config.lib.errors import NotFound
from customers import access
from customers.access import Actor
from customers.models import Store
from journeys.models import ImportProblem, ImportRun, Variant
from journeys.selectors import importterms, importwords
from journeys.services import importcolumns, importfiles, importmatching, importprofiles, importsubjects
from journeys.services.importbatches import ACTIVE, MOST_PROBLEMS
from journeys.services.importcells import FORMULA

FIRST = 20
ROWS_FOR_ESTIMATE = 500
PATIENCE = timedelta(minutes=3)
State = ImportRun.State
BUSY, OK, WARN, BAD, PLAIN = "busy", "ok", "warn", "bad", "plain"


@dataclass(frozen=True)
class Figure:
    """One count: what the check promised, and what the run has done so far (None before it started)."""

    label: str
    promised: int
    done: int | None


@dataclass(frozen=True)
class MatchedColumn:
    """A column of the file, the field it fills (empty: not used), up to three values, and who said so (empty: nobody
    had to)."""

    name: str
    field: str
    label: str
    samples: list[str]
    origin: str


@dataclass(frozen=True)
class Example:
    """A thing the file would make or change: its line, its name, and (field, what we have, what the file says)."""

    line: int
    name: str
    changes: list[tuple[str, str, str]]


@dataclass(frozen=True)
class RefusedCell:
    """Why a row was refused: its line, the file's own name of the column, what it says, the reason in words."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class Overview:
    """Everything the page of one import shows, in the language in force."""

    run: ImportRun
    word: str
    tone: str
    step: int
    is_working: bool
    is_stalled: bool
    done: int
    estimate: str
    figures: list[Figure]
    changes: int
    columns: list[MatchedColumn]
    ignored: list[str]
    options: list[tuple[str, str]]
    may_match: bool
    may_correct: bool
    examples: list[tuple[str, list[Example]]]
    terms: list[tuple[str, str]]
    is_untested: bool
    write_words: str
    failure: tuple[str, str] | None
    refused: list[RefusedCell]
    more_refused: int
    is_cut: bool
    has_file: bool
    twin: ImportRun | None
    may_start: bool
    may_discard: bool


def runs_for(actor: Actor) -> QuerySet[ImportRun]:
    """Return the imports the actor may see, newest first; none without `import.run`."""
    return ImportRun.objects.all() if access.may(actor, "import.run") else ImportRun.objects.none()


def overview(*, actor: Actor, run_id: int) -> Overview:
    """Return the page of one import. Raises NotFound when it is not there or not visible. 4 queries."""
    run = runs_for(actor).select_related("requested_by").filter(pk=run_id).first()
    if run is None:
        raise NotFound("not_found", _("This import does not exist."))
    columns = run.columns.get("columns", [])
    word, tone = word_of(run)
    problems = _problems(run)
    kept = problems.count()
    first = [_refused(problem) for problem in problems[:FIRST]]
    labels = importterms.labels_of(run.what)
    return Overview(
        run=run,
        word=word,
        tone=tone,
        step=4 if run.started_at else 2 if run.state == State.MATCHING else 3,
        is_working=run.state in ACTIVE,
        is_stalled=run.state in ACTIVE and _is_stalled(run),
        done=done_of(run),
        estimate=_estimate(run),
        figures=_figures(run),
        changes=run.would_create + run.would_update,
        columns=[_matched(column, labels) for column in columns],
        ignored=[column["name"] for column in columns if not column["field"] and column["name"]],
        options=list(labels.items()),
        may_match=run.state in {State.MATCHING, State.CHECKED} and bool(run.path),
        may_correct=not importprofiles.layout_of(run.profile, what=run.what).is_row_an_order,
        examples=_examples(run, labels),
        terms=importterms.terms_of(run),
        is_untested=importterms.is_untested(run.profile),
        write_words=importterms.write_words(run),
        failure=importwords.failure(run.failure, columns=columns, what=run.what) if run.failure else None,
        refused=first,
        more_refused=kept - len(first),
        is_cut=kept >= MOST_PROBLEMS,
        has_file=bool(run.path),
        twin=_twin(run),
        may_start=run.state == State.CHECKED and bool(run.would_create + run.would_update),
        may_discard=run.state in importmatching.OPEN,
    )


def _matched(column: dict[str, Any], labels: dict[str, str]) -> MatchedColumn:
    samples = [value for value in (column["sample"], *column.get("others", [])) if value]
    origin = importterms.origin_words(column.get("origin", "")) if column["field"] else ""
    return MatchedColumn(column["name"], column["field"], labels.get(column["field"], ""), samples, origin)


def _examples(run: ImportRun, labels: dict[str, str]) -> list[tuple[str, list[Example]]]:
    """The first few things the check would make or change, until the run has started."""
    kept = run.columns.get("examples", {}) if run.state in {State.CHECKING, State.CHECKED} else {}
    groups = ((pgettext("import", "New"), "created"), (pgettext("import", "Changed"), "updated"))
    return [
        (title, [_example(example, labels) for example in kept[outcome]])
        for title, outcome in groups
        if kept.get(outcome)
    ]


def _example(kept: dict[str, Any], labels: dict[str, str]) -> Example:
    changes = [(labels.get(field, field), before, after) for field, before, after in kept["changes"]]
    return Example(kept["line"], kept["name"], changes)


def with_choice(view: Overview, *, chosen: Sequence[str], code: str) -> Overview:
    """Return the page with what somebody chose for the columns, and why that cannot be taken."""
    told = {name for name, _label in view.options}
    columns = [
        replace(column, field=field if field in told else "")
        for column, field in zip(view.columns, [*chosen, *[""] * len(view.columns)], strict=False)
    ]
    named = [{"name": column.name, "field": column.field} for column in columns]
    return replace(view, columns=columns, failure=importwords.failure(code, columns=named, what=view.run.what))


def word_of(run: ImportRun) -> tuple[str, str]:
    """Return where the import stands, in a word, and the tone it is told in."""
    if run.state == State.DONE:
        if not run.refused:
            return pgettext("import", "Succeeded"), OK
        if run.created + run.updated + run.unchanged:
            return pgettext("import", "Partly refused"), WARN
        return pgettext("import", "Every row refused"), BAD
    if run.state == State.FAILED:
        return (pgettext("import", "Stopped") if run.started_at else str(State.FAILED.label)), BAD
    if run.state == State.MATCHING:
        return str(State.MATCHING.label), WARN
    if run.state == State.CHECKING and not run.total:
        return pgettext("import", "Being read"), BUSY
    return str(State(run.state).label), BUSY if run.state in ACTIVE else PLAIN


def outcome_of(run: ImportRun) -> str:
    """Return what an import did, or would do, in one sentence; empty while neither is known."""
    if run.started_at:
        counts = (run.created, run.updated, run.unchanged, run.refused)
        words = _("%(new)s new, %(changed)s changed, %(same)s already there, %(refused)s refused")
    elif run.state in {State.CHECKED, State.DISCARDED} and run.total:
        counts = (run.would_create, run.would_update, run.would_leave, run.would_refuse)
        words = _("Would be: %(new)s new, %(changed)s changed, %(same)s already there, %(refused)s refused")
    else:
        return ""
    shown = [formats.number_format(count, force_grouping=True) for count in counts]
    return words % dict(zip(("new", "changed", "same", "refused"), shown, strict=True))


def refused_file(*, actor: Actor, run_id: int) -> tuple[str, str, Iterator[bytes]]:
    """Return a file name, its characters and the refused rows as CSV: line, reason, then the row as it came.

    It has the characters of the file itself (UTF-8 with BOM, or cp932). A cell a spreadsheet would run as a formula
    gets an apostrophe in front. Everything that needs the database or the language is done before this returns. Raises
    NotFound when there is no such import or its file was deleted.
    """
    run = runs_for(actor).filter(pk=run_id).first()
    if run is None or not run.path or not run.encoding or not importfiles.path_of(run.path).exists():
        raise NotFound("not_found", _("This file was deleted: files are kept for 30 days."))
    reasons: dict[int, list[str]] = {}
    for problem in _problems(run):
        cell = _refused(problem)
        words = _("%(column)s: %(reason)s") % vars(cell) if cell.column else cell.reason
        reasons.setdefault(cell.line, []).append(words)
    name = f"{PurePath(run.file_name).stem} {_('refused rows')}.csv"
    return name, run.encoding, _refused_rows(run, reasons, [_("line"), _("reason")])


def sample_file(what: str) -> list[list[str]]:
    """Return the rows of our sample file in the language in force, with a store and products that exist.

    Raises NotFound for a kind of file there is not. 2 queries.
    """
    if what not in importsubjects.BY_WHAT:
        raise NotFound("not_found", _("There is no such kind of file."))
    code = Store.objects.filter(is_open=True).values_list("code", flat=True).first()
    skus = [*Variant.objects.order_by("pk").values_list("sku", flat=True)[:2], "", ""]
    values = {"store": code or "", "sku": skus[0], "other_sku": skus[1]}
    return importcolumns.sample(fields=importsubjects.of(what).fields, values=values)


def csv_lines(rows: Iterator[Sequence[str]], *, encoding: str = "utf-8") -> Iterator[bytes]:
    """Yield rows as CSV a spreadsheet opens without asking: UTF-8 with BOM or cp932, formulas made harmless.

    What a reason says and cp932 cannot is replaced; the rows themselves came in these characters.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    if encoding == ImportRun.Encoding.UTF8:
        yield "\ufeff".encode()
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
        yield buffer.getvalue().encode(encoding, errors="replace")
        buffer.seek(0)
        buffer.truncate()


def _refused_rows(run: ImportRun, reasons: dict[int, list[str]], headings: list[str]) -> Iterator[bytes]:
    def rows() -> Iterator[Sequence[str]]:
        left = set(reasons)
        found = importfiles.rows(
            importfiles.path_of(run.path), encoding=run.encoding, delimiter=str(run.columns["delimiter"])
        )
        names = [column["name"] for column in run.columns["columns"]]
        yield [*headings, *(next(found).cells if run.columns.get("has_heading", True) else names)]
        for row in found:
            if not left:
                return
            if row.line in left:
                left.remove(row.line)
                yield [str(row.line), " / ".join(reasons[row.line]), *row.cells]

    return csv_lines(rows(), encoding=run.encoding)


def _problems(run: ImportRun) -> QuerySet[ImportProblem]:
    """The problems of the phase that counts: the run's once it has started, else the check's."""
    phase = ImportProblem.Phase.RUN if run.started_at else ImportProblem.Phase.CHECK
    return ImportProblem.objects.filter(run=run, phase=phase).order_by("line", "id")


def _refused(problem: ImportProblem) -> RefusedCell:
    return RefusedCell(problem.line, problem.column, problem.value, importwords.reason(problem.code))


def done_of(run: ImportRun) -> int:
    """Return how many rows this phase has done."""
    if run.started_at:
        return run.created + run.updated + run.unchanged + run.refused
    return run.would_create + run.would_update + run.would_leave + run.would_refuse


def _is_stalled(run: ImportRun) -> bool:
    """Whether no worker holds the run although the sweep has come by at least once."""
    now = clock.now()
    is_held = run.leased_until is not None and run.leased_until >= now
    return not is_held and (run.leased_until or run.started_at or run.created_at) < now - PATIENCE


def _estimate(run: ImportRun) -> str:
    done = done_of(run)
    if run.state not in ACTIVE or done < ROWS_FOR_ESTIMATE or not run.total:
        return ""
    begun = datetime.fromisoformat(run.columns["begun"]) if "begun" in run.columns else run.created_at
    elapsed = (clock.now() - (run.started_at or begun)).total_seconds()
    minutes = round(elapsed / done * (run.total - done) / 60)
    if minutes < 1:
        return _("Less than a minute left.")
    return ngettext("About %(minutes)d minute left.", "About %(minutes)d minutes left.", minutes) % {"minutes": minutes}


def _figures(run: ImportRun) -> list[Figure]:
    started = run.started_at is not None
    return [
        Figure(label, promised, done if started else None)
        for label, promised, done in (
            (pgettext("import", "New"), run.would_create, run.created),
            (pgettext("import", "Changed"), run.would_update, run.updated),
            (pgettext("import", "Already there"), run.would_leave, run.unchanged),
            (pgettext("import", "Refused"), run.would_refuse, run.refused),
        )
    ]


def _twin(run: ImportRun) -> ImportRun | None:
    """The newest earlier import of the very same file that was run or still may be; told until this one is done."""
    if run.state not in {*ACTIVE, State.CHECKED}:
        return None
    twins = ImportRun.objects.filter(sha256=run.sha256, pk__lt=run.pk)
    return twins.exclude(state__in=[State.FAILED, State.DISCARDED]).order_by("-id").first()
