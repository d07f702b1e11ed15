"""Retrying what the database asks to retry."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")
RETRYABLE = frozenset({"40001", "40P01"})  # serialization failure, deadlock
TRIES = 4


def retried(service: Callable[P, T]) -> Callable[P, T]:
    """Run a service again when PostgreSQL chose it as the victim of a deadlock; at most 4 tries, 20 to 160 ms apart.

    Only the outermost transaction can be run again, so inside one the error goes up to whoever opened it.
    """

    @wraps(service)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(1, TRIES + 1):
            try:
                return service(*args, **kwargs)
            except OperationalError as error:
                state = getattr(error.__cause__, "sqlstate", None)
                if state not in RETRYABLE or connection.in_atomic_block or attempt == TRIES:
                    raise
                time.sleep(random.uniform(0.01, 0.02) * 2**attempt)  # noqa: S311 - jitter, not a secret
        raise AssertionError("unreachable")

    return call
