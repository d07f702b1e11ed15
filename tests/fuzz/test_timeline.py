"""The timeline told in any order, by any number of tellers, with any share of repetitions: the same story.

And whatever was told, erasing leaves the skeleton: when, where and what kind, never the words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from config.lib.errors import Conflict
from customers.models import Customer
from customers.services import locks
from journeys.hooks import interaction_kinds
from journeys.models import Channel, Interaction
from journeys.services import timeline
from journeys.services.timeline import Fact
from tests.cast import Cast
from tests.fuzz.explore import Budget, budget, explore
from tests.fuzz.hostile import WRITABLE

SOURCES = ["pos", "web", "line", "pbx", "ec", "app", "mall"]
# What a row says, without what the database numbers.
PLACE = ("kind", "customer_id", "occurred_at", "channel", "source", "source_id", "product_ids", "visibility")
STORY = (*PLACE, "text", "data", "fingerprint")
SKELETON = (
    *PLACE,
    "uuid",
    "recorded_at",
    "device",
    "store_id",
    "actor_id",
    "subject_kind",
    "subject_id",
    "corrects_id",
)


def payload_of(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return payloads a kind may have."""
    fields = {plug.name: plug.value.fields for plug in interaction_kinds.plugs()}[kind]
    value = WRITABLE | st.integers(-(2**53), 2**53) | st.booleans() | st.none() | st.lists(WRITABLE, max_size=2)
    return st.fixed_dictionaries({}, optional=dict.fromkeys(fields, value))


def facts_of(customers: Sequence[Customer]) -> st.SearchStrategy[Fact]:
    """Return facts about these customers, few enough keys that two often name the same."""
    kinds = sorted(plug.name for plug in interaction_kinds.plugs())
    return st.sampled_from(kinds).flatmap(
        lambda kind: st.builds(
            Fact,
            kind=st.just(kind),
            customer_id=st.sampled_from([customer.pk for customer in customers]),
            occurred_at=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
            channel=st.sampled_from(Channel.values),
            source=st.sampled_from(SOURCES),
            source_id=st.integers(1, 12).map(str),
            product_ids=st.lists(st.integers(1, 2**62), max_size=3).map(tuple),
            text=WRITABLE,
            data=payload_of(kind),
        )
    )


def tell(customers: Sequence[Customer], facts: Sequence[Fact]) -> int:
    """Tell the facts one after the other; return how many were refused as told differently before."""
    refused = 0
    for fact in facts:
        try:
            with transaction.atomic():
                locks.hold_customers(customer_ids=[customer.pk for customer in customers])
                timeline.record_many(facts=[fact], mode=timeline.LIVE)
        except Conflict:
            refused += 1
    return refused


def stories(fields: Sequence[str] = STORY) -> Counter[str]:
    """Return what stands on the timeline from these sources."""
    rows = Interaction.objects.filter(source__in=SOURCES).values_list(*fields)
    return Counter(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in rows)


def distinct(facts: Sequence[Fact]) -> list[Fact]:
    """Return the first fact of each key: what a world without contradictions would tell."""
    return list({(fact.source, fact.source_id): fact for fact in reversed(facts)}.values())


@budget(short=20, long=250)
def test_order_and_repetition_do_not_change_the_story(cast: Cast, budget: Budget) -> None:
    customers = [cast.hanako, cast.namesake]

    def check(case: tuple[list[Fact], Any]) -> None:
        told, chance = case
        facts = distinct(told)
        again = [*facts, *chance.sample(facts, len(facts) // 2)]
        chance.shuffle(again)
        told_in_order = once(customers, facts)
        assert once(customers, again) == told_in_order
        assert sum(told_in_order[0].values()) == len(facts)

    explore(budget, st.tuples(st.lists(facts_of(customers), max_size=12), st.randoms(use_true_random=False)), check)


def once(customers: Sequence[Customer], facts: Sequence[Fact]) -> tuple[Counter[str], list[int], int]:
    """Tell the facts to an untouched database; return the story, the contexts and the refusals, and take it back."""
    with transaction.atomic():
        refused = tell(customers, facts)
        contexts = Customer.objects.filter(pk__in=[c.pk for c in customers]).order_by("pk")
        found = stories(), list(contexts.values_list("context_seq", flat=True)), refused
        transaction.set_rollback(True)
    return found


@budget(short=12, long=250)
def test_a_contradiction_is_refused_and_the_first_word_stands(cast: Cast, budget: Budget) -> None:
    customers = [cast.hanako, cast.namesake]

    def check(facts: list[Fact]) -> None:
        first = {(fact.source, fact.source_id): fact for fact in reversed(facts)}
        # Compared as written: to Python, 0 and False are equal.
        contradictions = [fact for fact in facts if repr(fact) != repr(first[fact.source, fact.source_id])]
        found, _contexts, refused = once(customers, facts)
        assert refused == len(contradictions)
        assert found == once(customers, list(first.values()))[0]

    explore(budget, st.lists(facts_of(customers), max_size=15), check)


@budget(short=12, long=250)
def test_erasing_leaves_the_skeleton_and_nobody_elses_words(cast: Cast, budget: Budget) -> None:
    customers = [cast.hanako, cast.namesake]
    kinds = {plug.name: plug.value for plug in interaction_kinds.plugs()}

    def check(told: list[Fact]) -> None:
        with transaction.atomic():
            facts = distinct(told)
            tell(customers, facts)
            skeletons, others = stories(SKELETON), list(Interaction.objects.filter(customer=cast.namesake).values())
            # when
            timeline.erase(customer_id=cast.hanako.pk)
            # then
            assert stories(SKELETON) == skeletons
            assert list(Interaction.objects.filter(customer=cast.namesake).values()) == others
            for row in Interaction.objects.filter(customer=cast.hanako):
                assert (row.text, bytes(row.fingerprint)) == ("", b"")
                assert row.data == {} or not kinds[row.kind].is_personal
            # and what comes in again brings nothing back
            erased = stories()
            assert tell(customers, facts) == 0
            assert stories() == erased
            transaction.set_rollback(True)

    explore(budget, st.lists(facts_of(customers), max_size=10), check)
