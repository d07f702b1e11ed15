"""What the forms of every page share: sent twice they count once, and a refusal gives back what was typed.

Called by the views of all rooms. A field is a text until one of the readers here made a value of it. The sign-in form,
which tells nothing about who exists, stands at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from unfold.forms import AuthenticationForm

from config.lib.errors import DomainError
from customers.access import Actor
from customers.services import idempotency

TOKYO = ZoneInfo("Asia/Tokyo")
LARGEST = 2**63 - 1
FIRST_YEAR, LAST_YEAR = 2000, 2100
Act = Callable[[], str]


@dataclass(frozen=True)
class Line:
    """One typed value of a refused form, with its label."""

    name: str
    label: str
    value: str


def fields_of(request: HttpRequest, *names: str) -> dict[str, str]:
    """Return the named fields of a form; a missing one is empty."""
    return {name: request.POST.get(name, "") for name in names}


def once(
    request: HttpRequest, actor: Actor, fields: Mapping[str, str], fn: Act, *, mark: str = ""
) -> idempotency.Answer:
    """Run the service once for this form; the answer's body is what `fn` returned. `mark` tells buttons apart."""

    def run() -> tuple[int, bytes]:
        return 201, fn().encode()

    key = request.POST.get("key", "")
    return idempotency.run(
        key=f"{key}{mark}" if key else "",
        caller=f"user:{actor.user_id}",
        fingerprint=idempotency.fingerprint_of(*(part.encode() for part in (request.path, *fields.values()))),
        fn=run,
    )


def refused(
    request: HttpRequest,
    error: DomainError,
    *,
    uuid: UUID,
    typed: Sequence[Line] = (),
    kept: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Say why nothing was saved, with the typed values to correct (`typed`) and the others kept as they were.

    A missing right is not a matter of the form and goes up. With `kept` None there is nothing to send again.
    """
    if error.status in {403, 404}:
        raise error
    context = {
        "uuid": uuid,
        "problem": error.message,
        "typed": typed,
        "kept": (kept or {}).items(),
        "key": request.POST.get("key", ""),
        "again": kept is not None,
        "address": request.path,
    }
    response = render(request, "customers/actions/refused.html", context, status=error.status)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


def number_of(text: str) -> int | None:
    """Return the id a form names; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST else None


def day_of(text: str) -> date | None:
    """Return the day of a date field; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


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


class StaffLoginForm(AuthenticationForm):  # type: ignore[misc]
    """Staff sign-in; a used-up limit or a missing part is a message of the form."""

    def clean(self) -> dict[str, Any]:
        """Return the checked fields. A limit that is used up is told as such."""
        try:
            return dict(super().clean())
        except DomainError as error:
            self.add_error(None, str(error.message))
            return dict(self.cleaned_data)
