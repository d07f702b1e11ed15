"""Closing an online cart at the counter."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from customers import access
from customers.services import idempotency
from journeys.services import carts


def close(request: HttpRequest, uuid: UUID, cart: UUID) -> HttpResponse:
    """Mark the cart as bought in the store and empty it, once, however often the form is sent."""
    actor = access.actor_of(request.user)

    def act() -> tuple[int, bytes]:
        row = carts.recover(actor=actor, cart_uuid=str(cart), store_id=actor.own_store_id)
        return 200, str(row.uuid).encode()

    try:
        answer = idempotency.run(
            key=request.POST.get("key", ""),
            caller=f"user:{actor.user_id}",
            fingerprint=idempotency.fingerprint_of(request.path.encode()),
            fn=act,
        )
        if not answer.is_replay:
            messages.success(request, _("The online cart is closed and empty."))
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error.message))
    return redirect("customer-page", uuid=uuid)
