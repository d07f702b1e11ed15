"""The API against bodies, headers, addresses and cursors of every kind: a problem document, never a 5xx."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st

from tests.fuzz.calls import (
    FORM,
    JSON,
    Call,
    Target,
    assert_problem,
    by_route,
    headers,
    queries,
    send,
    targets,
    written,
)
from tests.fuzz.explore import Budget, budget, explore
from tests.fuzz.hostile import CURSORS, TEXT, json_values, nearly
from tests.permissions.world import FAR, NEAR, World

pytestmark = pytest.mark.django_db

ALL_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
KNOWN_FIELDS = ["text", "scope", "channel", "term", "uuid", "customer", "actor", "__proto__", "id"]
CONTENT_TYPES = st.sampled_from(
    [JSON, JSON, JSON, f"{JSON}; charset=utf-16", "text/plain", FORM, "multipart/form-data; boundary=x", "", "a/b;;;"]
)
raw = st.one_of(
    st.binary(max_size=60),
    st.integers(1, 100_000).map(lambda n: b"[" * n),
    st.integers(1, 3_000).map(lambda n: b'{"text":' * n + b"1" + b"}" * n),
    st.integers(1, 6_000).map(lambda n: b'{"text": ' + b"9" * n + b"}"),
    TEXT.map(lambda text: b'{"text": "' + text.encode("utf-8", "surrogatepass") + b'", "scope": "company"}'),
    st.text(st.sampled_from('{}[]",:\\ud800"01e+.-ntf '), max_size=40).map(str.encode),
)


def bodies(world: World, target: Target) -> st.SearchStrategy[bytes]:
    """Return bodies for one target: like a good one, any JSON, or no JSON at all."""
    good: dict[str, Any] = world.body(target.route, target.member, target.side)
    return st.one_of(nearly(good, KNOWN_FIELDS).map(written), json_values().map(written), raw)


@budget(short=300, long=3_000)
def test_no_body_breaks_a_route(world: World, budget: Budget) -> None:
    found = by_route(targets(is_api=True, methods=ALL_METHODS - {"GET"}))
    calls = found.flatmap(
        lambda target: st.builds(
            Call,
            target=st.just(target),
            body=bodies(world, target),
            content_type=CONTENT_TYPES,
            extra=headers,
        )
    )
    explore(budget, calls, lambda call: assert_problem(send(world, call)))


@budget(short=200, long=2_500)
def test_no_address_breaks_a_route(world: World, budget: Budget) -> None:
    found = by_route(targets(is_api=True, methods=ALL_METHODS))
    calls = st.builds(Call, target=found, query=queries, extra=headers)
    explore(budget, calls, lambda call: assert_problem(send(world, call)))


@budget(short=120, long=1_500)
def test_no_page_mark_breaks_the_timeline(world: World, budget: Budget) -> None:
    readers = st.sampled_from(
        [Target("api:customer-timeline", "GET", who, side) for who in ("clerk", "agent") for side in (NEAR, FAR)]
    )
    marks = st.tuples(CURSORS, st.integers(-5, 200) | st.integers()).map(
        lambda pair: f"cursor={pair[0]}&limit={pair[1]}"
    )
    explore(budget, st.builds(Call, target=readers, query=marks), lambda call: assert_problem(send(world, call)))
