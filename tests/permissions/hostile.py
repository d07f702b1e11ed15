"""What strangers send: the inputs that broke stock installations, and their cousins. This page: bodies.

An attack is one call: something in the address, in the headers or in the body. `is_core` marks the known breakers,
which everybody sends to every route in each run; the others go deeper on fewer paths (test_hostile.py).
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BOUND = "xYzZy"
MULTIPART = f"multipart/form-data; boundary={BOUND}"
TANGLED = "\u0315\u0300"  # out of canonical order: normalising a long run of it takes quadratic time

VALUES = {
    "nul": "a\x00b",
    "control": "a\x1bb",
    "line ends": "a\r\nSet-Cookie: pwned=1\r\n\r\n<script>",
    "right to left": "\u202eあ\u2066い\u2069",
    "zero width": "\u200b\u200d\ufeff",
    "combining marks": "か\u3099" * 5_000,
    "tangled marks": "a" + TANGLED * 5_000,
    "lone surrogate": "\ud800",
    "long": "あ" * 100_000,
    "null": "null",
    "huge number": "1e400",
    "not a number": "NaN",
    "digits": "9" * 5_000,
    "odd offset": "2026-01-01T00:00:00-23:08",
    "quotes": "';--\"\\%s%n{{7*7}}${7*7}",
    "far negative": "-99999999999999999999",
    "other digits": "٣",
}


@dataclass(frozen=True)
class Attack:
    """One call. `query` goes behind the address, `extra` into the WSGI environment, `cookie` replaces all cookies."""

    name: str
    query: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    cookie: str | None = None
    body: bytes = b""
    content_type: str = JSON
    method: str | None = None
    is_core: bool = False


def _deep(depth: int, opening: str, closing: str) -> bytes:
    return (opening * depth + "1" + closing * depth).encode()


LITERALS = {
    r'"\u0000"': True,
    r'"\ud800"': True,
    r'"\udc00\ud800"': True,
    r'{"\u0000": 1}': True,
    r'{"\ud800": 1}': True,
    "1e400": True,
    "-1e400": True,
    "Infinity": True,
    "-Infinity": True,
    "NaN": True,
    "9" * 5_000: True,
    "-" + "9" * 5_000: False,
    str(2**63): False,
    "-0": False,
    "1E5": False,
    "true": False,
    "null": True,
    "[]": False,
    "{}": False,
    '["a"]': False,
    '"a\x00b"': True,
    '"a\nb"': False,
}


@lru_cache
def json_bodies(head: str) -> tuple[Attack, ...]:
    """Return hostile JSON; `head` is a field the route knows."""
    found = []
    for depth in (33, 5_000, 100_000):
        found.append(Attack(f"{depth} arrays", body=_deep(depth, "[", "]"), is_core=True))
        found.append(Attack(f"{depth} objects", body=_deep(depth, '{"a":', "}"), is_core=True))
        below = b'{"%s":%s}' % (head.encode(), _deep(depth, "[", "]"))
        found.append(Attack(f"{depth} below {head}", body=below, is_core=True))
    for literal, is_core in LITERALS.items():
        body = f'{{"{head}": {literal}}}'.encode()
        found.append(Attack(f"{head}: {literal[:20]!r}", body=body, is_core=is_core))
    core = {
        "empty": b"",
        "array": b"[]",
        "null": b"null",
        "not utf-8": b'{"a": "\xff"}',
        "twice": f'{{"{head}": "a", "{head}": "b"}}'.encode(),
        "unknown": b'{"__proto__": {"x": 1}, "customer": 3, "is_superuser": true}',
        "2 MB": b'{"a": "' + b"x" * 2_000_000 + b'"}',
        "million names": b"{" + b",".join(b'"%d":1' % number for number in range(1_000_000)) + b"}",
        "many names": b"{" + b",".join(b'"%d":1' % number for number in range(90_000)) + b"}",
    }
    more = {
        "blank": b"  \n",
        "text": b'"x"',
        "number": b"1",
        "cut": b'{"a": ',
        "tail": b'{"a": 1} x',
        "bom": b"\xef\xbb\xbf{}",
        "overlong": b'{"a": "\xc0\x80"}',
        "utf-16": '{"a": 1}'.encode("utf-16"),
        "utf-32": '{"a": 1}'.encode("utf-32"),
        "raw nul": b'{"a": "\x00"}',
        "900 KB": f'{{"{head}": "{"x" * 900_000}"}}'.encode(),
        "long array": b"[" + b"0," * 500_000 + b"0]",
        "comment": b"{/**/}",
        "gzip untold": gzip.compress(b"{}"),
    }
    found += [Attack(f"body {name}", body=body, is_core=True) for name, body in core.items()]
    found += [Attack(f"body {name}", body=body) for name, body in more.items()]
    told = {"HTTP_CONTENT_ENCODING": "gzip"}
    found.append(Attack("gzip told", body=gzip.compress(b"{}"), extra=told, is_core=True))
    kinds = (FORM, MULTIPART, "text/plain", "text/csv", "application/xml", "application/json; charset=utf-16", "")
    found += [
        Attack(f"as {kind[:30]}", body=b"a=1&b=null&c=1e400", content_type=kind, is_core=kind == FORM) for kind in kinds
    ]
    return tuple(found)


def _part(name: str, value: str, more: str = "") -> str:
    return f'--{BOUND}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


END = f"--{BOUND}--\r\n"
CORE_FORMS = {
    "nul": b"text=%00&term=%00&username=%00",
    "nul name": b"%00=1",
    "null": b"text=null&term=null&action=null",
    "huge number": b"text=1e400&_selected_action=1e400&action=settle",
    "offset": b"text=2026-01-01T00:00:00-23:08",
    "not utf-8": b"text=%ff%fe&term=\xff\xfe",
    "many": b"&".join([b"a=1"] * 10_000),
    "3 MB": b"text=" + b"x" * 3_000_000,
}
FORMS = {
    "surrogate": b"text=%ed%a0%80&scope=company",
    "separators": b"&&==;;&=&",
    "buttons": b"_method=DELETE&_save=1&_continue=1&_addanother=1&_popup=1&_to_field=password",
    "next with line ends": b"language=en&next=%0d%0aSet-Cookie:%20pwned=1",
    "next elsewhere": b"language=en&next=//evil.example",
    "next broken": b"language=en&next=http://[",
    "tangled term": b"term=" + ("a" + TANGLED * 200_000).encode(),
    "tangled name": b"username=" + ("a" + TANGLED * 200_000).encode() + b"&password=x",
    "index": b"action=settle&index=" + b"9" * 5_000 + b"&select_across=x",
}
FILES = {
    "nul file name": _part("file", "x", '; filename="a\x00.csv"') + END,
    "path file name": _part("file", "x", '; filename="../../etc/passwd"') + END,
    "long file name": _part("file", "x", f'; filename="{"x" * 5_000}.csv"') + END,
    "encoded file name": _part("file", "x", "; filename*=utf-8''%00%0d%0a.csv") + END,
    "bad charset name": _part("file", "x", "; filename*=nonsense''%ff.csv") + END,
    "nul field": _part("text", "\x00") + END,
    "nul field name": _part("te\x00xt", "x") + END,
    "cut": _part("text", "x"),
    "no end": _part("file", "x" * 1_000, '; filename="a.csv"')[:-10],
    "many parts": _part("a", "1") * 5_000 + END,
    "no header": f"--{BOUND}\r\n\r\nx\r\n{END}",
    "nothing": "",
}


@lru_cache
def form_bodies() -> tuple[Attack, ...]:
    """Return hostile forms as raw bytes."""
    found = [Attack(f"form {name}", body=body, content_type=FORM, is_core=True) for name, body in CORE_FORMS.items()]
    found += [Attack(f"form {name}", body=body, content_type=FORM) for name, body in FORMS.items()]
    for action in ("settle", "put_back", "delete_selected", "invented"):
        for pk in ("abc", "1e400", "-1", "9" * 30, "9" * 5_000, "", "1' OR '1'='1", "%F0%9F%98%80"):
            body = f"action={action}&_selected_action={pk}".encode()
            found.append(Attack(f"action {action} {pk[:9]}", body=body, content_type=FORM))
    found += [
        Attack(f"multipart {name}", body=text.encode(), content_type=MULTIPART, is_core=name.startswith("nul "))
        for name, text in FILES.items()
    ]
    others = {
        f"{FORM}; charset=utf-16": b"a=1",
        "multipart/form-data": b"x",
        JSON: b'{"text": "\\u0000"}',
        "application/octet-stream": b"\x00\xff" * 100,
        "": b"",
    }
    return (*found, *(Attack(f"as {kind[:40]}", body=body, content_type=kind) for kind, body in others.items()))
