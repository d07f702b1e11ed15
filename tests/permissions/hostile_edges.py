"""What strangers send: addresses, headers, cookies and methods."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

from django.conf import settings

from tests.permissions.hostile import Attack


def cursor(text: str) -> str:
    """Return a page mark as ours look, with any content."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


FILTERS = ("is_open__exact", "is_active__exact", "staff__role__exact", "surface__exact", "state__exact", "settled")
READ_BY_HAND = ("q", "o", "p", "e", "next", "cursor", "limit", "channel", "kind", "seen")
CORE_QUERIES = [
    *(f"{name}=%00" for name in ("x", *READ_BY_HAND, *FILTERS)),
    "%00",
    "%00=1",
    "q=%ed%a0%80&channel=%ed%a0%80",
    "q=%ff%fe&state__exact=%ff&settled=%ff",
    "limit=1e400",
    "p=999999999999",
    "cursor=%C3%A9",
    "opened_at__gte=2026-01-01T00:00:00-23:08",
    f"x={'y' * 100_000}",
    "&".join(["a=1"] * 10_000),
]
QUERIES = [
    *(f"{name}={'x' * 5_000}" for name in (*FILTERS, "q", "channel", "kind")),
    "q=%F0%9F%98%80",
    "q=%2500",
    *(f"p={value}" for value in ("-1", "1e400", "%D9%A3", "9" * 5_000)),
    "page=1000000000",
    "page_size=1000000000",
    *(f"o={value}" for value in ("999.-999.x", "9" * 5_000, "-0.0.0")),
    *("all=1", "all=", "e=1", "_popup=1", "_facets=1", "_to_field=", "_to_field=id", "_to_field=password"),
    "_changelist_filters=%ff",
    "ordering=customer__birthday",
    "is_active__exact=maybe",
    "is_active__exact=1&is_active__exact=0",
    "is_active__isnull=x",
    "staff__role__isnull=%ff",
    "is_open__exact=",
    *(f"limit={value}" for value in ("1000000000", "-1", "0", "NaN", "%D9%A3", "9" * 5_000, "1e1", "+5", "1_0")),
    *(f"cursor={cursor(text)}" for text in ("9" * 19 + ".1", "1." + "9" * 19, "-1.-1", "1.1.1", "٣.٣", "")),
    *(f"cursor={text}" for text in ("AAAA", "====", "%F0%9F%98%80", "A" * 20_000)),
    "channel=%27%3B--",
    "channel[]=web",
    "kind=note.invented",
    "format=xml",
    "_method=DELETE",
    "raised_at=1e400",
    *(f"next={value}" for value in ("//evil.example/", "http://[", "%0d%0aX-Evil:1", "javascript:alert(1)")),
    "x=%0d%0aSet-Cookie:%20pwned=1",
    f"q={'%CC%95%CC%80' * 10_000}",
    "&;=;&==&%",
    "seen=%F0%9F%98%80",
    "customer=90000003&uuid=x&store=1",
]

PATH_PARTS = [
    *("%00", "a%00b", "%ff", "%ed%a0%80", "..%2f..%2fetc", "%0d%0aX-Evil:1", "1%0a", "%20", "%2500"),
    *("abc", "-1", "0", "9" * 20, "9" * 4_400, "%D9%A3", "1e400", "%F0%9F%98%80", "_00", "_FF_0", "{x}", "x" * 5_000),
    "00000000-0000-0000-0000-000000000000",
]
PATHS = [
    *("/%00", "/%ff/", "/admin/%00/", "/admin/%ff", "/api/%00", "/api/%ff", "/api", "/api/v1/%0d%0aX-Evil:1"),
    *("//evil.example/", "/admin//evil.example", "/admin//evil.example/", "/\\evil.example", "/admin/%5cevil.example"),
    *("/.git/config", "/static/..%2f..%2fconfig%2fsettings.py", "/media/imports/x", "/admin/nowhere", "/nowhere"),
    *(f"/{'x' * 10_000}/", f"/admin/{'x/' * 2_000}", f"/api/{'x/' * 2_000}", "/livez/", "/readyz%00", "/%0d%0a"),
]

HEADERS: dict[str, list[str]] = {
    "HTTP_X_REQUEST_ID": ["x" * 10_000, "あ" * 8, "<script>", "", "a\r\nX-Evil: 1"],
    "HTTP_ACCEPT_LANGUAGE": ["*", "en;q=nan", "en;q=1e400", "\xff\xfe", "../../etc/passwd", "ja-\x00", "x" * 600],
    "HTTP_ACCEPT": ["text/html", "*/*;q=x", "application/json; indent=999999999", "," * 5_000, "///", "\xff/\xff", ""],
    "HTTP_CONTENT_ENCODING": ["gzip", "identity, gzip", "\xff"],
    "HTTP_HOST": ["a b", "[::1", "localhost:99999999", "\xff", ""],
    "HTTP_X_FORWARDED_FOR": ["1.1.1.1\x00", "9" * 10_000, "あ", ",,,"],
    "HTTP_X_FORWARDED_HOST": ["evil.example"],
    "HTTP_X_FORWARDED_PROTO": ["https", "\xff"],
    "HTTP_REFERER": ["http://[", "\xff", "http://testserver/%00"],
    "HTTP_ORIGIN": ["null", "http://[", "\xff"],
    "HTTP_X_HTTP_METHOD_OVERRIDE": ["DELETE"],
    "HTTP_IDEMPOTENCY_KEY": ["", "あ", "x" * 10_000, "\xff", "a\r\nb"],
    "HTTP_AUTHORIZATION": ["Basic ////", "Bearer \xff", "Digest"],
    "HTTP_RANGE": ["bytes=0-99999999999999999999", "bytes=-"],
    "HTTP_IF_MODIFIED_SINCE": ["Thu, 99 Jan 9999999 99:99:99 GMT"],
    "HTTP_X_CSRFTOKEN": ["\xff", "x" * 10_000],
    "CONTENT_TYPE": ["a/b;" * 1_000, "application/json; charset=\x00", "multipart/form-data", "\xff/\xff", ""],
}
CORE_HEADERS = {
    "HTTP_X_REQUEST_ID": "abcdefgh\n",
    "HTTP_ACCEPT_LANGUAGE": "ja," * 5_000,
    "HTTP_HOST": "evil.example",
    "HTTP_IDEMPOTENCY_KEY": "a\x00b",
    "CONTENT_TYPE": "///",
}
LENGTHS = ("abc", "-1", "1e400", "99999999999999", "٣", "")

SESSION, CSRF, LANGUAGE = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME
CORE_COOKIES = {
    "session nul": f'{SESSION}="{"a" * 32}\\000"',
    "language nul": f'{LANGUAGE}="ja\\000"',
}
COOKIES = {
    "session escape": f'{SESSION}="abcdefgh\\377\\200"',
    "session long": f"{SESSION}={'x' * 10_000}",
    "session text": f"{SESSION}='; DROP TABLE--",
    "session unknown": f"{SESSION}={'a' * 32}",
    "csrf garbage": f"{CSRF}=\xff\xfe",
    "csrf nul": f'{CSRF}="' + "\\000" * 32 + '"',
    "language path": f"{LANGUAGE}=../../../etc",
    "language long": f"{LANGUAGE}={'ja-' * 2_000}",
    "messages garbage": "messages=\xff:::;",
    "messages json": 'messages="[[\\"__json_message\\",0,99,\\"x\\"]]"',
    "no pairs": ";;;===,,,",
    "many": "; ".join(f"c{number}=1" for number in range(2_000)),
}


def addresses() -> Iterator[Attack]:
    """Yield hostile query strings."""
    yield from (Attack(f"?{query[:60]}", query=query, is_core=True) for query in CORE_QUERIES)
    yield from (Attack(f"?{query[:60]}", query=query) for query in QUERIES)


def headers() -> Iterator[Attack]:
    """Yield hostile headers, cookies and methods."""
    for name, value in CORE_HEADERS.items():
        yield Attack(f"{name}: {value[:40]!r}", extra={name: value}, is_core=True)
    for name, values in HEADERS.items():
        yield from (Attack(f"{name}: {value[:40]!r}", extra={name: value}) for value in values)
    for length in LENGTHS:
        yield Attack(f"CONTENT_LENGTH: {length}", extra={"CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(b"{}")})
    yield from (Attack(f"cookie {name}", cookie=text, is_core=True) for name, text in CORE_COOKIES.items())
    yield from (Attack(f"cookie {name}", cookie=text) for name, text in COOKIES.items())
    yield from (
        Attack(f"method {name}", method=name, is_core=name == "TRACE") for name in ("TRACE", "FOO", "get", "PROPFIND")
    )
