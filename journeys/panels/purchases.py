"""What she bought: things and outcomes for everybody who meets her, whole orders for the desk."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import hooks
from customers.access import Actor
from customers.models import Customer
from customers.selectors.rights import rows_of
from journeys.hooks import brief_part
from journeys.models import Order, OrderLine, OrderReturn, ReturnLine, Tender
from journeys.selectors import orders, things


def purchases_panel(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What the panel shows: her last six things. 1 query."""
    found = orders.bought_in(things.floor_of(customer=customer, actor=actor).bought, actor=actor)
    return {"bought": found, "seen": [f"bought:{line.line_id}:{line.returned}:{line.state}" for line in found]}


def orders_panel(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What the desk's panel shows: whole orders. 5 queries."""
    found = orders.sales_of(actor=actor, customer=customer)
    return {"sales": found, "seen": [f"order:{sale.id}:{sale.state}:{len(sale.returns)}" for sale in found]}


def purchases_part(*, floor: Any) -> list[dict[str, Any]]:
    """What the brief says of them. The floor's query, read once."""
    return [asdict(line) for line in orders.bought_in(floor.bought, actor=floor.actor)]


def register() -> None:
    """Called once from plugs.register()."""
    brief_part.register("purchases", purchases_part, order=10)
    hooks.customer_panel.register(
        "purchases",
        hooks.Panel(
            title=_("Purchases"),
            permission="order.read",
            template="journeys/panels/purchases.html",
            selector=purchases_panel,
        ),
        order=14,
    )
    hooks.customer_panel.register(
        "orders",
        hooks.Panel(
            title=_("Orders"),
            permission="order.list",
            template="journeys/panels/orders.html",
            selector=orders_panel,
            lazy=True,
        ),
        order=16,
    )
    for model in (Order, OrderLine):
        hooks.personal_data.register(model._meta.label, rows_of(model))
    hooks.personal_data.register(OrderReturn._meta.label, rows_of(OrderReturn, path="order__customer_id"))
    hooks.personal_data.register(ReturnLine._meta.label, rows_of(ReturnLine, path="line__customer_id"))
    hooks.personal_data.register(Tender._meta.label, rows_of(Tender, path="order__customer_id"))
