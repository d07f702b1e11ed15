"""The start page: one field for card or name, what waits today, and the ways to the role's work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from customers import access, hooks
from customers.selectors import worklist


def home(request: HttpRequest) -> HttpResponse:
    """Show the field to roles that may search, the day's list to roles that have tasks, and each role's own tiles."""
    actor = access.actor_of(request.user)
    tiles = [
        {"tile": tile, "count": tile.count(actor)}
        for tile in hooks.home_tile.values()
        if access.may(actor, tile.permission)
    ]
    context: dict[str, Any] = {"tiles": tiles, "may_search": access.may(actor, "customer.search")}
    if access.may(actor, "task.read"):
        context["day"] = worklist.today(actor=actor)
    return render(request, "customers/home.html", context)
