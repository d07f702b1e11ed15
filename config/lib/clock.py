"""The one source of time. Tests move it; nothing else reads the system clock for business time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.utils import timezone

_fixed: list[datetime] = []


def now() -> datetime:
    """Return the current time, aware, in UTC; the time set by `at` inside its block."""
    return _fixed[-1] if _fixed else timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) inside the block. For tests and for seeding the demo."""
    if moment.tzinfo is None:
        raise ValueError("clock.at needs an aware time")
    _fixed.append(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.pop()
