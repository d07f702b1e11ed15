"""Reading what strangers send: a JSON parser and text checks that never end in a 500.

The seven kinds of input that broke a stock installation (deep nesting, NUL, lone surrogates, infinity, huge numbers,
form bodies, odd encodings) are answered here with a 4xx; tests/permissions/test_hostile.py sends them to every route.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.exceptions import ErrorDetail
from rest_framework.parsers import BaseParser

from config.lib.errors import FieldError, Invalid

LARGEST_BODY = 1024 * 1024
DEEPEST = 32
MOST_TOLD = 20  # unknown fields named in one answer
LARGEST_INTEGER = 2**63 - 1
# NUL and the other controls (tab, line feed and carriage return are text), and halves of a surrogate pair.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class TooLarge(exceptions.APIException):
    """The body is larger than an API call may be (413)."""

    status_code = 413
    default_code = "too_large"


class StrictJSONParser(BaseParser):
    """JSON of at most 1 MB and 32 levels: UTF-8, no duplicate names, finite numbers, writable text."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return the document. Raises ParseError (400), TooLarge (413) or UnsupportedMediaType (415)."""
        request = (parser_context or {}).get("request")
        if request is not None and request.META.get("HTTP_CONTENT_ENCODING", "identity") != "identity":
            raise exceptions.UnsupportedMediaType("", _("Send the body without compression."))
        raw = stream.read(LARGEST_BODY + 1)
        if len(raw) > LARGEST_BODY:
            raise TooLarge(_("A request has at most 1 MB."))
        return read_json(raw)


def read_json(raw: bytes) -> Any:
    """Return the document in `raw`. Raises ParseError with the reason."""
    try:
        document = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
    except (ValueError, RecursionError) as error:  # JSONDecodeError and UnicodeDecodeError are ValueErrors
        raise exceptions.ParseError(_("This is not JSON we can read.")) from error
    # Escapes are the only way a NUL or half a surrogate pair gets through the decoder.
    has_escapes = b"\\u" in raw
    _check(document, has_escapes)
    return document


def check_text(value: str, pointer: str = "/text") -> str:
    """Return the text. Raises Invalid (`unwritable`) when it holds control characters or half a surrogate pair."""
    if UNWRITABLE.search(value):
        message = _("The text holds a character that cannot be stored. Remove it and try again.")
        raise Invalid("unwritable", message, fields=(FieldError(pointer, "unwritable", message),))
    return value


def refuse_unknown(data: Any, names: set[str]) -> None:
    """Raise ValidationError when `data` is no object, or naming the fields (20 at most) that are not in `names`."""
    if not isinstance(data, Mapping):
        message = ErrorDetail(_("Send a JSON object."), code="not_an_object")
        raise exceptions.ValidationError({"non_field_errors": [message]})
    unknown = sorted(set(data) - names)[:MOST_TOLD]
    if unknown:
        message = ErrorDetail(_("There is no such field."), code="unknown_field")
        raise exceptions.ValidationError({name: [message] for name in unknown})


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _integer(text: str) -> int:
    if len(text) > 20 or abs(value := int(text)) > LARGEST_INTEGER:
        raise ValueError("a whole number is too large")
    return value


def _check(document: Any, has_escapes: bool) -> None:
    level = [document]
    for _depth in range(DEEPEST + 1):
        if has_escapes:
            _check_texts(level)
        nested = [value for value in level if isinstance(value, dict | list)]
        if not nested:
            return
        level = [inner for value in nested for inner in (value.values() if isinstance(value, dict) else value)]
    raise exceptions.ParseError(_("The document is nested too deeply."))


def _check_texts(level: list[Any]) -> None:
    for value in level:
        texts = value if isinstance(value, dict) else [value] if isinstance(value, str) else []
        if any(UNWRITABLE.search(text) for text in texts):
            raise exceptions.ParseError(_("The text holds a character that cannot be stored."))


def form_is_writable(fields: Mapping[str, Any]) -> bool:
    """Return whether no field of a submitted form holds a character the database refuses. For pages.

    Django's CharField refuses NUL by itself, other fields and hand-read values do not.
    """
    lists = getattr(fields, "lists", None)
    pairs = lists() if lists else fields.items()
    return not any("\x00" in name or any("\x00" in value for value in values) for name, values in pairs)
