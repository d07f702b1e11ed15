"""A member of staff's own PIN. It only brings her back to a locked screen of an enrolled device; see screenlock."""

from __future__ import annotations

import re

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock, limits
from config.lib.errors import FieldError, Invalid, Refused, TooMany
from customers import access
from customers.access import Actor
from customers.models import StaffPin, User

DIGITS = re.compile(r"[0-9]{4,6}")
TRIES, TRIES_SECONDS = 5, 24 * 60 * 60
UP, DOWN = "0123456789" * 2, "9876543210" * 2


def set_pin(*, actor: Actor, password: str, pin: str) -> StaffPin:
    """Set or change the actor's own PIN, given her password; tries on the old one are forgiven.

    Raises Refused without `pin.set`, TooMany after ten wrong passwords, Invalid (`pin`) naming the field: the password
    is wrong, or the PIN is not four to six digits, or one that anybody would try first.
    """
    access.require(actor, "pin.set")
    limits.take("pin-password", str(actor.account_id), limit=10, seconds=15 * 60)
    user = User.objects.get(pk=actor.account_id)
    if not user.check_password(password):
        raise _wrong("/password", "password", _("This is not your password."))
    if not DIGITS.fullmatch(pin):
        raise _wrong("/pin", "pin", _("A PIN has four to six digits."))
    if is_trivial(pin):
        raise _wrong("/pin", "pin_trivial", _("This PIN is too easy to guess. Choose one without a row or a pattern."))
    with transaction.atomic():
        kept, _is_new = StaffPin.objects.update_or_create(
            user=user, defaults={"pin_hash": make_password(pin), "set_at": clock.now()}
        )
    limits.forget("pin-password", str(actor.account_id))
    limits.forget("pin", str(actor.account_id))
    return kept


def has_pin(*, user_id: int) -> bool:
    """Return whether the account has a PIN. 1 query."""
    return StaffPin.objects.filter(user_id=user_id).exists()


def check(*, user_id: int, pin: str) -> None:
    """Return when this is the account's PIN. Five wrong ones in a day end it until she signs in with her password.

    Raises Invalid (`pin_wrong`), Refused (`pin_used_up`), Unavailable when nobody can count the tries.
    """
    try:
        limits.take("pin", str(user_id), limit=TRIES, seconds=TRIES_SECONDS)
    except TooMany as error:
        raise Refused("pin_used_up", _("Too many wrong PINs. Sign in with your password.")) from error
    kept = StaffPin.objects.filter(user_id=user_id).first()
    if kept is None or not DIGITS.fullmatch(pin) or not check_password(pin, kept.pin_hash):
        raise Invalid("pin_wrong", _("This PIN is wrong."))
    limits.forget("pin", str(user_id))


def forgive(*, user_id: int) -> None:
    """Give the tries back: she has signed in with her password."""
    limits.forget("pin", str(user_id))


def is_trivial(pin: str) -> bool:
    """Return whether anybody would try this PIN first: one digit, a row up or down, a pair repeated, a year."""
    return (
        len(set(pin)) == 1
        or pin in UP
        or pin in DOWN
        or (len(pin) % 2 == 0 and pin == pin[:2] * (len(pin) // 2))
        or (len(pin) == 4 and pin[:2] in {"19", "20"})
    )


def _wrong(pointer: str, code: str, words: object) -> Invalid:
    return Invalid("pin", words, fields=(FieldError(pointer, code, words),))  # type: ignore[arg-type]
