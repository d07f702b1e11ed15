"""Reading what strangers send: what passes as it is, what is refused, and with which status."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.http import QueryDict
from rest_framework import exceptions

from config.lib import parsing
from config.lib.errors import Invalid
from config.lib.fields import CleanCharField
from config.lib.shapes import StrictIn


def nested(depth: int) -> bytes:
    """Return a document of this many levels."""
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    ("raw", "document"),
    [
        (b"{}", {}),
        (b"[1, 2.5, -3, true, null]", [1, 2.5, -3, True, None]),
        ('{"名": "花子\\n\\t"}'.encode(), {"名": "花子\n\t"}),
        (rb'"\ud83d\ude00"', "😀"),
        (str(2**63 - 1).encode(), 2**63 - 1),
        (str(-(2**63) + 1).encode(), -(2**63) + 1),
        (b"1e308", 1e308),
        (rb'"\\u0000"', "\\u0000"),
        (nested(32), [[]]),
    ],
)
def test_what_passes_passes_unchanged(raw: bytes, document: Any) -> None:
    read = parsing.read_json(raw)
    assert (read if raw != nested(32) else [[]]) == document


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{} {}",
        b"\xff",
        b"\xef\xbb\xbf{}",
        b'"\xc0\x80"',
        b'{"a": 1, "a": 1}',
        b'{"b": {"a": 1, "a": 2}}',
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"1e309",
        b"-1e309",
        str(2**63).encode(),
        b"9" * 5_000,
        b'"a\x00b"',
        rb'"\u0000"',
        rb'"\ud800"',
        rb'"\udc00\ud800"',
        rb'{"\u0000": 1}',
        rb'{"a": [{"b": "\u001b"}]}',
        nested(33),
        nested(5_000),
        nested(100_000),
        b'{"a":' * 100_000,
        nested(33).replace(b"[]", rb'["\u0041"]'),
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_what_cannot_be_kept_is_refused(raw: bytes) -> None:
    with pytest.raises(exceptions.ParseError):
        parsing.read_json(raw)


class Call:
    """As much of a request as the parser looks at."""

    def __init__(self, encoding: str | None = None) -> None:
        self.META = {"HTTP_CONTENT_ENCODING": encoding} if encoding else {}


@pytest.mark.parametrize(
    ("raw", "encoding", "status"),
    [
        (b'"' + b"x" * (1024 * 1024 - 2) + b'"', None, 200),
        (b'"' + b"x" * (1024 * 1024 - 1) + b'"', None, 413),
        (b"{}", "gzip", 415),
        (b"{}", "identity", 200),
        (b"{", None, 400),
    ],
)
def test_size_and_encoding(raw: bytes, encoding: str | None, status: int) -> None:
    parser = parsing.StrictJSONParser()
    try:
        parser.parse(io.BytesIO(raw), "application/json", {"request": Call(encoding)})
        answered = 200
    except exceptions.APIException as refused:
        answered = refused.status_code
    assert answered == status


@pytest.mark.parametrize("text", ["", "花子", "a\tb\r\nc", "か\u3099", "\u202eあ", "😀", "\ufeff"])
def test_text_is_kept_as_it_is(text: str) -> None:
    assert parsing.check_text(text) == text


@pytest.mark.parametrize("text", ["\x00", "a\x1bb", "\x7f", "\ud800", "x\udfff"])
def test_text_the_database_refuses_is_refused_first(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parsing.check_text(text, "/note")
    assert (refused.value.code, refused.value.fields[0].pointer) == ("unwritable", "/note")


@pytest.mark.parametrize(
    ("form", "is_writable"),
    [("a=1&b=%E8%8A%B1", True), ("", True), ("a=%00", False), ("a=1&a=x%00", False), ("%00=1", False)],
)
def test_a_form_with_a_nul_is_not_writable(form: str, is_writable: bool) -> None:
    assert parsing.form_is_writable(QueryDict(form)) is is_writable


class NameIn(StrictIn):
    """A body with one field."""

    name = CleanCharField(max_length=5)


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        ({"name": "花子"}, {}),
        ({"name": " 花子 "}, {}),
        ({}, {"name": ["required"]}),
        ({"name": ""}, {"name": ["blank"]}),
        ({"name": "123456"}, {"name": ["max_length"]}),
        ({"name": None}, {"name": ["null"]}),
        ({"name": 5}, {"name": ["not_text"]}),
        ({"name": True}, {"name": ["not_text"]}),
        ({"name": ["a"]}, {"name": ["not_text"]}),
        ({"name": {"a": 1}}, {"name": ["not_text"]}),
        ({"name": "a\x00"}, {"name": ["unwritable"]}),
        ({"name": "\ud800"}, {"name": ["unwritable"]}),
        ({"name": "a", "id": 1, "__proto__": {}}, {"__proto__": ["unknown_field"], "id": ["unknown_field"]}),
        ([], {"non_field_errors": ["not_an_object"]}),
        ("x", {"non_field_errors": ["not_an_object"]}),
        (None, {"non_field_errors": ["not_an_object"]}),
    ],
)
def test_a_body_is_what_its_shape_says(data: Any, codes: Any) -> None:
    body = NameIn(data=data)
    try:
        body.is_valid(raise_exception=True)
        told: Any = {}
    except exceptions.ValidationError as refused:
        told = refused.get_codes()
    assert told == codes


def test_of_very_many_unknown_fields_twenty_are_named() -> None:
    with pytest.raises(exceptions.ValidationError) as refused:
        parsing.refuse_unknown({str(number): 1 for number in range(90_000)}, {"name"})
    assert len(refused.value.detail) == 20
