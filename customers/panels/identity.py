"""Which record is whose: a second one noticed, the wrong one opened, and the list of the data steward."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import hooks
from customers.access import Actor
from customers.models import Customer
from customers.selectors import merges
from customers.services import resolution


def propose_action(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What the form needs. No query."""
    return {"shortest": resolution.REASON_LENGTH[0], "longest": resolution.REASON_LENGTH[1]}


def mistaken_action(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What the form needs. No query."""
    return {}


def register() -> None:
    """Called once from plugs.register()."""
    hooks.customer_action.register(
        "duplicate",
        hooks.Action(
            title=_("Registered twice"),
            permission="merge.propose",
            icon="person-plus",
            template="customers/actions/duplicate.html",
            route="customer-merge-propose",
            context=propose_action,
        ),
        order=180,
    )
    hooks.customer_action.register(
        "mistaken",
        hooks.Action(
            title=_("Wrong person"),
            permission="presentation.end",
            icon="person",
            template="customers/actions/mistaken.html",
            route="customer-mistaken",
            context=mistaken_action,
        ),
        order=190,
    )
    hooks.home_tile.register(
        "merges",
        hooks.Tile(
            title=_("Possible duplicates"),
            permission="merge.review",
            route="merges",
            icon="person-plus",
            count=merges.open_count,
        ),
        order=25,
    )
    hooks.attention_item.register(
        "merge_incomplete",
        hooks.AttentionKind(
            _("Rows of a merge could not come back"),
            _("Taking back merge %(merge)s left %(count)s rows out: newer ones stand in their place."),
        ),
    )
