"""Letting a scheduled job run once per slot, however many beats there are."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from config.lib import clock
from customers.models import ScheduleSlot


def claim(*, job: str, seconds: int) -> bool:
    """Claim the current slot of a job (slots are `seconds` long, counted from 1970 UTC).

    True for exactly one caller a slot. If that caller dies, the next slot does the work.
    """
    now = clock.now()
    slot = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
    with transaction.atomic():
        _row, created = ScheduleSlot.objects.get_or_create(job=job, slot=slot, defaults={"claimed_at": now})
    return created
