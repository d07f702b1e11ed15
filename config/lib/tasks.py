"""The doorbell: the only place where work is handed to Celery.

PostgreSQL is the queue of record. A task is woken after commit with ids only; when the broker is away the ring is
logged and dropped, because the sweep finds the rows anyway.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, cast

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger("yorisoi.tasks")
P = ParamSpec("P")


class Task(Protocol[P]):
    """A Celery task with the signature of its function."""

    name: str

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None: ...

    def delay(self, *args: P.args, **kwargs: P.kwargs) -> Any: ...


def task(name: str) -> Callable[[Callable[P, None]], Task[P]]:
    """Declare a task under a stable dotted name. Arguments are ids, never personal data."""

    def declare(function: Callable[P, None]) -> Task[P]:
        return cast("Task[P]", shared_task(name=name)(function))

    return declare


def ring(target: Task[P], *args: P.args, **kwargs: P.kwargs) -> None:
    """Wake a worker once the surrounding transaction has committed (at once outside of one).

    Never raises for a broker that is away: the rows written in the transaction are what counts.
    """

    def wake() -> None:
        try:
            target.delay(*args, **kwargs)
        except (OperationalError, OSError):
            log.warning("doorbell.unheard", extra={"task": target.name})

    transaction.on_commit(wake)
