"""The quick action "note"."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from customers import access
from customers.services import idempotency
from journeys.services import instore


def add_note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write the note once, however often the form is sent; on a refusal give the typed text back with the reason."""
    actor = access.actor_of(request.user)
    fields = {name: request.POST.get(name, "") for name in ("text", "scope", "channel")}

    def write() -> tuple[int, bytes]:
        written = instore.write_note(actor=actor, customer_uuid=str(uuid), **fields)
        return 201, str(written.note.uuid).encode()

    try:
        answer = idempotency.run(
            key=request.POST.get("key", ""),
            caller=f"user:{actor.user_id}",
            fingerprint=idempotency.fingerprint_of(str(uuid).encode(), *(v.encode() for v in fields.values())),
            fn=write,
        )
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        context = {"uuid": uuid, "problem": error.message, "key": request.POST.get("key", ""), **fields}
        response = render(request, "journeys/actions/note_refused.html", context, status=error.status)
        if error.retry_after:
            response["Retry-After"] = str(error.retry_after)
        return response
    if not answer.is_replay:
        messages.success(request, _("The note is on the timeline."))
    return redirect("customer-page", uuid=uuid)
