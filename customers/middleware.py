"""Applies the policy table to every page that is not the API (which has its own permission class)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from config.lib.pages import method_not_allowed, unreadable
from config.lib.parsing import form_is_writable
from customers import access
from customers.services import screenlock

OPEN_WHEN_LOCKED = frozenset({"lock", "locked", "admin:logout"})


class PolicyMiddleware:
    """Default deny: no row, no page. Maps domain errors of plain views to pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Return the refusal, or None to go on. Anonymous visitors are sent to sign-in."""
        match = request.resolver_match
        if match is None or match.namespace == "api":
            return None
        if not match.url_name:
            return None  # the admin's redirects; what they lead to has a row
        rules = access.ROUTES.get(match.view_name, {})
        method = "GET" if request.method in {"HEAD", "OPTIONS"} else request.method or "GET"
        rule = rules.get(method)
        if rule is None and rules:
            return method_not_allowed(request, sorted(rules))
        if request.method == "POST" and not form_is_writable(request.POST):
            return unreadable(request)
        if rule is not None and rule.capability == access.PUBLIC:
            return None
        actor = access.actor_of(request.user)
        request.acting_user_id = actor.user_id  # type: ignore[attr-defined] # for the log line
        if not actor.is_signed_in:
            return _to_sign_in(request, "/" if method == "POST" else request.get_full_path())
        if screenlock.is_locked(session=request.session) and match.view_name not in OPEN_WHEN_LOCKED:
            return _locked(request)
        if rule is not None and access.may(actor, rule.capability):
            return None
        return refusal(request, 404 if rule is not None and rule.hidden else 403)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a domain error of a page into a page with its status and words."""
        if isinstance(error, DomainError):
            return refusal(request, error.status, str(error.message), error.retry_after)
        return None


def _locked(request: HttpRequest) -> HttpResponse:
    """Send the visitor to the lock page. A form is not swallowed by it: 423 tells its sender that nothing was saved."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=423, headers={"HX-Redirect": reverse("locked")})
    if request.method == "POST":
        return refusal(request, 423, _("Nothing was saved: the screen is locked. Come back with your PIN first."))
    return redirect("locked")


def _to_sign_in(request: HttpRequest, then: str) -> HttpResponse:
    """Send the visitor to sign in. A part of a page (htmx) would swallow the sign-in page, so it moves the whole."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": redirect_to_login("/")["Location"]})
    return redirect_to_login(then)


def refusal(request: HttpRequest, status: int, message: str = "", retry_after: int | None = None) -> HttpResponse:
    """Return a page that says what happened and what to do next."""
    words = {
        403: _("Your role does not include this page. An administrator can give you access."),
        404: _("This page does not exist, or it is not yours to see."),
    }
    context = {"status": status, "message": message or words.get(status, "")}
    response = render(request, "errors/refused.html", context, status=status)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response
