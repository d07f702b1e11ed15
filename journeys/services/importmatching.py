"""Which column means what: decided by a person once, remembered for every file with the same headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock
from config.lib.errors import Conflict, Invalid
from customers import access
from customers.access import Actor
from journeys.models import ImportMapping, ImportProblem, ImportRun
from journeys.services import importcolumns, importruns, importsubjects
from journeys.services.importcolumns import CHOSEN, REMEMBERED, Column

State = ImportRun.State
# Before anything is written; afterwards the columns are history.
OPEN = (State.MATCHING, State.CHECKING, State.CHECKED)


def remembered(columns: Sequence[Column], *, what: str, mark: str) -> list[Column]:
    """Return the columns as somebody matched them for an earlier file with these headings, else as given. 1 query."""
    mapping = ImportMapping.objects.filter(what=what, headings=mark).first()
    if mapping is None:
        return list(columns)
    own = importcolumns.own_columns([column.name for column in columns])
    chosen = [*[""] * own, *mapping.fields.get("columns", [])]
    known = {field.name for field in importsubjects.of(what).fields}
    return importcolumns.matched(columns, chosen=[name if name in known else "" for name in chosen], origin=REMEMBERED)


def match(*, actor: Actor, run_id: int, chosen: Sequence[str]) -> None:
    """Say which field each column of a file is (empty: not used), in file order, and have the file checked again.

    Remembered for every file with the same headings. Raises Refused, NotFound, Conflict (`import_started`), Invalid
    (`columns_unknown`, `columns_missing`, `columns_repeated`, `no_known_column`: `code` may carry `:fields`), and
    changes nothing then. Locks the run; a check still going on stops at its next batch.
    """
    access.require(actor, "import.run")
    with transaction.atomic():
        run = importruns.locked(run_id)
        if run.state not in OPEN or not run.encoding:
            raise Conflict("import_started", _("Not changed. This file is not waiting for its columns any more."))
        columns = _checked(run, chosen)
        ImportMapping.objects.update_or_create(
            what=run.what,
            headings=run.columns["mark"],
            defaults={
                "profile": run.profile,
                "fields": {"columns": _without_ours(columns)},
                "updated_by_id": actor.account_id,
                "updated_at": clock.now(),
            },
        )
        _check_again(run, columns)
        importruns.ring(run.pk)


def _checked(run: ImportRun, chosen: Sequence[str]) -> list[Column]:
    columns = [Column(**column) for column in run.columns["columns"]]
    subject = importsubjects.of(run.what)
    known = {"", *(field.name for field in subject.fields)}
    if len(chosen) != len(columns) or not known.issuperset(chosen):
        raise Invalid("columns_unknown", _("Not changed. Load the page again and choose a field for each column."))
    decided = importcolumns.matched(columns, chosen=chosen, origin=CHOSEN)
    lack = importcolumns.lacking(decided, needs=subject.needed(run.profile))
    if lack:
        raise Invalid(lack, _("Not changed. Some columns still need a decision."))
    return decided


def _without_ours(columns: Sequence[Column]) -> list[str]:
    own = importcolumns.own_columns([column.name for column in columns])
    return [column.field for column in columns[own:]]


def _check_again(run: ImportRun, columns: Sequence[Column]) -> None:
    kept = {name: value for name, value in run.columns.items() if name != "examples"}
    run.columns = {**kept, "columns": [asdict(column) for column in columns], "begun": clock.now().isoformat()}
    run.state, run.failure, run.next_line, run.lease, run.leased_until = State.CHECKING, "", 0, None, None
    run.would_create = run.would_update = run.would_leave = run.would_refuse = 0
    ImportProblem.objects.filter(run=run).delete()
    run.save(
        update_fields=["columns", "state", "failure", "next_line", "lease", "leased_until", "would_create",
                       "would_update", "would_leave", "would_refuse"]
    )  # fmt: skip
