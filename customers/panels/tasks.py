"""Tasks on the start page, and the quick action that gives one about a customer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import hooks
from customers.access import Actor
from customers.models import Customer
from customers.selectors import opening, stafftasks, worklist
from customers.services.stafftasks import REASON_LENGTH, TITLE_LENGTH


def task_action(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What the form needs: who may do it. The opening's query, read once."""
    takers = stafftasks.takers_in(opening.of(customer=customer, actor=actor).takers, actor=actor)
    return {"takers": takers, "longest": TITLE_LENGTH, "longest_reason": REASON_LENGTH}


def register() -> None:
    """Called once from plugs.register()."""
    hooks.work_list.register("customers.tasks", worklist.tasks, order=10)
    hooks.customer_action.register(
        "task",
        hooks.Action(
            title=_("Give a task"),
            permission="task.write",
            icon="list",
            template="customers/actions/task.html",
            route="customer-task-give",
            context=task_action,
        ),
        order=125,
    )
    for name, title, permission, icon, order in (
        ("pin", _("My PIN"), "pin.set", "key", 90),
        ("store-devices", _("Devices of the store"), "device.manage", "device", 91),
    ):
        hooks.home_tile.register(
            name,
            hooks.Tile(title=title, permission=permission, route=name, icon=icon, count=lambda actor: None),
            order=order,
        )
    hooks.home_tile.register(
        "tasks",
        hooks.Tile(title=_("Tasks"), permission="task.read", route="tasks", icon="list", count=lambda actor: None),
        order=7,
    )
