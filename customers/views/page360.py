"""The customer page: panels of all rooms, one opening one read-log row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from config.lib.errors import DomainError
from customers import access, hooks
from customers.access import Actor
from customers.models import ContextReceipt, Customer
from customers.selectors import customers as people
from customers.selectors import opening
from customers.services import receipts
from customers.services.receipts import Note


@dataclass(frozen=True)
class Shown:
    """A panel ready for its template: `data` is None for a lazy panel and when `problem` says why it is missing."""

    name: str
    panel: hooks.Panel
    data: dict[str, Any] | None
    problem: str = ""


def customer_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a customer the actor may see, and write down that she was shown. A broken panel says so in its place."""
    actor = access.actor_of(request.user)
    customer = people.customer_by_uuid(actor=actor, uuid=str(uuid))
    if customer.uuid != uuid:  # merged: the record that stayed has one address, and the log one row for each opening
        return redirect("customer-page", uuid=customer.uuid)
    asked = request.GET.dict()  # read before anything is written: too many fields are refused here
    opening.prepare(customer=customer, actor=actor, asked=asked)
    shown = [_shown(name, panel, customer, actor, asked) for name, panel in _panels(actor)]
    receipt = receipts.issue(
        actor=actor,
        customer=customer,
        surface=ContextReceipt.Surface.PAGE,
        items=[item for part in shown for item in (part.data or {}).get("seen", [])],
        notes=_notes(shown, customer, actor),
    )
    actions = [
        {"name": plug.name, "action": plug.value, "form": plug.value.context(customer, actor)}
        for plug in hooks.customer_action.plugs()
        if access.may(actor, plug.value.permission)
    ]
    context = {
        "customer": customer,
        "profile": people.profile_of(customer=customer, actor=actor),
        "reach": opening.reach_of(customer=customer, actor=actor),
        "proof": opening.proof_of(customer=customer, actor=actor),
        **{column: [part for part in shown if part.panel.column == column] for column in hooks.COLUMNS},
        "actions": actions,
        "receipt": receipt,
    }
    return render(request, "customers/page360.html", context)


def customer_panel(request: HttpRequest, uuid: UUID, name: str) -> HttpResponse:
    """Return one panel alone, for lazy panels, filters and older pages. Without the page before it, an opening."""
    actor = access.actor_of(request.user)
    customer = people.customer_by_uuid(actor=actor, uuid=str(uuid))
    panel = dict(_panels(actor)).get(name)
    if panel is None:
        raise Http404
    part = _shown(name, panel, customer, actor, request.GET.dict(), even_lazy=True)
    receipts.issue_unless_open(
        actor=actor,
        customer=customer,
        surface=ContextReceipt.Surface.PAGE,
        items=(part.data or {}).get("seen", []),
        notes=_notes([part], customer, actor),
    )
    return render(request, "customers/panel.html", {"customer": customer, "part": part})


def _panels(actor: Actor) -> list[tuple[str, hooks.Panel]]:
    return [
        (plug.name, plug.value) for plug in hooks.customer_panel.plugs() if access.may(actor, plug.value.permission)
    ]


def _shown(
    name: str,
    panel: hooks.Panel,
    customer: Customer,
    actor: Actor,
    asked: Mapping[str, Any],
    even_lazy: bool = False,
) -> Shown:
    if panel.lazy and not even_lazy:
        return Shown(name, panel, None)
    params = {key: asked[key] for key in panel.params if key in asked}
    try:
        return Shown(name, panel, panel.selector(customer=customer, actor=actor, params=params))
    except DomainError as error:
        return Shown(name, panel, None, str(error.message))


def _notes(shown: Sequence[Shown], customer: Customer, actor: Actor) -> list[Note]:
    """What the shown panels want written down with the opening."""
    return [
        partial(part.panel.note, customer=customer, actor=actor, data=part.data)
        for part in shown
        if part.panel.note is not None and part.data is not None
    ]
