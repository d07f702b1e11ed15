"""What the clerk may bring along, with shelf and count. Nothing is suggested while nobody may sell to the customer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import hooks
from customers.access import Actor
from customers.models import Customer
from customers.selectors import contactholds
from journeys.selectors import catalog, recommendations


def suggestions_panel(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What the panel shows: up to three things in stock here. At most 6 queries."""
    if contactholds.is_held(customer_id=customer.pk):
        return {"things": [], "is_held": True, "seen": []}
    found = recommendations.for_customer(customer_id=customer.pk, store_id=actor.own_store_id)
    return {
        "things": [(catalog.name_of(each.variant), each) for each in found],
        "is_held": False,
        "seen": [f"suggestion:{each.variant.pk}" for each in found],
    }


def register() -> None:
    """Called once from plugs.register()."""
    hooks.customer_panel.register(
        "suggestions",
        hooks.Panel(
            title=_("Suggestions"),
            permission="suggestion.read",
            template="journeys/panels/suggestions.html",
            selector=suggestions_panel,
            lazy=True,
            column="side",
        ),
        order=40,
    )
