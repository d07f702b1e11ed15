"""What strangers send: text of every kind, numbers without measure, JSON without shape."""

from __future__ import annotations

import base64
from typing import Any

from hypothesis import strategies as st

# Everything Unicode has, halves of surrogate pairs and unassigned numbers included.
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
# What the database can hold.
WRITABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
NASTY = st.sampled_from(
    [
        *(
            "",
            " ",
            "\u3000",
            "\x00",
            "a\x00b",
            "\ud800",
            "\udc00\ud800",
            "\ufeff",
            "\u202e電話",
            "\u200d\u200b",
            "ﷺ" * 9,
        ),
        *("e" + "\u0301" * 200, "ー" * 70, "㌖", "ｶﾞ", "＝1+1", "=1+1", "' OR 1=1 --", "{{ 7*7 }}", "%s%(x)s", "%00"),
        *("../../etc/passwd", "<script>alert(1)</script>", "\r\nX-Injected: 1", "-1", "0", "1e400", "NaN", "9" * 30),
        *("١٢٣", "²", "null", "true", "[]", "9223372036854775808", "2026-02-30", "0001-01-01T00:00:00+23:59"),
        *("9999-12-31", "x" * 300, "山田 花子", "090-1111-1234", "on", "/", "//example.com", "javascript:alert(1)"),
    ]
)
TEXT = ANY_TEXT | NASTY
CURSORS = st.one_of(
    st.tuples(st.integers(0, 10**20), st.integers(0, 10**20)).map(lambda pair: f"{pair[0]}.{pair[1]}".encode()),
    st.binary(max_size=30),
).map(lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("="))
NUMBERS = st.integers() | st.floats() | st.integers(-(10**40), 10**40) | st.sampled_from([2**63, -(2**63), 10**400])
SCALARS = st.none() | st.booleans() | NUMBERS | TEXT


def json_values(*, names: st.SearchStrategy[str] = TEXT) -> st.SearchStrategy[Any]:
    """Return any JSON value, a few levels deep, with names taken from `names`."""
    return st.recursive(
        SCALARS,
        lambda inside: st.lists(inside, max_size=4) | st.dictionaries(names, inside, max_size=4),
        max_leaves=8,
    )


def deep(levels: int) -> Any:
    """Return a document nested so many levels."""
    document: Any = "x"
    for level in range(levels):
        document = [document] if level % 2 else {"text": document}
    return document


def some_of(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Return bodies that have each of these fields, or not."""
    return st.fixed_dictionaries({}, optional=fields)


def nearly(good: dict[str, Any], known: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Return bodies like a good one, with fields missing, replaced and added."""
    fields = {name: st.just(value) | json_values() for name, value in good.items()}
    extra = st.dictionaries(st.sampled_from(known) | TEXT, json_values(), max_size=2)
    return st.tuples(some_of(fields), extra).map(lambda pair: {**pair[1], **pair[0]})
