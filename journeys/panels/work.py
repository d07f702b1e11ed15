"""This room's lines of the start page's list, and what its panels of the customer's page read together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from customers import hooks
from customers.access import Actor
from customers.models import Customer
from journeys.selectors import things, worklist


def page_rows(*, customer: Customer, actor: Actor, asked: Mapping[str, str]) -> list[QuerySet[Any]]:
    """Return what this room's parts of the customer's page share."""
    return things.floor_of(customer=customer, actor=actor).querysets(asked)


def register() -> None:
    """Called once from plugs.register()."""
    hooks.customer_read.register("journeys.floor", page_rows, order=20)
    hooks.work_list.register("journeys.promises", worklist.promises, order=20)
    hooks.work_list.register("journeys.reservations", worklist.reservations, order=30)
    # Last: it warns of complaints of the customers the others speak of.
    hooks.work_list.register("journeys.alerts", worklist.alerts, order=90)
