"""A Celery application with one job every two seconds, for real beats and a real worker. Started by test_slots."""

from __future__ import annotations

from django.core.cache import cache

from config.celery import app

__all__ = ["app"]

SECONDS = 2


@app.task(name="tests.tick")  # type: ignore[untyped-decorator]
def tick() -> None:
    """Count the ring; count a run when the slot is ours."""
    from customers.services import slots  # models are not loaded yet when Celery reads this file

    cache.incr("tests.rings")
    if slots.claim(job="tests.tick", seconds=SECONDS):
        cache.incr("tests.runs")


app.conf.beat_schedule = {"tests.tick": {"task": "tests.tick", "schedule": float(SECONDS)}}
