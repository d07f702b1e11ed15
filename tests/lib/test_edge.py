"""The outermost layer: the number of a request, its language, its host, its headers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.lib import edge
from tests.cast import Cast

FRESH = re.compile(r"[0-9a-f]{16}")


@pytest.mark.parametrize("given", ["abcdefgh", "A" * 64, "trace_01-B7", "0" * 8])
def test_a_sane_number_is_kept(client: Client, given: str) -> None:
    assert client.get("/livez", headers={"X-Request-Id": given})["X-Request-Id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "A" * 65, "with space", "abcdefgh\n", "<script>x</script>", "あ" * 10, "a:b=c;dd"]
)
def test_any_other_number_is_replaced(client: Client, given: str) -> None:
    told = client.get("/livez", headers={"X-Request-Id": given})["X-Request-Id"]
    assert told != given
    assert FRESH.fullmatch(told)


def test_each_request_without_a_number_gets_its_own(client: Client) -> None:
    assert len({client.get("/livez")["X-Request-Id"] for _number in range(20)}) == 20


def test_a_problem_document_carries_the_number_of_the_request(client: Client) -> None:
    answer = client.get("/api/v1/nowhere", headers={"X-Request-Id": "to-quote-1"})
    assert answer.json()["request_id"] == answer["X-Request-Id"] == "to-quote-1"


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("", "", "ja"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "fr,de", "ja"),
        ("", "de, en;q=0.2, ja;q=0.1", "en"),
        ("en", "ja", "en"),
        ("ja", "en", "ja"),
        ("xx", "en", "en"),
        ("../../etc", "*", "ja"),
        ("ja\x00", "en;q=nan", "ja"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_browsers(cookie: str, accepted: str, language: str) -> None:
    assert edge.language_of(cookie, accepted) == language


def test_a_thread_does_not_keep_the_language_of_its_last_visitor(client: Client) -> None:
    assert client.get("/livez", headers={"Accept-Language": "en"})["Content-Language"] == "en"
    assert client.get("/livez")["Content-Language"] == "ja"


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/api/v1/nowhere", "/nowhere"])
def test_a_foreign_host_is_refused(client: Client, path: str) -> None:
    answer = client.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_probe_may_come_by_any_address(client: Client, path: str) -> None:
    assert client.get(path, headers={"Host": "10.1.2.3:8000"}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/?x=%00", "/%00", "/admin/%00/", "/api/v1/customers/%00", "/api/v1/nowhere?cursor=%00", "/livez?%00"]
)
def test_what_no_database_can_hold_is_refused_at_the_door(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400


def test_headers_of_pages_and_of_programs(cast: Cast, client: Client) -> None:
    client.force_login(cast.staff["clerk"])
    page = client.get("/").headers
    api = client.get(reverse("api:customer", args=[cast.hanako.uuid])).headers
    for headers in (page, api):
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Permissions-Policy"].startswith("camera=(self)")
        assert "Server" not in headers
    assert api["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
    told = dict(part.strip().split(" ", 1) for part in page["Content-Security-Policy"].split(";"))
    assert told["default-src"] == told["object-src"] == told["base-uri"] == told["frame-ancestors"] == "'none'"
    assert told["script-src"] == told["style-src"] == "'self'"


def test_https_is_asked_for_and_told(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    answer = Client().get("/admin/login/?next=/")
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/admin/login/?next=/")
    secure = Client().get("/livez", secure=True)
    assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert Client().get("/livez").status_code == 200


def test_plain_http_tells_no_hsts(client: Client) -> None:
    assert "Strict-Transport-Security" not in client.get("/livez").headers
