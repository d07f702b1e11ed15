"""Wishes and saved interests, added and taken off at the customer's page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from config.lib.errors import DomainError, FieldError, Invalid
from customers import access, forms
from journeys.models import Channel
from journeys.selectors import catalog
from journeys.services import wishlists


def add_wish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Mark a scanned or typed article as wished for."""
    actor = access.actor_of(request.user)
    fields = forms.fields_of(request, "code")

    def wish() -> str:
        found = catalog.variant_by_code(code=fields["code"])
        if found is None:
            message = _("There is no article with this code. Scan it again, or type the code.")
            raise Invalid("wish_code", message, fields=(FieldError("/code", "unknown", message),))
        item = wishlists.wish(
            actor=actor,
            customer_uuid=str(uuid),
            style_id=found.style_id,
            variant_id=found.pk,
            channel=_channel(actor),
        )
        return str(item.uuid)

    try:
        answer = forms.once(request, actor, fields, wish)
    except DomainError as error:
        typed = [forms.Line("code", _("Code of the article"), fields["code"])]
        return forms.refused(request, error, uuid=uuid, typed=typed, kept={})
    if not answer.is_replay:
        messages.success(request, _("The wish is on the list."))
    return redirect("customer-page", uuid=uuid)


def remove_wish(request: HttpRequest, uuid: UUID, wish: UUID) -> HttpResponse:
    """Take a wish off the list."""
    actor = access.actor_of(request.user)

    def unwish() -> str:
        item = wishlists.unwish(actor=actor, customer_uuid=str(uuid), wish_uuid=str(wish), channel=_channel(actor))
        return str(item.uuid)

    if not forms.once(request, actor, {}, unwish).is_replay:
        messages.success(request, _("The wish is off the list."))
    return redirect("customer-page", uuid=uuid)


def add_interest(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep what the customer is looking for in general."""
    actor = access.actor_of(request.user)
    fields = forms.fields_of(request, "category", "colour", "size")

    def save() -> str:
        interest = wishlists.save_interest(
            actor=actor,
            customer_uuid=str(uuid),
            category_id=forms.number_of(fields["category"]) or 0,
            attributes={"colour": fields["colour"], "size": fields["size"]},
            channel=_channel(actor),
        )
        return str(interest.pk)

    try:
        answer = forms.once(request, actor, fields, save)
    except DomainError as error:
        typed = [
            forms.Line("colour", _("Colour"), fields["colour"]),
            forms.Line("size", _("Size"), fields["size"]),
        ]
        return forms.refused(request, error, uuid=uuid, typed=typed, kept={"category": fields["category"]})
    if not answer.is_replay:
        messages.success(request, _("What the customer is looking for is kept."))
    return redirect("customer-page", uuid=uuid)


def end_interest(request: HttpRequest, uuid: UUID, interest: int) -> HttpResponse:
    """End a saved interest."""
    actor = access.actor_of(request.user)

    def end() -> str:
        kept = wishlists.end_interest(
            actor=actor, customer_uuid=str(uuid), interest_id=interest, channel=_channel(actor)
        )
        return str(kept.pk)

    if not forms.once(request, actor, {}, end).is_replay:
        messages.success(request, _("The customer is not looking for this any more."))
    return redirect("customer-page", uuid=uuid)


def _channel(actor: access.Actor) -> str:
    """Store staff hear of it in the store, everybody else on the phone."""
    return Channel.STORE if actor.store_id else Channel.PHONE
