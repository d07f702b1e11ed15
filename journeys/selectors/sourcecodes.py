"""Printed codes: which one somebody named, what its QR holds, and which are to be printed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib import clock
from config.lib.errors import FieldError, Invalid, NotFound
from customers import access
from customers.access import Actor
from journeys.models import SourceCode

MOST_ON_SHEET = 24
SHOWN_AHEAD = timedelta(days=90)


def by_code(*, code: str, on: date | None = None) -> SourceCode:
    """Return the code somebody named, if it counts on that day (today in the shop's time). 1 query.

    Raises Invalid (`source_code`): unknown, not yet valid, or run out.
    """
    day = on or timezone.localdate(clock.now())
    row = SourceCode.objects.filter(code=normalised(code)).first()
    if row is None:
        raise _wrong(_("There is no such code. Check it against the paper."))
    if day < row.valid_from:
        message = _("Code %(code)s counts from %(day)s on.") % {"code": row.code, "day": f"{row.valid_from:%Y/%m/%d}"}
        raise _wrong(message)
    if row.valid_to is not None and day > row.valid_to:
        message = _("Code %(code)s ran out on %(day)s.") % {"code": row.code, "day": f"{row.valid_to:%Y/%m/%d}"}
        raise _wrong(message)
    return row


def content_of(*, row: SourceCode) -> str:
    """Return what the QR of a code holds: its address, which carries the code; without an address the code."""
    if not row.address:
        return row.code
    parts = urlsplit(row.address)
    query = [*((name, value) for name, value in parse_qsl(parts.query) if name != "source"), ("source", row.code)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def normalised(code: str) -> str:
    """Return a code as it is stored: one width, capitals, without spaces and hyphens."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", code)).upper()


def one(*, actor: Actor, code_id: int) -> SourceCode:
    """Return a code by its number. Raises Refused without `source_code.read`, NotFound. 1 query."""
    access.require(actor, "source_code.read")
    row = SourceCode.objects.filter(pk=code_id).first()
    if row is None:
        raise NotFound("not_found", _("This page does not exist, or it is not yours to see."))
    return row


def to_print(*, actor: Actor, code: str = "") -> list[SourceCode]:
    """Return the named code alone, else those that count today or within 90 days, newest first, at most 24. 1 query.

    Raises Refused without `source_code.read`.
    """
    access.require(actor, "source_code.read")
    if code:
        return list(SourceCode.objects.filter(code=normalised(code)))
    today = timezone.localdate(clock.now())
    rows = SourceCode.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    return list(rows.filter(valid_from__lte=today + SHOWN_AHEAD).order_by("-created_at", "-id")[:MOST_ON_SHEET])


def _wrong(message: str) -> Invalid:
    return Invalid("source_code", message, fields=(FieldError("/code", "source_code", message),))
