"""Reservations: the store's page, and what staff do with one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib import clock
from config.lib.errors import DomainError, FieldError, Invalid
from config.lib.rows import time_ordered_uuid
from customers import access, forms
from customers.access import Actor
from customers.models import Store
from journeys.models import Channel, Reservation
from journeys.selectors import catalog
from journeys.selectors import reservations as lists
from journeys.services import reservations

Act = Callable[[Actor, str], Reservation]


def store_reservations(request: HttpRequest) -> HttpResponse:
    """Show the own store's list: to prepare, ending soon, ready, collected."""
    actor = access.actor_of(request.user)
    found = lists.of_store(actor=actor, store_id=actor.own_store_id)
    sections = [
        ("to_prepare", _("To prepare"), found.to_prepare),
        ("expiring", _("Ready, ending within a day"), found.expiring),
        ("ready", _("Ready"), found.ready),
        ("collected", _("Collected in the last 24 hours"), found.collected),
    ]
    context = {"sections": sections, "days": lists.HOLD_DAYS, "key": str(time_ordered_uuid())}
    return render(request, "journeys/reservations.html", context)


def make_ready(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The pieces lie at the counter."""
    return _once(request, uuid, gettext_lazy("Ready to be collected."), _make_ready)


def collect(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The customer has taken them."""
    return _once(request, uuid, gettext_lazy("Collected."), _collect)


def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """She does not want them any more."""
    return _once(request, uuid, gettext_lazy("Called off. The pieces are free again."), _cancel)


def extend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Hold them some days longer, counted from now."""
    days = request.POST.get("days", "")

    def act(actor: Actor, reservation_uuid: str) -> Reservation:
        until = clock.now() + timedelta(days=_days(days))
        return reservations.extend(actor=actor, reservation_uuid=reservation_uuid, until=until)

    return _once(request, uuid, gettext_lazy("Held longer."), act, {"days": days})


def reserve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put one piece aside for a customer, once, however often the form is sent; a refusal gives back what was typed."""
    actor = access.actor_of(request.user)
    fields = forms.fields_of(request, "code", "quantity", "days", "store")

    def act() -> str:
        variant = catalog.variant_by_code(code=fields["code"])
        if variant is None:
            message = _("No item has this code. Check it, or scan the label again.")
            raise Invalid("product_unknown", message, fields=(FieldError("/code", "unknown", message),))
        row = reservations.reserve(
            actor=actor,
            customer_uuid=str(uuid),
            store_id=actor.store_id or forms.number_of(fields["store"]) or 0,
            lines=[(variant.pk, forms.number_of(fields["quantity"]) or 0)],
            until=clock.now() + timedelta(days=_days(fields["days"])),
            channel=Channel.STORE if actor.store_id else Channel.PHONE,
        )
        return str(row.uuid)

    try:
        answer = forms.once(request, actor, fields, act)
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        stores = [] if actor.store_id else Store.objects.filter(is_open=True).order_by("code")
        context = {
            "uuid": uuid,
            "problem": error.message,
            "key": str(time_ordered_uuid()),
            "typed": fields,
            "days": lists.HOLD_DAYS,
            "stores": stores,
        }
        return render(request, "journeys/actions/reserve_refused.html", context, status=error.status)
    if not answer.is_replay:
        messages.success(request, _("Put aside for the customer."))
    return redirect("customer-page", uuid=uuid)


def _make_ready(actor: Actor, uuid: str) -> Reservation:
    return reservations.make_ready(actor=actor, reservation_uuid=uuid)


def _collect(actor: Actor, uuid: str) -> Reservation:
    return reservations.collect(actor=actor, reservation_uuid=uuid)


def _cancel(actor: Actor, uuid: str) -> Reservation:
    return reservations.cancel(actor=actor, reservation_uuid=uuid)


def _once(
    request: HttpRequest, uuid: UUID, done: Promise, act: Act, fields: Mapping[str, str] | None = None
) -> HttpResponse:
    """Do it once, however often the form is sent, and go back to the page it was sent from."""
    actor = access.actor_of(request.user)

    def work() -> str:
        return str(act(actor, str(uuid)).customer.uuid)

    customer = ""
    try:
        answer = forms.once(request, actor, fields or {}, work)
        customer = answer.body.decode()
        if not answer.is_replay:
            messages.success(request, str(done))
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error.message))
    back = request.POST.get("customer", "")
    if customer and back == customer:
        return redirect("customer-page", uuid=customer)
    return redirect("store-reservations" if actor.store_id else "home")


def _days(text: str) -> int:
    """Return one of the days on offer. Raises Invalid."""
    days = forms.number_of(text)
    if days not in lists.HOLD_DAYS:
        message = _("Choose how many days to hold it.")
        raise Invalid("reservation_until", message, fields=(FieldError("/days", "choice", message),))
    return days
