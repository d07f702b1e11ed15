"""What this room's forms share: sent twice they count once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from customers.access import Actor
from customers.services import idempotency

TOKYO = ZoneInfo("Asia/Tokyo")
LARGEST = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 2000, 2100


def fields_of(request: HttpRequest, *names: str) -> dict[str, str]:
    """Return the named fields of a form; a missing one is empty."""
    return {name: request.POST.get(name, "") for name in names}


def once(request: HttpRequest, actor: Actor, fields: Mapping[str, str], fn: Callable[[], str]) -> idempotency.Answer:
    """Run the service once for this form; the answer's body is what `fn` returned."""

    def run() -> tuple[int, bytes]:
        return 201, fn().encode()

    parts = [request.path, *fields.values()]
    return idempotency.run(
        key=request.POST.get("key", ""),
        caller=f"user:{actor.user_id}",
        fingerprint=idempotency.fingerprint_of(*(part.encode() for part in parts)),
        fn=run,
    )


def number_of(text: str) -> int | None:
    """Return the id a form names; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST else None


def moment_of(text: str) -> datetime | None:
    """Return the moment of a date and time field, told in shop time, in UTC; None for anything else.

    An odd offset (-23:08) is one Python takes and the database does not: what is kept has none.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return (moment.replace(tzinfo=TOKYO) if moment.tzinfo is None else moment).astimezone(UTC)
