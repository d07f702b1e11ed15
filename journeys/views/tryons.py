"""The quick action "try-on": two taps to record, and at once what goes with it."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from customers import access, forms
from customers.models import ContextReceipt
from customers.selectors import customers as people
from customers.services import receipts
from journeys.models import TryOn
from journeys.selectors import catalog, coordination
from journeys.selectors import instore as floor
from journeys.services import instore


def add_tryon(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Record a try-on of a chosen or scanned article, and show what goes with it."""
    actor = access.actor_of(request.user)
    fields = forms.fields_of(request, "variant", "code", "outcome")

    def record() -> str:
        tried = instore.record_tryon(
            actor=actor, customer_uuid=str(uuid), variant_id=_variant(fields), outcome=fields["outcome"]
        )
        return str(tried.tryon.uuid)

    try:
        answer = forms.once(request, actor, fields, record, mark=f"-{fields['outcome']}")
    except DomainError as error:
        typed = [forms.Line("code", _("Code of the article"), fields["code"])]
        return forms.refused(request, error, uuid=uuid, typed=typed, kept={"outcome": fields["outcome"]})
    return redirect("customer-tryon", uuid=uuid, tryon=UUID(answer.body.decode()))


def show_tryon(request: HttpRequest, uuid: UUID, tryon: UUID) -> HttpResponse:
    """Show one try-on of this store: how it ended, three things that go with it, and what is still to tell."""
    actor = access.actor_of(request.user)
    customer = people.customer_by_uuid(actor=actor, uuid=str(uuid))
    tried = floor.tryon_of(actor=actor, customer_id=customer.pk, tryon_uuid=str(tryon))
    if tried is None:
        raise Http404
    receipts.issue_unless_open(
        actor=actor, customer=customer, surface=ContextReceipt.Surface.PAGE, items=[f"tryon:{tried.id}"]
    )
    context = {
        "customer": customer,
        "profile": people.profile_of(customer=customer, actor=actor),
        "tried": tried,
        "token": uuid4(),
        "suggestions": coordination.goes_with(
            variant_id=tried.variant_id, store_id=tried.store_id, customer_id=customer.pk
        ),
        "reasons": [choice for choice in TryOn.Reason.choices if choice[0]],
        "sizes": [size for size in floor.sizes_of(style_id=tried.style_id) if size != tried.size],
    }
    return render(request, "journeys/tryon.html", context)


def tell_outcome(request: HttpRequest, uuid: UUID, tryon: UUID) -> HttpResponse:
    """Keep how a try-on ended, and show it again with what goes with it."""
    actor = access.actor_of(request.user)
    fields = forms.fields_of(request, "outcome", "reason", "better_size")

    def tell() -> str:
        told = instore.tell_outcome(
            actor=actor,
            tryon_uuid=str(tryon),
            outcome=fields["outcome"],
            reason=fields["reason"],
            better_size=fields["better_size"],
        )
        return str(told.uuid)

    try:
        answer = forms.once(request, actor, fields, tell)
    except DomainError as error:
        typed = [forms.Line("better_size", _("Size that would fit"), fields["better_size"])]
        kept = {"outcome": fields["outcome"], "reason": fields["reason"]}
        return forms.refused(request, error, uuid=uuid, typed=typed, kept=kept)
    if not answer.is_replay:
        messages.success(request, _("The outcome is kept."))
    return redirect("customer-tryon", uuid=uuid, tryon=tryon)


def _variant(fields: dict[str, str]) -> int:
    """The chosen article's id, or the one behind the code; 0, which is nobody's, when there is none."""
    if fields["code"]:
        found = catalog.variant_by_code(code=fields["code"])
        return found.pk if found else 0
    return forms.number_of(fields["variant"]) or 0
