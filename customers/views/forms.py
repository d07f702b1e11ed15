"""What the forms of this room share: sent twice it counts once, and a refusal gives back what was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.lib.errors import DomainError
from customers.access import Actor
from customers.services import idempotency

Act = Callable[[], str]


@dataclass(frozen=True)
class Line:
    """One typed value of a refused form. An empty label keeps it as it was, unseen."""

    name: str
    label: str
    value: str


def once(request: HttpRequest, actor: Actor, fn: Act, *said: str) -> idempotency.Answer:
    """Run the service once for this form; the answer's body is what `fn` returned, `said` is what was typed."""

    def run() -> tuple[int, bytes]:
        return 201, fn().encode()

    return idempotency.run(
        key=request.POST.get("key", ""),
        caller=f"user:{actor.user_id}",
        fingerprint=idempotency.fingerprint_of(request.path.encode(), *(part.encode() for part in said)),
        fn=run,
    )


def refused(request: HttpRequest, error: DomainError, *, uuid: UUID, typed: Sequence[Line]) -> HttpResponse:
    """Say why nothing happened, with the typed values to correct. A missing right is not the form's: it goes up."""
    if error.status in {403, 404}:
        raise error
    context = {
        "uuid": uuid,
        "problem": error.message,
        "typed": typed,
        "key": request.POST.get("key", ""),
        "address": request.path,
    }
    response = render(request, "customers/actions/refused.html", context, status=error.status)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response
