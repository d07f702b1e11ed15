"""One call to the product: who, which route, which method, and how its answer must look whatever was sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson
from django.core.cache import cache
from django.db import transaction
from django.test.client import Client
from hypothesis import strategies as st

from customers import access
from customers.models import Role
from tests.fuzz.hostile import CURSORS, TEXT
from tests.permissions.world import FAR, NEAR, World

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
# Parameters our pages and Django's admin read; others are added by chance.
PARAMETERS = [
    *(
        "cursor",
        "limit",
        "channel",
        "kind",
        "term",
        "next",
        "q",
        "o",
        "p",
        "e",
        "all",
        "_popup",
        "_to_field",
        "settled",
    ),
    *(
        "_changelist_filters",
        "is_open__exact",
        "is_active__exact",
        "staff__role__exact",
        "state__exact",
        "surface__exact",
    ),
    *("app_label", "model_name", "field_name", "phase", "page", "format", "id", "pk__in", "password__startswith"),
]
HEADERS = [
    *("HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING", "HTTP_CONTENT_ENCODING", "HTTP_IDEMPOTENCY_KEY"),
    *("HTTP_X_REQUEST_ID", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_RANGE", "HTTP_IF_NONE_MATCH"),
    *("HTTP_COOKIE", "HTTP_REFERER", "HTTP_ORIGIN", "HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_AUTHORIZATION"),
]
header_text = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40)
headers = st.just({}) | st.dictionaries(st.sampled_from(HEADERS), header_text, max_size=3)
queries = st.lists(
    st.tuples(st.sampled_from(PARAMETERS) | TEXT, TEXT | CURSORS | st.integers().map(str)), max_size=5
).map(lambda pairs: "&".join(f"{escaped(name)}={escaped(value)}" for name, value in pairs))


@dataclass(frozen=True)
class Target:
    """A route and method as one member of the cast, with the ids of one side of the shop."""

    route: str
    method: str
    member: str
    side: str


@dataclass(frozen=True)
class Call:
    """A target and what is sent to it."""

    target: Target
    query: str = ""
    body: bytes = b""
    content_type: str = JSON
    extra: dict[str, str] = field(default_factory=dict)


def escaped(text: str) -> str:
    """Return text as a browser that knows nothing of surrogates would put it into an address."""
    return quote(text.encode("utf-8", "surrogatepass"))


def written(document: Any) -> bytes:
    """Return JSON as a careless client writes it: NaN, halves of pairs and huge numbers included."""
    return json.dumps(document).encode()


def members_for(capability: str) -> list[str]:
    """Return who may: roles with the capability, everybody for an open route, an administrator where nobody may."""
    if capability == access.PUBLIC:
        return ["outsider", "clerk"]
    return [role for role in access.CAPABILITIES.get(capability, {}) if role in Role.values] or [Role.ADMIN.value]


def targets(*, is_api: bool, methods: set[str]) -> list[Target]:
    """Return every target of the API or of the pages, read from the policy table."""
    return [
        Target(route, method, member, side)
        for route, rules in access.ROUTES.items()
        if route.startswith("api:") == is_api
        for method, rule in rules.items()
        if method in methods
        for member in members_for(rule.capability)
        for side in (NEAR, FAR)
    ]


def by_route(found: list[Target]) -> st.SearchStrategy[Target]:
    """Return targets with each route as likely as the other, however many may call it."""
    routes: dict[str, list[Target]] = {}
    for target in found:
        routes.setdefault(target.route, []).append(target)
    return st.sampled_from(list(routes.values())).flatmap(st.sampled_from)


def send(world: World, call: Call) -> Any:
    """Make the call and take back what it did; return the answer. Raises what would have been a 500."""
    target = call.target
    client: Client = world.client(target.member)
    client.raise_request_exception = True
    cache.clear()
    with transaction.atomic():
        answer = client.generic(
            target.method,
            world.url(target.route, target.member, target.side),
            call.body,
            content_type=call.content_type,
            QUERY_STRING=call.query,
            **call.extra,
        )
        transaction.set_rollback(True)
    return answer


def assert_no_bug(answer: Any) -> None:
    """Whatever was sent, the answer is ours: no 5xx, and the request has a number."""
    assert answer.status_code < 500, (answer.status_code, answer.content[:500])
    assert answer["X-Request-Id"]


def assert_problem(answer: Any) -> None:
    """A refusal of the API is a problem document (RFC 9457) that agrees with its own status."""
    assert_no_bug(answer)
    if answer.status_code < 400 or answer.request["REQUEST_METHOD"] == "HEAD":
        return
    assert answer["Content-Type"] == "application/problem+json", (answer.status_code, answer["Content-Type"])
    problem = orjson.loads(answer.content)
    assert set(problem) == {"type", "title", "status", "detail", "code", "errors", "request_id"}
    assert (problem["status"], problem["request_id"]) == (answer.status_code, answer["X-Request-Id"])
    assert all(problem[name] for name in ("type", "title", "detail", "code"))
    assert all(set(error) == {"pointer", "code", "detail"} for error in problem["errors"])
