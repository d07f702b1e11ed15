"""Her online cart and what she looked at there, for staff of a store, with her consent only."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from config.lib.rows import time_ordered_uuid
from customers import access, hooks
from customers.access import Actor
from customers.models import Customer
from customers.selectors.rights import rows_of
from journeys.models import Cart, CartLine
from journeys.selectors import carts


def online_panel(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What the panel shows. At most 7 queries, 2 without consent."""
    found = carts.online_for(actor=actor, customer=customer)
    basket = found.basket if found else None
    return {
        "online": found,
        "may_close": access.may(actor, "cart.close"),
        "key": str(time_ordered_uuid()),
        "seen": [f"cart:{basket.id}:{basket.version}"] if basket else [],
    }


def register() -> None:
    """Called once from plugs.register()."""
    hooks.customer_panel.register(
        "online",
        hooks.Panel(
            title=_("Online cart and items seen"),
            permission="cart.read",
            template="journeys/panels/online.html",
            selector=online_panel,
        ),
        order=15,
    )
    hooks.personal_data.register(Cart._meta.label, rows_of(Cart))
    hooks.personal_data.register(CartLine._meta.label, rows_of(CartLine, path="cart__customer_id"))
