"""One walk over every route by every member: what each request writes down, what each page carries."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, reverse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config import urls as real
from config.lib.logs import JsonFormatter
from customers import access
from customers.access import Rule
from customers.models import Customer
from tests.permissions import matrix
from tests.permissions.policy import TABLE
from tests.permissions.world import FAR, NEAR, World, secrets_of

pytestmark = pytest.mark.django_db
FIELDS = {"at", "level", "process", "event", "request_id", "method", "route", "status", "ms", "user_id"}
TYPED = "よしだ-canary"
SECRETS = (*secrets_of(NEAR), *secrets_of(FAR), TYPED, "新しいメモ", "ヤマ", "花子")
MARK = 'class="y-demo"'
FRAGMENTS = {"customer-panel", "admin:journeys_importrun_progress"}  # parts put into a page that has its mark


def broken_page(request: HttpRequest) -> HttpResponse:
    """A page with a bug whose error quotes a customer."""
    raise ValueError(f"cannot read {secrets_of(NEAR)}")


class BrokenApi(APIView):
    """An API view whose database error quotes a customer."""

    permission_classes = ()
    authentication_classes = ()

    def get(self, request: Request) -> Response:
        raise IntegrityError(f"Key (member_number)=({secrets_of(NEAR)}) already exists")


handler400, handler403, handler404, handler500 = real.handler400, real.handler403, real.handler404, real.handler500
broken = ([path("broken", BrokenApi.as_view(), name="broken")], "api")
urlpatterns = [path("api/v1/", include(broken)), path("broken/", broken_page, name="broken"), *real.urlpatterns]


@dataclass
class Log:
    """What the process writes, line by line."""

    stream: io.StringIO

    def take(self) -> list[dict[str, Any]]:
        """Return the lines written since the last call, and nothing that stands in none of them."""
        lines = [orjson.loads(text) for text in self.stream.getvalue().splitlines()]
        self.stream.seek(0)
        self.stream.truncate()
        return lines


@pytest.fixture
def log() -> Iterator[Log]:
    """Listen with the product's own formatter, behind the product's own levels."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(JsonFormatter("web"))
    logging.getLogger().addHandler(handler)
    yield Log(handler.stream)
    logging.getLogger().removeHandler(handler)


def told(log: Log, response: Any) -> dict[str, Any]:
    """Return the one request line of a response. The log holds no other request line and no secret."""
    assert [secret for secret in SECRETS if secret in log.stream.getvalue()] == []
    lines = [line for line in log.take() if line["event"] == "request"]
    assert len(lines) == 1
    assert set(lines[0]) == FIELDS
    assert lines[0]["request_id"] == response["X-Request-Id"]
    assert lines[0]["status"] == response.status_code
    return lines[0]


@pytest.mark.parametrize("route", matrix.routes())
def test_each_request_is_one_line_without_personal_data(world: World, log: Log, route: str) -> None:
    for cell in matrix.cells(route):
        cache.clear()
        with transaction.atomic():
            response = matrix.call(world, cell)
            transaction.set_rollback(True)
        world.put_files_back()
        line = told(log, response)
        user = world.cast.members()[cell.member]
        is_told = line["user_id"] is not None
        assert (line["route"], line["level"]) == (route, "info")
        assert line["method"] == ("other" if cell.method == "TRACE" else cell.method)
        assert not is_told or line["user_id"] == user.pk, cell


@pytest.mark.parametrize(
    "route", ["home", "customer-page", "api:customer", "customer-note-add", "admin:customers_user_add"]
)
def test_the_line_names_who_called(world: World, log: Log, route: str) -> None:
    row = next(row for row in TABLE.values() if row.route == route)
    for member in sorted(row.near):
        with transaction.atomic():
            response = matrix.call(world, matrix.Cell(route, row.method, member, NEAR))
            transaction.set_rollback(True)
        assert told(log, response)["user_id"] == world.cast.members()[member].pk


def test_what_people_type_is_in_no_line(world: World, log: Log) -> None:
    # given: a name where it should not be typed, and where it should
    client = world.client("agent")
    page = f"/customers/{world.customers[NEAR].uuid}/"
    calls = [
        lambda: client.get(f"/customers/{TYPED}/"),
        lambda: client.get(f"/{TYPED}?q={TYPED}"),
        lambda: client.get(page, {"cursor": TYPED, "channel": TYPED}),
        lambda: client.get(f"/api/v1/{TYPED}"),
        lambda: client.get(reverse("api:customer-timeline", args=[world.customers[NEAR].uuid]), {"kind": TYPED}),
        lambda: client.post(reverse("customer-search"), {"term": TYPED}),
        lambda: client.post(reverse("api:customer-search"), {"term": TYPED}, content_type="application/json"),
        lambda: client.post(reverse("api:customer-search"), {TYPED: 1}, content_type="application/json"),
        lambda: client.post(f"{page}notes/", {"text": TYPED * 30, "scope": "company", "key": "k"}),
        lambda: client.post(reverse("admin:login"), {"username": TYPED, "password": TYPED}),
        lambda: client.get("/", headers={"X-Request-Id": TYPED, "Referer": f"http://testserver/{TYPED}"}),
        lambda: client.get("/", headers={"Host": "canary.example"}),
        lambda: client.get(f"/?{TYPED}=%00"),
        lambda: client.get(reverse("admin:customers_store_changelist"), {TYPED: TYPED}),
    ]
    # when / then
    statuses = [told(log, call())["status"] for call in calls]
    assert statuses == [404, 404, 200, 404, 422, 200, 200, 422, 422, 200, 200, 400, 400, 403]


@pytest.mark.parametrize(("address", "error"), [("/broken/", "ValueError"), ("/api/v1/broken", "IntegrityError")])
def test_a_bug_is_told_by_its_place_and_not_by_its_words(
    world: World, log: Log, settings: Any, monkeypatch: pytest.MonkeyPatch, address: str, error: str
) -> None:
    # given
    settings.ROOT_URLCONF = "tests.permissions.test_walk"
    monkeypatch.setitem(access.ROUTES, "broken", {"GET": Rule(access.PUBLIC)})
    # when
    response = world.client("agent").get(f"{address}?q={TYPED}")
    # then: the request line, and beside it the error's type and place
    assert [
        secret for secret in SECRETS if secret in log.stream.getvalue() or secret in response.content.decode()
    ] == []
    lines = {line["event"]: line for line in log.take()}
    assert sorted(lines) == ["%s: %s", "request"]
    assert (lines["request"]["status"], lines["request"]["route"]) == (
        500,
        address.split("/")[1].replace("api", "api:broken"),
    )
    bug = lines["%s: %s"]
    assert (bug["error"], bug["level"]) == (error, "error")
    assert bug["where"][-1].startswith(__file__)


def test_a_database_error_that_quotes_a_row_is_told_without_it(world: World, log: Log) -> None:
    with pytest.raises(IntegrityError, match=secrets_of(NEAR)[-1]) as caught, transaction.atomic():
        Customer.objects.create(family_name="x", member_number=world.customers[NEAR].member_number)
    logging.getLogger("yorisoi.test").error("test.failed", exc_info=caught.value, extra={"customer": 7})
    (line,) = log.take()
    assert (line["event"], line["error"], line["customer"]) == ("test.failed", "IntegrityError", 7)
    assert [secret for secret in SECRETS if secret in str(line)] == []


def html_pages(world: World) -> Iterator[tuple[matrix.Cell, str]]:
    """Yield every HTML page of the product, shown and refused; not the parts that are put into one."""
    for cell in matrix.cells():
        if (
            cell.method in {"GET", "POST"}
            and cell.side == NEAR
            and cell.member in {"data_steward", "admin", "clerk", "outsider"}
        ):
            cache.clear()
            with transaction.atomic():
                response = matrix.call(world, cell)
                transaction.set_rollback(True)
            world.put_files_back()
            is_part = cell.route in FRAGMENTS and response.status_code == 200
            if response.get("Content-Type", "").startswith("text/html") and response.content and not is_part:
                yield cell, response.content.decode()


def test_the_demo_is_marked_on_every_page(world: World) -> None:
    pages = list(html_pages(world))
    assert len(pages) > 100
    assert [str(cell) for cell, text in pages if text.count(MARK) != 1 or not text.rstrip().endswith("</html>")] == []


def test_outside_the_demo_no_page_is_marked(world: World) -> None:
    from django.test import override_settings

    without = [name for name in settings.MIDDLEWARE if "DemoMark" not in name]
    with override_settings(DEMO=False, MIDDLEWARE=without):
        world.clients.clear()
        pages = list(html_pages(world))
    world.clients.clear()
    assert len(pages) > 100
    assert [str(cell) for cell, text in pages if "y-demo" in text or re.search(r"\bDemo\b|デモ", text)] == []


def test_the_mark_keeps_the_length_right(world: World) -> None:
    answer = world.client("clerk").get("/")
    assert answer["Content-Length"] == str(len(answer.content))


def test_what_is_no_page_is_not_marked(world: World) -> None:
    sample = world.client("data_steward").get(reverse("admin:journeys_importrun_sample"))
    answers = [world.client("clerk").get("/livez"), world.client("clerk").get("/api/v1/nowhere")]
    assert MARK.encode() not in b"".join([sample.getvalue(), *(answer.content for answer in answers)])
