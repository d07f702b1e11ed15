"""Every refusal of the API as a problem document (RFC 9457), from one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from config.lib.errors import DomainError

TYPE = "application/problem+json"
BUSY_SECONDS = 2
AWAY = (OperationalError, InterfaceError)  # the database is gone, or did not answer in time


def title_of(status: int) -> str:
    """Return the status in words, in the language in force."""
    return {
        400: _("The request cannot be read"),
        401: _("Sign in first"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("This address does not take that method"),
        406: _("This answer comes as JSON only"),
        409: _("Not possible in this state"),
        413: _("The request is too large"),
        415: _("Send JSON"),
        422: _("The content was refused"),
        429: _("Too many requests"),
        503: _("Not available for a moment"),
    }.get(status, _("Something went wrong"))


def busy_words() -> str:
    """Return what to say while the database is away or somebody else holds the same rows."""
    return _("Somebody else is working on the same data, or a part of the service is away. Try again.")


def problem_response(
    request: HttpRequest,
    *,
    status: int,
    code: str,
    detail: str | Promise,
    errors: list[dict[str, str]] | None = None,
    retry_after: int | None = None,
) -> HttpResponse:
    """Return the problem document as a response, with the number of the request to quote."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title_of(status),
        "status": status,
        "detail": str(detail),
        "code": code,
        "errors": errors or [],
        "request_id": getattr(request, "request_id", ""),
    }
    response = HttpResponse(orjson.dumps(body), status=status, content_type=TYPE)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | HttpResponse | None:
    """DRF's hook: map domain errors and DRF's own to problem documents; None (a bug) goes on to the 500 page."""
    request: HttpRequest = context["request"]._request
    if isinstance(error, DomainError):
        fields = [{"pointer": f.pointer, "code": f.code, "detail": str(f.detail)} for f in error.fields]
        return problem_response(
            request,
            status=error.status,
            code=error.code,
            detail=error.message,
            errors=fields,
            retry_after=error.retry_after,
        )
    if isinstance(error, Http404):
        return problem_response(request, status=404, code="not_found", detail=title_of(404))
    if isinstance(error, DjangoPermissionDenied):
        return problem_response(request, status=403, code="not_allowed", detail=title_of(403))
    if isinstance(error, AWAY):
        return problem_response(request, status=503, code="busy", detail=busy_words(), retry_after=BUSY_SECONDS)
    if isinstance(error, exceptions.ValidationError):
        detail = _("Some fields were refused. Nothing was saved.")
        return problem_response(
            request, status=422, code="invalid", detail=detail, errors=list(_fields(error.detail, ""))
        )
    if isinstance(error, exceptions.APIException):
        return _library_error(request, error)
    return None


def _library_error(request: HttpRequest, error: exceptions.APIException) -> HttpResponse:
    codes = error.get_codes()
    wait = getattr(error, "wait", None)
    response = problem_response(
        request,
        status=error.status_code,
        code=codes if isinstance(codes, str) else error.default_code,
        detail=str(error.detail) if isinstance(error.detail, str) else title_of(error.status_code),
        retry_after=int(wait) + 1 if wait is not None else None,
    )
    if getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    return response


def _fields(detail: Any, pointer: str) -> Iterator[dict[str, str]]:
    """Walk DRF's error tree: one entry per message, with its JSON pointer."""
    if isinstance(detail, Mapping):
        for name, inside in detail.items():
            step = "" if name == "non_field_errors" else f"/{str(name).replace('~', '~0').replace('/', '~1')}"
            yield from _fields(inside, pointer + step)
    elif isinstance(detail, list):
        for number, inside in enumerate(detail):
            nested = isinstance(inside, Mapping | list)
            yield from _fields(inside, f"{pointer}/{number}" if nested else pointer)
    else:
        yield {"pointer": pointer or "/", "code": getattr(detail, "code", "invalid"), "detail": str(detail)}
