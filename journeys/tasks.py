"""Workers' entry points of this room. Each calls one service; the rows in PostgreSQL say what there is to do."""

from __future__ import annotations

from config.lib.tasks import task
from customers.services import slots
from journeys.services import affinity, imports, reactions, reservations

SWEEP_SECONDS = 60
DAY_SECONDS = 86_400


@task("journeys.work_reactions")
def work_reactions() -> None:
    """Work due reactions until none is left."""
    while reactions.work():
        pass


@task("journeys.sweep_reactions")
def sweep_reactions() -> None:
    """Each minute: pick up what a lost doorbell or a dead worker left behind."""
    if slots.claim(job="journeys.sweep_reactions", seconds=SWEEP_SECONDS):
        while reactions.work():
            pass


@task("journeys.work_import")
def work_import(run_id: int) -> None:
    """Go on with one import, check or run, from where it stands."""
    imports.work(run_id=run_id)


@task("journeys.sweep_imports")
def sweep_imports() -> None:
    """Each minute: go on with imports whose worker died."""
    if slots.claim(job="journeys.sweep_imports", seconds=SWEEP_SECONDS):
        imports.work_abandoned()


@task("journeys.expire_reservations")
def expire_reservations() -> None:
    """Each minute: give back what was not collected in time."""
    if slots.claim(job="journeys.expire_reservations", seconds=SWEEP_SECONDS):
        while reservations.expire_due():
            pass


@task("journeys.count_affinity")
def count_affinity() -> None:
    """Each night: count anew which styles are bought by the same customers."""
    if slots.claim(job="journeys.count_affinity", seconds=DAY_SECONDS):
        affinity.count()
