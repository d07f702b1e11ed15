"""Codes printed where no click can be measured: made and corrected. Called by the back office."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.lib import parsing
from config.lib.errors import FieldError, Invalid
from customers import access
from customers.access import Actor
from journeys.models import Channel, SourceCode
from journeys.selectors import sourcecodes as printing

# Without 0 O 1 I L: a code is read out on the phone and typed from paper.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 6
TRIES = 5
CODE = re.compile(r"[A-Z0-9]{3,20}")
LONGEST = {"label": 120, "address": 300}
# Where somebody can hand out or show paper. The others are told apart by a link or by the message itself.
OFFLINE = (Channel.NEWSPAPER, Channel.PAMPHLET, Channel.EVENT, Channel.STORE, Channel.PHONE, Channel.WEBINAR)
CHANGEABLE = frozenset({"label", "address", "valid_from", "valid_to"})


def make(
    *,
    actor: Actor,
    channel: str,
    label: str,
    valid_from: date,
    code: str = "",
    address: str = "",
    valid_to: date | None = None,
) -> SourceCode:
    """Make a code for one printing and return it; without `code` one of 6 letters that cannot be misread.

    The code is written in capitals, any width. Raises Refused without `source_code.write`, Invalid naming the field:
    `code` (form, or taken), `channel`, `label`, `address`, `valid_to`.
    """
    access.require(actor, "source_code.write")
    wanted = printing.normalised(code)
    if code.strip() and not CODE.fullmatch(wanted):
        raise _wrong("code", _("A code has 3 to 20 letters and digits, without spaces."))
    if channel not in OFFLINE:
        raise _wrong("channel", _("Choose where the code is printed or shown."))
    given = _checked(label=label, address=address, valid_from=valid_from, valid_to=valid_to)
    for _try in range(TRIES):
        row = SourceCode(code=wanted or _fresh(), channel=channel, **given)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            if wanted:
                raise _wrong("code", _("This code exists already. Choose another one.")) from None
            continue
        return row
    raise _wrong("code", _("No free code was found. Choose one yourself."))


def keep(*, actor: Actor, row: SourceCode, changed: Sequence[str]) -> None:
    """Save where a known code is printed, leads, and how long it counts. The code and its channel are on paper: fixed.

    Raises Refused without `source_code.write`, Invalid naming the field.
    """
    access.require(actor, "source_code.write")
    fields = [name for name in changed if name in CHANGEABLE]
    _checked(label=row.label, address=row.address, valid_from=row.valid_from, valid_to=row.valid_to)
    if fields:
        row.save(update_fields=fields)


def _fresh() -> str:
    return "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))


def _checked(*, label: str, address: str, valid_from: date, valid_to: date | None) -> dict[str, Any]:
    texts = {"label": label.strip(), "address": address.strip()}
    for name, text in texts.items():
        if len(text) > LONGEST[name] or parsing.UNWRITABLE.search(text):
            raise _wrong(name, _("This text is empty or too long."))
    if not texts["label"]:
        raise _wrong("label", _("Say where the code is printed."))
    if texts["address"] and urlsplit(texts["address"]).scheme not in {"http", "https"}:
        raise _wrong("address", _("An address begins with https://."))
    if valid_to is not None and valid_to < valid_from:
        raise _wrong("valid_to", _("A code cannot end before it begins."))
    return {**texts, "valid_from": valid_from, "valid_to": valid_to}


def _wrong(field: str, message: str | Promise) -> Invalid:
    return Invalid(field, message, fields=(FieldError(f"/{field}", field, message),))
