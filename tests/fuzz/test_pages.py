"""Pages against forms and addresses of every kind: an answer, never a 5xx."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from hypothesis import strategies as st

from tests.fuzz.calls import FORM, Call, Target, assert_no_bug, by_route, headers, queries, send, targets
from tests.fuzz.explore import Budget, budget, explore
from tests.fuzz.hostile import TEXT
from tests.permissions.world import World

pytestmark = pytest.mark.django_db

FIELD = re.compile(r'name="([^"]{1,60})"')
VALUE = re.compile(r'value="([^"]{1,60})"')
CONTENT_TYPES = st.sampled_from(
    [FORM] * 5 + [f"{FORM}; charset=cp932", f"{FORM}; charset=nothing", "text/plain", "", "multipart/form-data"]
)


def form_of(world: World, target: Target) -> tuple[list[str], list[str]]:
    """Return the field names and values a page shows its reader, forms of the customer's page included."""
    pages = [target, Target("customer-page", "GET", target.member, target.side)]
    shown = "".join(
        send(world, Call(Target(page.route, "GET", page.member, page.side))).content.decode() for page in pages
    )
    return sorted(set(FIELD.findall(shown))), sorted(set(VALUE.findall(shown)))


def pairs_for(world: World, target: Target) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Return forms like a good one: fields missing, replaced, repeated and added."""
    good = sorted((name, str(value)) for name, value in world.body(target.route, target.member, target.side).items())
    names, values = form_of(world, target)
    name = st.sampled_from([*(name for name, _value in good), *names, "csrfmiddlewaretoken"])
    value = TEXT | st.sampled_from([*values, "on", ""])
    some = st.lists(st.sampled_from(good), max_size=4) if good else st.just([])
    spoiled = st.lists(st.tuples(name | TEXT, value), max_size=6)
    return st.tuples(st.just(good) | some, spoiled).map(lambda parts: parts[0] + parts[1])


def encoded(pairs: list[tuple[str, str]]) -> bytes:
    """Return a form as sent, halves of surrogate pairs included."""
    return urlencode(
        [(n.encode("utf-8", "surrogatepass"), v.encode("utf-8", "surrogatepass")) for n, v in pairs]
    ).encode()


@budget(short=150, long=1_500)
def test_no_form_breaks_a_page(world: World, budget: Budget) -> None:
    forms: dict[Target, st.SearchStrategy[list[tuple[str, str]]]] = {}

    def calls(target: Target) -> st.SearchStrategy[Call]:
        if target not in forms:
            forms[target] = pairs_for(world, target)
        return st.builds(
            Call,
            target=st.just(target),
            query=queries,
            body=forms[target].map(encoded),
            content_type=CONTENT_TYPES,
            extra=headers,
        )

    found = by_route(targets(is_api=False, methods={"POST"}))
    explore(budget, found.flatmap(calls), lambda call: assert_no_bug(send(world, call)))


@budget(short=150, long=1_500)
def test_no_address_breaks_a_page(world: World, budget: Budget) -> None:
    found = by_route(targets(is_api=False, methods={"GET"}))
    calls = st.builds(Call, target=found, query=queries, extra=headers)
    explore(budget, calls, lambda call: assert_no_bug(send(world, call)))
