"""Django's session, sign-in, message and CSRF layers, stepping aside for machines (config.lib.edge.is_machine).

An API caller brings her own credential, so loading a session for her would be work for nothing; the staff
authenticator of the API reads the cookie itself and enforces CSRF.
"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponseForbidden
from django.middleware import csrf

from config.lib.edge import is_machine

SESSION_KEY = re.compile(r"[a-z0-9]{32}")


def session_key_of(request: HttpRequest) -> str | None:
    """Return the key in the session cookie, or None. What cannot be one of our keys never reaches the database:
    a quoted cookie may hold a NUL, which PostgreSQL refuses with an error."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return key if SESSION_KEY.fullmatch(key) else None


class SessionMiddleware(sessions.SessionMiddleware):
    """Loads the session of pages only."""

    def process_request(self, request: HttpRequest) -> None:
        request.session = self.SessionStore(session_key_of(request))

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if is_machine(request) else super().__call__(request)


class AuthenticationMiddleware(auth.AuthenticationMiddleware):
    """Knows the user of pages only."""

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if is_machine(request) else super().__call__(request)


class MessageMiddleware(messages.MessageMiddleware):
    """Keeps messages for pages only."""

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if is_machine(request) else super().__call__(request)


class CsrfViewMiddleware(csrf.CsrfViewMiddleware):
    """Guards the forms of pages; the API's authenticator guards its own."""

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if is_machine(request) else super().__call__(request)

    def process_view(
        self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any
    ) -> HttpResponseForbidden | None:
        if is_machine(request):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)
