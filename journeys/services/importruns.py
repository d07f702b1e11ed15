"""One run as its services find it: locked, rung for, and where in the world its file may come from."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from config.lib import tasks
from config.lib.errors import NotFound
from journeys.models import ImportRun


def ring(run_id: int) -> None:
    """Wake a worker for a run, once this transaction has committed."""
    from journeys.tasks import work_import  # a task imports the services

    tasks.ring(work_import, run_id)


def locked(run_id: int) -> ImportRun:
    """Return a run under its row lock. Joins the caller's transaction. Raises NotFound."""
    run = ImportRun.objects.locked().filter(pk=run_id).first()
    if run is None:
        raise NotFound("not_found", _("This import does not exist."))
    return run
