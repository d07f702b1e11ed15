"""The start page: one field for card or name, and what waits for the role."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from customers import access, hooks


def home(request: HttpRequest) -> HttpResponse:
    """Show the search field to roles that may search, and each role's own tiles."""
    actor = access.actor_of(request.user)
    tiles = [
        {"tile": tile, "count": tile.count(actor)}
        for tile in hooks.home_tile.values()
        if access.may(actor, tile.permission)
    ]
    return render(request, "customers/home.html", {"tiles": tiles, "may_search": access.may(actor, "customer.search")})
