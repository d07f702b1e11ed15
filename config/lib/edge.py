"""The outermost layer of every request: its number, its language, its security headers and its one log line."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import trans_real

log = logging.getLogger("yorisoi.request")
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
HEALTH_PATHS = ("/livez", "/readyz")
LARGEST_REQUEST = 101 * 1024 * 1024
MACHINE_PATHS = ("/api/", "/v1/", *HEALTH_PATHS)

API_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# The back office's theme runs Alpine, which evaluates its attributes, and hides parts by inline styles.
ADMIN_CSP = PAGE_CSP.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'").replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)


def is_machine(request: HttpRequest) -> bool:
    """Return whether the path is for programs: no session, no messages, problem documents instead of pages."""
    return request.path_info.startswith(MACHINE_PATHS)


class EdgeMiddleware:
    """Stands first. Everything inside it may rely on `request.request_id` and on the language in force."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.hsts = ""
        if settings.SECURE_HSTS_SECONDS:
            self.hsts = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        meta = request.META
        given = meta.get("HTTP_X_REQUEST_ID", "")
        number = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        request.request_id = number  # type: ignore[attr-defined]
        # Always: a thread would keep the language of its last visitor.
        language = language_of(
            request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), meta.get("HTTP_ACCEPT_LANGUAGE", "")
        )
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response: HttpResponseBase
        if is_hostile(meta.get("QUERY_STRING", ""), request.path_info) or not is_our_host(request):
            response = _unreadable(request)
        elif is_too_large(meta.get("CONTENT_LENGTH") or ""):
            response = _too_large(request)
        elif settings.SECURE_SSL_REDIRECT and not request.is_secure() and request.path_info not in MACHINE_PATHS:
            response = _to_https(request)
        else:
            response = self.get_response(request)
        self._head(request, response, number, language)
        _tell(request, response, number, started)
        return response

    def _head(self, request: HttpRequest, response: HttpResponseBase, number: str, language: str) -> None:
        headers = response.headers
        headers["X-Request-Id"] = number
        if not response.streaming and "Content-Length" not in headers:
            headers["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = settings.SECURE_REFERRER_POLICY
        path = request.path_info
        if path.startswith(settings.STATIC_URL):
            return
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(), payment=()"
        headers["Content-Language"] = language
        headers.setdefault("Cache-Control", "no-store")
        if "Content-Security-Policy" not in headers:
            csp = API_CSP if is_machine(request) else ADMIN_CSP if path.startswith("/admin/") else PAGE_CSP
            headers["Content-Security-Policy"] = csp
        if self.hsts:
            headers["Strict-Transport-Security"] = self.hsts


@lru_cache(maxsize=1024)
def language_of(cookie: str, accepted: str) -> str:
    """Return the language of a request: the one chosen (cookie), else the browser's best, else the default."""
    for code in (cookie, *(code for code, _weight in trans_real.parse_accept_lang_header(accepted[:500]))):
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def is_hostile(query: str, path: str) -> bool:
    """Return whether the address carries a NUL: PostgreSQL would refuse it with an error."""
    return "%00" in query or "\x00" in query or "\x00" in path


def is_our_host(request: HttpRequest) -> bool:
    """Return whether the Host header names one of ALLOWED_HOSTS. A health probe may come by any address."""
    if request.path_info in HEALTH_PATHS:
        return True
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def is_too_large(length: str) -> bool:
    """Return whether a body is announced as larger than anything we take (a file of 100 MB and its form)."""
    return len(length) > 8 and (not length.isdecimal() or int(length[:20]) > LARGEST_REQUEST)


def _unreadable(request: HttpRequest) -> HttpResponse:
    from config.lib.pages import unreadable

    return unreadable(request)


def _too_large(request: HttpRequest) -> HttpResponse:
    from config.lib.pages import too_large

    return too_large(request)


def _to_https(request: HttpRequest) -> HttpResponse:
    from django.http import HttpResponsePermanentRedirect

    return HttpResponsePermanentRedirect(f"https://{request.get_host()}{request.get_full_path()}")


def _tell(request: HttpRequest, response: HttpResponseBase, number: str, started: float) -> None:
    match = request.resolver_match
    log.info(
        "request",
        extra={
            "request_id": number,
            "method": request.method if request.method in METHODS else "other",
            # The route's name, never the path: a path may carry whatever a client typed.
            "route": match.view_name if match else "",
            "status": response.status_code,
            "ms": round((time.perf_counter() - started) * 1000, 1),
            "user_id": getattr(request, "acting_user_id", None),
        },
    )


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
