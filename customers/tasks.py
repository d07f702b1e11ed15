"""Workers' entry points of this room. Each calls one service; the rows in PostgreSQL say what there is to do."""

from __future__ import annotations

from config.lib.tasks import task
from customers.services import resolution, slots

DAY_SECONDS = 24 * 60 * 60


@task("customers.look_for_duplicates")
def look_for_duplicates() -> None:
    """Once a day: look at everybody new or changed for a second record, and merge what is proven."""
    if slots.claim(job="customers.look_for_duplicates", seconds=DAY_SECONDS):
        after: int | None = 0
        while after is not None:
            after = resolution.work(after_id=after)
