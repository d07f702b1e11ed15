"""Search from the one field. A POST, so that no name stands in an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from config.lib.errors import DomainError
from customers import access
from customers.services import search as finder


def search(request: HttpRequest) -> HttpResponse:
    """Open the one customer a member number names; else list masked candidates, or say why not."""
    actor = access.actor_of(request.user)
    term = request.POST.get("term", "")
    try:
        found = finder.find(actor=actor, term=term)
    except DomainError as error:
        context: dict[str, Any] = {"term": term, "problem": error.message, "may_search": True}
        response = render(request, "customers/home.html", context, status=error.status)
        if error.retry_after:
            response["Retry-After"] = str(error.retry_after)
        return response
    if found.customer_uuid:
        return redirect("customer-page", uuid=found.customer_uuid)
    context = {"term": term, "candidates": found.candidates, "searched": True, "may_search": True}
    return render(request, "customers/home.html", context)
