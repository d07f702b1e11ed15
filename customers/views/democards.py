"""The demo's member cards as their phones would show them, so that one can try the scanner. 404 outside the demo."""

from __future__ import annotations

from uuid import UUID

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from customers import access
from customers.models import ContextReceipt
from customers.selectors import customers as people
from customers.services import cards as member_cards
from customers.services import receipts

REFRESH_SECONDS = 50  # a code is worth 60
SHOWN = 60


def cards(request: HttpRequest) -> HttpResponse:
    """List members whose card can be shown, by number: those the actor may see."""
    _only_in_the_demo()
    actor = access.actor_of(request.user)
    rows = people.visible_to(actor).filter(member_number__isnull=False, merged_into__isnull=True)
    return render(request, "customers/democards.html", {"members": rows.order_by("member_number")[:SHOWN]})


def card(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one member's rotating code, a new one every 50 seconds. An opening like any other."""
    _only_in_the_demo()
    actor = access.actor_of(request.user)
    customer = people.customer_by_uuid(actor=actor, uuid=str(uuid))
    receipts.issue_unless_open(
        actor=actor, customer=customer, surface=ContextReceipt.Surface.PAGE, items=[f"card:{customer.pk}"]
    )
    face = member_cards.issue(customer_id=customer.pk)
    rows = [list(row) for row in segno.make(face.code, error="m", micro=False).matrix_iter(border=4)]
    context = {
        "customer": customer,
        "code": face.code,
        "side": len(rows),
        "dots": "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dot in enumerate(row) if dot),
        "seconds": REFRESH_SECONDS,
    }
    return render(request, "customers/democard.html", context)


def _only_in_the_demo() -> None:
    if not settings.DEMO:
        raise Http404
