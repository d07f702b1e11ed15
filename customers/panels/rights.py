"""What a person may ask of us, on her page: everything we hold, in one file."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import hooks
from customers.access import Actor
from customers.models import Customer
from customers.services import disclosure


def export_action(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What the form needs. No query."""
    return {"shortest": disclosure.PURPOSE_LENGTH[0], "longest": disclosure.PURPOSE_LENGTH[1]}


def register() -> None:
    """Called once from plugs.register()."""
    hooks.customer_action.register(
        "export",
        hooks.Action(
            title=_("Everything we hold"),
            permission="customer.export",
            icon="box",
            template="customers/actions/export.html",
            route="customer-export",
            context=export_action,
        ),
        order=195,
    )
