"""Seeing more than the mask, taking a copy, and closing the wrong page: each by a form, each written down."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from customers import access, forms
from customers.services import disclosure, presentations, reveals


def reveal(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one masked field in full for a minute. The value is on the page, never in an address or a message."""
    actor = access.actor_of(request.user)
    field, reason = request.POST.get("field", ""), request.POST.get("reason", "")

    def act() -> str:
        reveals.reveal(actor=actor, customer_uuid=str(uuid), field=field, reason=reason)
        return field

    try:
        answer = forms.once(request, actor, {"field": field, "reason": reason}, act)
    except DomainError as error:
        typed = [forms.Line("reason", _("Reason"), reason)]
        return forms.refused(request, error, uuid=uuid, typed=typed, kept={"field": field})
    if not answer.is_replay:
        messages.success(request, _("Shown in full for 60 seconds. Your reason was written down."))
    return redirect(f"{reverse('customer-page', args=[uuid])}#panel-profile")


def export(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Hand out everything we hold about her as a file. Each copy is one entry of the log, so a second click is too."""
    actor = access.actor_of(request.user)
    purpose = request.POST.get("purpose", "")
    try:
        made = disclosure.export(actor=actor, customer_uuid=str(uuid), purpose=purpose)
    except DomainError as error:
        typed = [forms.Line("purpose", _("What the file is for"), purpose)]
        return forms.refused(request, error, uuid=uuid, typed=typed, kept={})
    response = HttpResponse(made.content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    response["Cache-Control"] = "no-store"
    return response


def mistaken(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Close the page of somebody who is not there, and begin again at the start page."""
    actor = access.actor_of(request.user)

    def act() -> str:
        return str(presentations.end(actor=actor, customer_uuid=str(uuid)))

    try:
        forms.once(request, actor, {}, act)
    except DomainError as error:
        return forms.refused(request, error, uuid=uuid)
    messages.success(request, _("Closed. It was written down that this was another person."))
    return redirect("home")
