"""Who calls the API. Staff come with their session cookie; keys for machines come with the doors issue."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from config.lib.sessions import session_key_of
from customers.models import User
from customers.services import screenlock
from customers.services.signin import StaffBackend

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


class _Csrf(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


class StaffSessionAuthentication(BaseAuthentication):
    """Reads the staff session from the cookie itself, since the session middleware steps aside for API paths.

    Unsafe methods need the CSRF token: 403 without it. No cookie: anonymous. 2 queries (session, account with role).
    """

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return the signed-in member of staff, or None. Raises PermissionDenied for a bad CSRF token."""
        inner: HttpRequest = request._request
        key = session_key_of(inner)
        user = self._user_of(key) if key else None
        if user is None:
            return None
        check = _Csrf(lambda _request: None)  # type: ignore[arg-type]
        check.process_request(inner)
        reason = check.process_view(inner, None, (), {})  # type: ignore[arg-type]
        if reason:
            raise PermissionDenied(_("The CSRF token is missing or wrong."), code="csrf")
        return user, None

    def authenticate_header(self, request: Request) -> str:
        """Make DRF answer 401, not 403, to a caller without a session."""
        return "Session"

    def _user_of(self, key: str) -> User | None:
        session: Any = SessionStore(session_key=key)
        if screenlock.is_locked(session=session):
            return None
        if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
            return None
        try:
            user = StaffBackend().get_user(int(session[SESSION_KEY]))
        except (KeyError, ValueError):
            return None
        if user is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
            return None
        return user
