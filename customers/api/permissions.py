"""The policy table as a DRF permission. Default deny: a route without a row answers nobody."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from customers import access


class PolicyPermission(BasePermission):
    """Allows what customers.access.ROUTES allows the caller's role; a hidden "no" is a 404."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return whether the role has the route's capability. Scope is applied by selectors."""
        method = request.method or "GET"
        if method == "OPTIONS" or method.lower() not in view.http_method_names or not hasattr(view, method.lower()):
            return True  # nothing runs: DRF answers 405, or the allowed methods
        match = request._request.resolver_match
        name = match.view_name if match else ""
        rule = access.ROUTES.get(name, {}).get("GET" if method == "HEAD" else method)
        actor = access.actor_of(request.user)
        request._request.acting_user_id = actor.user_id  # type: ignore[attr-defined] # for the log line
        if rule is None:
            return False
        if access.may(actor, rule.capability):
            return True
        if rule.hidden and actor.is_signed_in:
            raise Http404
        return False
