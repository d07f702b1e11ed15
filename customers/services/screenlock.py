"""A locked screen: the session lives, and answers nothing but the lock page until its owner is back.

The state is in the session on the server, so that the back button and other tabs show nothing either. The way back is
the owner's PIN on a device her store has enrolled, if she signed in in full today; else her password.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.lib import clock
from config.lib.errors import Invalid, Refused
from customers.models import StoreDevice, User
from customers.services import pins

KEY = "screen_locked"
TOKYO = ZoneInfo("Asia/Tokyo")
Session = MutableMapping[str, Any]


def lock(*, session: Session, back: str) -> None:
    """Lock the session; `back` is the page to return to. Locking again keeps the first page."""
    if not is_locked(session=session):
        session[KEY] = {"back": back, "wrong": 0}


def is_locked(*, session: Any) -> bool:
    """Return whether the session shows nothing for now. No query beyond the session's own."""
    return KEY in session


def takes_pin(*, session: Session, user: User, device: StoreDevice | None) -> bool:
    """Return whether a PIN opens this screen: own store's device, full sign-in today, tries left. At most 1 query."""
    if device is None or device.store_id != user.staff.store_id or not _signed_in_today(user):
        return False
    return session[KEY]["wrong"] < pins.TRIES and pins.has_pin(user_id=user.pk)


def unlock_by_pin(*, session: Session, user: User, device: StoreDevice | None, pin: str) -> str:
    """Unlock and return the page to go back to. Raises Refused (`pin_not_here`, `pin_used_up`), Invalid (`pin_wrong`).

    A wrong PIN is counted in the session and, for all her sessions together, by the limiter.
    """
    if not takes_pin(session=session, user=user, device=device):
        raise Refused("pin_not_here", _("Sign in with your password here."))
    try:
        pins.check(user_id=user.pk, pin=pin)
    except Invalid:
        session[KEY] = {**session[KEY], "wrong": session[KEY]["wrong"] + 1}
        raise
    except Refused:
        session[KEY] = {**session[KEY], "wrong": pins.TRIES}
        raise
    return str(session.pop(KEY)["back"])


def unlock_by_password(*, request: HttpRequest, session: Session, user: User, password: str) -> str:
    """Unlock by a full sign-in of the same account, and return the page to go back to.

    Counts as today's sign-in, and gives the PIN its tries back. Raises Invalid (`password_wrong`), TooMany.
    """
    found = authenticate(request, username=user.username, password=password)
    if found is None or found.pk != user.pk:
        raise Invalid("password_wrong", _("This is not your password."))
    with transaction.atomic():
        user.last_login = clock.now()
        user.save(update_fields=["last_login"])
    pins.forgive(user_id=user.pk)
    return str(session.pop(KEY)["back"])


def _signed_in_today(user: User) -> bool:
    last: datetime | None = user.last_login
    return last is not None and last.astimezone(TOKYO).date() == clock.now().astimezone(TOKYO).date()
