"""Staff sign-in: password, own kind only, limited, demo passwords refused outside the demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from config.lib import limits
from customers.models import User

DEMO_PASSWORD = "yorisoi-demo-2026"  # noqa: S105 - published on purpose; refused when DEMO is off
TRIES = 10
TRIES_SECONDS = 15 * 60


class StaffBackend(ModelBackend):
    """Signs staff in and loads them with role and store. Flags give no permissions: the policy table does."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the account or None. Raises TooMany after 10 failures in 15 minutes an account, 100 an address."""
        if not username or password is None:
            return None
        limits.take("sign-in-account", username.casefold(), limit=TRIES, seconds=TRIES_SECONDS)
        if request is not None:
            limits.take("sign-in-address", limits.client_address(request), limit=TRIES * 10, seconds=TRIES_SECONDS)
        if not settings.DEMO and password == DEMO_PASSWORD:
            User().set_password(password)  # the same work as a real check: the time must not tell
            return None
        user = User.objects.filter(username=username, kind=User.Kind.STAFF).first()
        if user is None:
            User().set_password(password)
            return None
        if not (user.check_password(password) and self.user_can_authenticate(user)):
            return None
        # Tries count guesses: somebody who comes back to her tablet all day must not lock herself out.
        limits.forget("sign-in-account", username.casefold())
        return user

    def get_user(self, user_id: int) -> User | None:
        """Return the active account with its role and store, in 1 query."""
        user = User.objects.select_related("staff__store").filter(pk=user_id, kind=User.Kind.STAFF).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return False
