"""Complaints, opened and closed at the customer's page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from config.lib.errors import DomainError, FieldError, Invalid
from customers import access, forms
from journeys.services import complaints


def open_complaint(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Open a complaint; from now on nothing is sold to this customer until it is closed."""
    actor = access.actor_of(request.user)
    fields = forms.fields_of(request, "category", "about", "say", "do_not_say", "handler", "due_at")

    def run() -> str:
        opened = complaints.open_complaint(
            actor=actor,
            customer_uuid=str(uuid),
            category=fields["category"],
            about=fields["about"],
            say=fields["say"],
            do_not_say=fields["do_not_say"],
            handler_id=forms.number_of(fields["handler"]),
            due_at=_due(fields["due_at"]),
        )
        return str(opened.uuid)

    try:
        answer = forms.once(request, actor, fields, run)
    except DomainError as error:
        typed = [
            forms.Line("about", _("What is it about?"), fields["about"]),
            forms.Line("say", _("What to say"), fields["say"]),
            forms.Line("do_not_say", _("What not to say"), fields["do_not_say"]),
            forms.Line("due_at", _("Answer by"), fields["due_at"]),
        ]
        kept = {"category": fields["category"], "handler": fields["handler"]}
        return forms.refused(request, error, uuid=uuid, typed=typed, kept=kept)
    if not answer.is_replay:
        messages.success(request, _("The complaint is open. Offers are held back until it is closed."))
    return redirect("customer-page", uuid=uuid)


def close_complaint(request: HttpRequest, uuid: UUID, complaint: UUID) -> HttpResponse:
    """Close a complaint with how it ended."""
    actor = access.actor_of(request.user)
    fields = forms.fields_of(request, "outcome")

    def run() -> str:
        closed = complaints.close_complaint(
            actor=actor, customer_uuid=str(uuid), complaint_uuid=str(complaint), outcome=fields["outcome"]
        )
        return str(closed.uuid)

    try:
        answer = forms.once(request, actor, fields, run)
    except DomainError as error:
        typed = [forms.Line("outcome", _("How did it end?"), fields["outcome"])]
        return forms.refused(request, error, uuid=uuid, typed=typed, kept={})
    if not answer.is_replay:
        messages.success(request, _("The complaint is closed."))
    return redirect("customer-page", uuid=uuid)


def _due(text: str) -> datetime | None:
    """When an answer was promised; None when nothing was. Raises Invalid for what is no moment: it would be lost."""
    due = forms.moment_of(text)
    if text and due is None:
        words = _("This is not a day and an hour. Say when the customer will be answered, or leave it empty.")
        raise Invalid("complaint", words, fields=(FieldError("/due_at", "due_at", words),))
    return due
