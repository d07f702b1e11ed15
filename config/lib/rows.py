"""Model bases every room uses: outside ids, locks in a fixed order, append-only rows."""

from __future__ import annotations

import os
import time
import uuid
from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


def time_ordered_uuid() -> uuid.UUID:
    """Return a version 7 uuid (RFC 9562): milliseconds first, so that index pages fill in order."""
    stamp = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big")
    value = (stamp << 80) | (0x7 << 76) | ((tail >> 62 & 0xFFF) << 64) | (0b10 << 62) | (tail & (2**62 - 1))
    return uuid.UUID(int=value)


class LockingQuerySet(models.QuerySet[M]):
    """A queryset whose `locked()` takes row locks in primary key order."""

    def locked(self) -> LockingQuerySet[M]:
        """Return the rows locked FOR NO KEY UPDATE, ordered by id; waits at most lock_timeout.

        Only inside a transaction. NO KEY leaves foreign-key inserts of others unblocked.
        """
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class AppendOnlyError(TypeError):
    """Python-side twin of the database trigger: rows of this table are never changed or deleted."""


class AppendOnlyQuerySet(models.QuerySet[M]):
    """Refuses bulk update and delete before the database has to."""

    def update(self, **kwargs: Any) -> int:
        raise AppendOnlyError(f"{self.model.__name__} is append-only")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError(f"{self.model.__name__} is append-only")
