"""Complaints, opened and closed at the customer's page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from customers import access
from journeys.services import complaints
from journeys.views import forms


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
            due_at=forms.moment_of(fields["due_at"]),
        )
        return str(opened.uuid)

    try:
        answer = forms.once(request, actor, uuid, fields, run)
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
        answer = forms.once(request, actor, complaint, fields, run)
    except DomainError as error:
        typed = [forms.Line("outcome", _("How did it end?"), fields["outcome"])]
        return forms.refused(request, error, uuid=uuid, typed=typed, kept={})
    if not answer.is_replay:
        messages.success(request, _("The complaint is closed."))
    return redirect("customer-page", uuid=uuid)
