"""What follows a fact: now with it, or later by a row that is worked once, retried with patience, parked at last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.lib import clock
from config.lib.errors import Conflict
from customers.models import AttentionItem
from customers.services import attention
from journeys.hooks import Reactor, on_interaction
from journeys.models import Interaction, Reaction
from journeys.services import reactions
from tests import factories
from tests.cast import Cast

Plug = Callable[[list[Interaction]], None]


@pytest.fixture
def plug() -> Iterator[Callable[..., None]]:
    """Register reactors for the length of a test: plug(name, run, when)."""
    with ExitStack() as stack:

        def register(name: str, run: Plug, when: str = "later", kind: str = "call.received", order: int = 100) -> None:
            stack.enter_context(on_interaction.register_temporarily(name, Reactor(kind, when, run), order=order))

        yield register


def call(cast: Cast, **given: Any) -> int:
    """Let Hanako call; return the fact's id."""
    return factories.interaction(customer=cast.hanako, **given)


def row() -> Reaction:
    """Return the one reaction there is."""
    return Reaction.objects.get()


def mark(facts: list[Interaction]) -> None:
    """A reactor that leaves one attention item for all it was given."""
    attention.raise_item(
        kind="note_sensitive", key=",".join(str(fact.pk) for fact in facts), owner_role="data_steward", data={"note": 1}
    )


def marks() -> list[str]:
    """Return what `mark` was given, call by call."""
    found = AttentionItem.objects.filter(kind="note_sensitive").order_by("pk")
    return list(found.values_list("key", flat=True))


class Fails:
    """A reactor that fails a number of times, then marks."""

    def __init__(self, times: int, error: Exception) -> None:
        self.left, self.error, self.calls = times, error, 0

    def __call__(self, facts: list[Interaction]) -> None:
        self.calls += 1
        mark(facts)
        if self.left:
            self.left -= 1
            raise self.error


# --- now ---
def test_a_reactor_runs_with_the_fact_in_order(cast: Cast, plug: Any) -> None:
    told: list[tuple[str, list[int]]] = []
    plug("second", lambda facts: told.append(("second", [fact.pk for fact in facts])), "now", order=20)
    plug("first", lambda facts: told.append(("first", [fact.pk for fact in facts])), "now", order=10)
    pk = call(cast)
    assert told == [("first", [pk]), ("second", [pk])]


def test_a_refusal_undoes_itself_alone_and_is_put_on_the_list(cast: Cast, plug: Any) -> None:
    # given: one plug that writes and then refuses, one that writes
    def refuse(facts: list[Interaction]) -> None:
        attention.raise_item(kind="note_sensitive", key="left behind", owner_role="admin", data={"note": 1})
        raise Conflict("no_budget", "No budget.")

    plug("refusing", refuse, "now", order=10)
    plug("working", mark, "now", order=20)
    # when
    pk = call(cast)
    # then: the fact stands, the other plug's work stands, the refusal is one item of the administrator
    assert Interaction.objects.filter(pk=pk).count() == 1
    assert marks() == [str(pk)]
    item = AttentionItem.objects.get(kind="reaction_refused")
    assert (item.key, item.owner_role, item.customer_id) == (f"refusing:{pk}", "admin", cast.hanako.pk)
    assert item.data == {"plug": "refusing", "code": "no_budget", "interaction": pk}


def test_a_bug_ends_the_transaction_and_the_fact(cast: Cast, plug: Any) -> None:
    plug("broken", Fails(1, ZeroDivisionError()), "now")
    with pytest.raises(ZeroDivisionError):
        call(cast)
    assert Interaction.objects.filter(kind="call.received").count() == 0
    assert AttentionItem.objects.count() == 0


def test_a_reactor_hears_its_own_kind_or_all(cast: Cast, plug: Any) -> None:
    told: list[str] = []
    plug("calls", lambda facts: told.append("calls"), "now")
    plug("all", lambda facts: told.append("all"), "now", kind="*")
    call(cast, kind="product.viewed", channel="web", data={"product": "コート"})
    assert told == ["all"]


# --- nobody listening ---
def test_when_nobody_listens_a_view_costs_one_insert(cast: Cast) -> None:
    # given: nothing is plugged into this kind, material or not
    with CaptureQueriesContext(connection) as captured:
        call(cast, kind="product.viewed", channel="web", data={"product": "コート"})
    # then
    written = [entry["sql"] for entry in captured if "SAVEPOINT" not in entry["sql"]]
    assert [sql.split()[0] for sql in written if "yorisoi.held" not in sql or "INSERT" in sql] == ["INSERT"]
    assert Reaction.objects.count() == 0


# --- later ---
def test_one_row_for_each_who_listens(cast: Cast, plug: Any) -> None:
    plug("one", mark)
    plug("two", mark)
    plug("other", mark, kind="visit.made")
    pk = call(cast)
    assert sorted(Reaction.objects.values_list("interaction_id", "plug", "state", "attempts")) == [
        (pk, "one", "waiting", 0),
        (pk, "two", "waiting", 0),
    ]


def test_rows_of_one_plug_are_worked_together_and_settled(cast: Cast, plug: Any) -> None:
    plug("one", mark)
    pks = [call(cast), call(cast), call(cast)]
    assert reactions.work() == 3
    assert marks() == [",".join(str(pk) for pk in pks)]
    settled = Reaction.objects.values_list("state", "attempts", "lease", "leased_until", "problem")
    assert list(settled) == [("done", 1, None, None, "")] * 3
    assert None not in Reaction.objects.values_list("done_at", flat=True)
    assert reactions.work() == 0


def test_a_bad_row_does_not_hold_the_good_ones(cast: Cast, plug: Any) -> None:
    # given
    good, bad, also_good = call(cast), call(cast), call(cast)
    plug("picky", picky := Picky())
    picky.bad = call(cast)
    for pk in (good, bad, also_good):
        Reaction.objects.create(interaction_id=pk, plug="picky", due_at=clock.now())
    # when
    reactions.work()
    # then: each by itself, the bad one put back with the reason
    states = dict(Reaction.objects.values_list("interaction_id", "state"))
    assert states == {good: "done", bad: "done", also_good: "done", picky.bad: "waiting"}
    left = Reaction.objects.get(interaction_id=picky.bad)
    assert (left.problem, left.attempts, left.lease, left.leased_until) == ("ValueError", 1, None, None)
    assert sorted(marks()) == sorted(str(pk) for pk in (good, bad, also_good))


class Picky:
    """A reactor that cannot work one fact."""

    bad = 0

    def __call__(self, facts: list[Interaction]) -> None:
        mark(facts)
        if self.bad in [fact.pk for fact in facts]:
            raise ValueError("not this one")


def test_a_failing_row_waits_longer_each_time_and_is_parked_at_last(cast: Cast, plug: Any) -> None:
    # given
    failing = Fails(100, ValueError("never"))
    plug("failing", failing)
    call(cast)
    now = clock.now() + timedelta(seconds=1)
    # when / then: ten seconds, a minute, five minutes, half an hour
    for number, seconds in enumerate((10, 60, 300, 1800), start=1):
        with clock.at(now):
            assert reactions.work() == 1
        assert (row().state, row().attempts, row().problem) == ("waiting", number, "ValueError")
        assert row().due_at == now + timedelta(seconds=seconds)
        with clock.at(now + timedelta(seconds=seconds - 1)):
            assert reactions.work() == 0
        now += timedelta(seconds=seconds)
    with clock.at(now):
        assert reactions.work() == 1
        assert reactions.work() == 0
    assert (row().state, row().attempts, row().lease) == ("parked", 5, None)
    item = AttentionItem.objects.get()
    assert (item.kind, item.key, item.owner_role, item.customer_id) == (
        "reaction_parked",
        str(row().pk),
        "admin",
        cast.hanako.pk,
    )
    assert item.data == {"plug": "failing", "problem": "ValueError", "tries": 5}
    assert marks() == []


def test_a_parked_row_put_back_has_fresh_tries(cast: Cast, plug: Any) -> None:
    plug("failing", Fails(0, ValueError()))
    pk = call(cast)
    Reaction.objects.update(state="parked", attempts=5, problem="ValueError")
    assert reactions.retry(reaction_ids=[row().pk]) == 1
    assert (row().state, row().attempts, row().problem) == ("waiting", 0, "")
    assert reactions.work() == 1
    assert (row().state, marks()) == ("done", [str(pk)])


def test_only_parked_rows_are_put_back(cast: Cast, plug: Any) -> None:
    plug("one", mark)
    call(cast)
    assert reactions.retry(reaction_ids=[row().pk]) == 0
    reactions.work()
    assert reactions.retry(reaction_ids=[row().pk]) == 0
    assert row().state == "done"


def test_a_domain_error_is_told_by_its_code(cast: Cast, plug: Any) -> None:
    plug("failing", Fails(100, Conflict("no_budget", "No budget.")))
    call(cast)
    reactions.work()
    assert row().problem == "no_budget"


def test_a_plug_that_is_gone_is_no_reason_to_stop(cast: Cast, plug: Any) -> None:
    plug("one", mark)
    pk = call(cast)
    Reaction.objects.create(interaction_id=pk, plug="gone", due_at=clock.now())
    assert reactions.work() == 2
    assert dict(Reaction.objects.values_list("plug", "state")) == {"one": "done", "gone": "waiting"}
    assert Reaction.objects.get(plug="gone").problem == "this reaction is not registered any more"


# --- leases ---
def claimed(now: Any) -> None:
    """What a worker that died right after claiming leaves behind."""
    Reaction.objects.update(
        lease="0192f000-0000-7000-8000-000000000000", leased_until=now + reactions.LEASE, attempts=1
    )


def test_a_dead_workers_rows_are_handed_on_when_its_lease_is_over(cast: Cast, plug: Any) -> None:
    plug("one", mark)
    pk = call(cast)
    now = clock.now()
    claimed(now)
    with clock.at(now + timedelta(minutes=4, seconds=59)):
        assert reactions.work() == 0
    with clock.at(now + timedelta(minutes=5, seconds=1)):
        assert reactions.work() == 1
    assert (row().state, row().attempts, marks()) == ("done", 2, [str(pk)])


def test_a_worker_that_comes_back_late_settles_nothing(cast: Cast, plug: Any) -> None:
    # given: while it works, its lease is taken over
    def overtaken(facts: list[Interaction]) -> None:
        Reaction.objects.update(lease="0192f000-0000-7000-8000-000000000001")
        raise ValueError("late")

    plug("slow", overtaken)
    call(cast)
    # when
    reactions.work()
    # then: the late failure is not counted against the new owner
    Reaction.objects.update(lease="0192f000-0000-7000-8000-000000000001")
    assert (row().state, row().problem) == ("waiting", "ValueError")


def test_at_most_the_asked_number_is_claimed_oldest_due_first(cast: Cast, plug: Any) -> None:
    plug("one", mark)
    pks = [call(cast), call(cast), call(cast)]
    Reaction.objects.filter(interaction_id=pks[2]).update(due_at=clock.now() - timedelta(hours=1))
    assert reactions.work(limit=2) == 2
    assert dict(Reaction.objects.values_list("interaction_id", "state")) == {
        pks[0]: "done",
        pks[1]: "waiting",
        pks[2]: "done",
    }


def test_what_is_not_due_waits(cast: Cast, plug: Any) -> None:
    plug("one", mark)
    call(cast)
    Reaction.objects.update(due_at=clock.now() + timedelta(minutes=1))
    assert reactions.work() == 0
