"""The red strip on top of the customer's page, and the quick action "complaint"."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import access, hooks
from customers.access import Actor
from customers.models import Customer
from journeys.models import Complaint
from journeys.selectors import complaints, things
from journeys.services.complaints import LONGEST_ABOUT, LONGEST_WORDS


def strip(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """Open complaints: what to say, what not to say, who handles it, by when. 1 query."""
    found = complaints.strips_of(things.floor_of(customer=customer, actor=actor).complaints)
    return {
        "strips": found,
        "may_close": access.may(actor, "complaint.close"),
        "longest": LONGEST_WORDS,
        "seen": [f"complaint:{each.id}" for each in found],
    }


def complaint_action(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What the complaint form needs. 1 query."""
    return {
        "categories": Complaint.Category.choices,
        "handlers": [(row.pk, str(row)) for row in things.floor_of(customer=customer, actor=actor).handlers],
        "longest_about": LONGEST_ABOUT,
        "longest": LONGEST_WORDS,
    }


def register() -> None:
    """Called once from plugs.register()."""
    hooks.customer_panel.register(
        "complaints",
        hooks.Panel(
            title=_("Open complaints"),
            permission="complaint.read",
            template="journeys/panels/complaints.html",
            selector=strip,
            column="top",
        ),
        order=1,
    )
    hooks.customer_action.register(
        "complaint",
        hooks.Action(
            title=_("Report a problem"),
            permission="complaint.open",
            icon="flag",
            template="journeys/actions/complaint.html",
            route="customer-complaint-open",
            context=complaint_action,
        ),
        order=130,
    )
