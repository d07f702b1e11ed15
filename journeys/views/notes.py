"""The quick action "note", and the list of promises."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from customers import access, forms
from journeys.models import Note
from journeys.selectors import instore as floor
from journeys.services import instore

AHEAD = timedelta(days=7)


def add_note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write the note once, however often the form is sent; on a refusal give the typed text back with the reason."""
    actor = access.actor_of(request.user)
    fields = forms.fields_of(request, "text", "scope", "channel", "type", "due_on", "owner", "is_shared")

    def write() -> str:
        written = instore.write_note(
            actor=actor,
            customer_uuid=str(uuid),
            text=fields["text"],
            scope=fields["scope"],
            channel=fields["channel"],
            type=fields["type"] or Note.Type.PREFERENCE,
            due_on=forms.day_of(fields["due_on"]),
            owner_id=forms.number_of(fields["owner"]),
            is_shared=bool(fields["is_shared"]),
        )
        return str(written.note.uuid)

    try:
        answer = forms.once(request, actor, fields, write)
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


def promises(request: HttpRequest) -> HttpResponse:
    """List what was promised and is due within a week, the oldest first."""
    actor = access.actor_of(request.user)
    found = floor.promises_due(actor=actor, until=floor.today_here() + AHEAD)
    return render(request, "journeys/promises.html", {"promises": found, "today": floor.today_here()})


def keep_promise(request: HttpRequest, note: UUID) -> HttpResponse:
    """Mark a promise as kept, and go back to the list."""
    actor = access.actor_of(request.user)
    answer = forms.once(request, actor, {}, lambda: str(instore.keep_promise(actor=actor, note_uuid=str(note)).uuid))
    if not answer.is_replay:
        messages.success(request, _("The promise is marked as kept."))
    return redirect("promises")
