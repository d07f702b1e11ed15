"""Every refusal becomes one kind of document over the API and one kind of page elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config import urls as real
from config.lib.errors import Conflict, DomainError, FieldError, Invalid, NotFound, Refused, TooMany, Unavailable
from customers import access
from customers.access import Rule

raised: list[Exception] = []


class Api(APIView):
    """An API view that fails as told."""

    permission_classes = ()
    authentication_classes = ()

    def get(self, request: Request) -> Response:
        raise raised[0]


def page(request: HttpRequest) -> HttpResponse:
    """A page that fails as told."""
    raise raised[0]


handler400, handler403, handler404, handler500 = real.handler400, real.handler403, real.handler404, real.handler500
api = ([path("broken", Api.as_view(), name="broken")], "api")
urlpatterns = [path("api/v1/", include(api)), path("broken/", page, name="broken"), *real.urlpatterns]


@pytest.fixture
def answers(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception], tuple[Any, Any]]:
    """Return what the API and a page answer when their work raises this error."""
    settings.ROOT_URLCONF = "tests.lib.test_problems"
    monkeypatch.setitem(access.ROUTES, "broken", {"GET": Rule(access.PUBLIC)})
    client.raise_request_exception = False

    def ask(error: Exception) -> tuple[Any, Any]:
        raised[:] = [error]
        english = {"Accept-Language": "en"}
        return client.get("/api/v1/broken", headers=english), client.get("/broken/", headers=english)

    return ask


FIELDS = (FieldError("/text", "too_long", "At most 200."), FieldError("/a~1b", "choice", "One of two."))


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Invalid("note_empty", "The note is empty."), 422, "note_empty"),
        (Conflict("stale", "Somebody was faster."), 409, "stale"),
        (NotFound("not_found", "Not here."), 404, "not_found"),
        (Refused("not_allowed", "Not you."), 403, "not_allowed"),
        (TooMany("too_many", "Wait.", retry_after=17), 429, "too_many"),
        (Unavailable("limiter_away", "Not now."), 503, "limiter_away"),
    ],
)
def test_a_domain_error_has_its_status_and_words(answers: Any, error: DomainError, status: int, code: str) -> None:
    # when
    api, page = answers(error)
    # then
    assert (api.status_code, page.status_code) == (status, status)
    assert api["Content-Type"] == "application/problem+json"
    assert (api.json()["status"], api.json()["code"], api.json()["detail"]) == (status, code, str(error.message))
    assert str(error.message) in page.content.decode()
    wait = None if error.retry_after is None else str(error.retry_after)
    assert (api.headers.get("Retry-After"), page.headers.get("Retry-After")) == (wait, wait)


def test_refused_fields_are_named(answers: Any) -> None:
    api, _page = answers(Invalid("note", "Refused.", fields=FIELDS))
    assert api.json() == {
        "type": "about:blank",
        "title": "The content was refused",
        "status": 422,
        "detail": "Refused.",
        "code": "note",
        "errors": [
            {"pointer": "/text", "code": "too_long", "detail": "At most 200."},
            {"pointer": "/a~1b", "code": "choice", "detail": "One of two."},
        ],
        "request_id": api["X-Request-Id"],
    }


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (exceptions.ValidationError({"a": ["x"]}), 422, "invalid"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.UnsupportedMediaType("x"), 415, "unsupported_media_type"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.Throttled(wait=3), 429, "throttled"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "not_allowed"),
    ],
)
def test_library_errors_are_documents_too(answers: Any, error: Exception, status: int, code: str) -> None:
    api, _page = answers(error)
    assert (api.status_code, api["Content-Type"], api.json()["code"]) == (status, "application/problem+json", code)


def test_nested_field_errors_have_their_pointers(answers: Any) -> None:
    detail = {"lines": [{}, {"a/b": ["bad"]}], "non_field_errors": ["whole"], "x~y": ["bad"]}
    api, _page = answers(exceptions.ValidationError(detail))
    assert [error["pointer"] for error in api.json()["errors"]] == ["/lines/1/a~1b", "/", "/x~0y"]


@pytest.mark.parametrize("error", [OperationalError("lock timeout"), InterfaceError("closed")])
def test_a_database_that_is_away_or_busy_is_told_as_such(answers: Any, error: Exception) -> None:
    api, page = answers(error)
    assert (api.status_code, api.json()["code"], api["Retry-After"]) == (503, "busy", "2")
    assert (page.status_code, page["Retry-After"]) == (503, "2")
    assert "Somebody else is working on the same data" in page.content.decode()


def test_a_bug_is_ours_with_a_number_and_nothing_else(answers: Any) -> None:
    api, page = answers(ZeroDivisionError("90000001 山田"))
    assert (api.status_code, api["Content-Type"]) == (500, "application/problem+json")
    assert api.json()["code"] == "server_error"
    assert api["X-Request-Id"] in api.json()["detail"]
    assert page.status_code == 500
    assert page["X-Request-Id"] in page.content.decode()
    for answer in (api, page):
        assert [
            word for word in ("90000001", "山田", "ZeroDivision", "Traceback") if word in answer.content.decode()
        ] == []


@pytest.mark.django_db
def test_a_page_whose_reader_cannot_be_looked_up_still_says_what_happened(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: the database goes away between the session cookie and the account
    def gone(*args: Any) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", gone)
    client.cookies["yorisoi-session"] = "a" * 32
    client.raise_request_exception = False
    # when
    answer = client.get("/", headers={"Accept-Language": "en"})
    # then
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "Somebody else is working on the same data" in answer.content.decode()
