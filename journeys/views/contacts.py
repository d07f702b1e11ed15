"""A contact written down on the customer's page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from customers import access, forms
from journeys.services import contacts


def add_contact(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a call, a visit, a talk, a message or a printed code on the timeline, once."""
    actor = access.actor_of(request.user)
    fields = forms.fields_of(request, "way", "topic", "code", "text")
    kind, _gap, channel = fields["way"].partition(":")

    def record() -> str:
        pk = contacts.record_contact(
            actor=actor,
            customer_uuid=str(uuid),
            kind=kind,
            channel=channel,
            code=fields["code"],
            topic=fields["topic"],
            text=fields["text"],
        )
        return str(pk)

    try:
        answer = forms.once(request, actor, fields, record)
    except DomainError as error:
        typed = [
            forms.Line("topic", _("What it was about"), fields["topic"]),
            forms.Line("code", _("Printed code"), fields["code"]),
            forms.Line("text", _("What was said"), fields["text"]),
        ]
        return forms.refused(request, error, uuid=uuid, typed=typed, kept={"way": fields["way"]})
    if not answer.is_replay:
        messages.success(request, _("The contact is on the timeline."))
    return redirect("customer-page", uuid=uuid)
