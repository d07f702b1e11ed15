"""What every page has around it: the demo mark, the stylesheet, the page of a refused form."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import gettext as _

from config.lib.edge import is_machine
from config.lib.problems import AWAY, BUSY_SECONDS, busy_words, problem_response, title_of


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Return what every template may use: whether this is the demo."""
    return {"is_demo": settings.DEMO}


def environment_badge(request: HttpRequest) -> list[str] | None:
    """Return the back office's badge: (words, colour) in the demo, None for real data."""
    return [_("Demo"), "warning"] if settings.DEMO else None


def icon(request: HttpRequest) -> str:
    """Return the address of our icon for the back office's head."""
    return static("yorisoi/icon.svg")


def stylesheet(request: HttpRequest) -> str:
    """Return the address of our stylesheet for the back office's head."""
    return static("yorisoi/tokens.css")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old: nothing was saved, load the page again."""
    message = _("Nothing was saved: this form is too old. Load the page again and repeat.")
    # No status in the context: the heading of a 403 speaks of rights, which nobody lacks here.
    return render(request, "errors/refused.html", {"message": message}, status=403)


def _answer(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    if is_machine(request):
        return problem_response(request, status=status, code=code, detail=message)
    return render(request, "errors/refused.html", {"status": status, "message": message}, status=status)


def unreadable(request: HttpRequest) -> HttpResponse:
    """400 for a request that cannot be read."""
    return _answer(request, 400, "bad_request", _("This request cannot be read. Go back and try again."))


def too_large(request: HttpRequest) -> HttpResponse:
    """413 for a body larger than anything we take; it is not read."""
    return _answer(request, 413, "too_large", _("This is too large. A file may have at most 100 MB."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, as Django calls it."""
    return unreadable(request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: who may, and how to get access."""
    message = _("Your role does not include this page. An administrator can give you access.")
    return _answer(request, 403, "not_allowed", message)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not yours."""
    return _answer(request, 404, "not_found", _("This page does not exist, or it is not yours to see."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault, with the number to quote; 503 while the database is away. Called while the error is handled."""
    if isinstance(sys.exc_info()[1], AWAY):
        response = _answer_whatever_is_broken(request, 503, "busy", busy_words())
        response["Retry-After"] = str(BUSY_SECONDS)
        return response
    message = _("Something went wrong on our side. Try again later and quote number %(number)s if it stays.")
    told = message % {"number": getattr(request, "request_id", "-")}
    return _answer_whatever_is_broken(request, 500, "server_error", told)


def _answer_whatever_is_broken(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    try:
        return _answer(request, status, code, message)
    except Exception:  # noqa: BLE001 - looking up who is signed in may be the very thing that is broken
        page = render_to_string("errors/refused.html", {"status": status, "message": message})
        return HttpResponse(page, status=status)


def method_not_allowed(request: HttpRequest, allowed: list[str]) -> HttpResponse:
    """405: the page is there, but not for this method."""
    response = _answer(request, 405, "method_not_allowed", title_of(405))
    response["Allow"] = ", ".join(allowed)
    return response
