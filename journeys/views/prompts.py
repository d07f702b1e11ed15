"""What the clerk did with an opening line."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from customers import access, forms
from journeys.services import prompts


def answer_prompt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep used, later or wrong, and go back to the customer."""
    actor = access.actor_of(request.user)
    fields = forms.fields_of(request, "prompt", "answer")

    def run() -> str:
        kept = prompts.answer(actor=actor, customer_uuid=str(uuid), prompt=fields["prompt"], answer=fields["answer"])
        return str(kept.pk)

    answer = forms.once(request, actor, fields, run, mark=f"-{fields['answer']}")
    if not answer.is_replay:
        messages.success(request, _("Thank you. The opening line is put away."))
    return redirect("customer-page", uuid=uuid)
