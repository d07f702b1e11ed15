"""Several workers at one queue: each row once, nobody waits for another's rows."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from config.lib import clock, tasks
from journeys import tasks as queue
from journeys.hooks import Reactor, on_interaction
from journeys.models import Interaction, Reaction
from journeys.services import reactions
from tests import factories
from tests.cast import Cast
from tests.races.crowd import PATIENCE, at_once, values

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS, FACTS = 8, 40


@pytest.fixture
def worked() -> Any:
    """A plug that counts the facts it was given."""
    told: Counter[int] = Counter()
    lock = threading.Lock()

    def count(facts: list[Interaction]) -> None:
        with lock:
            told.update(fact.pk for fact in facts)

    with on_interaction.register_temporarily("counting", Reactor("call.received", "later", count)):
        yield told


@pytest.fixture(autouse=True)
def silent_doorbell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody rings: the workers of these tests look by themselves."""
    monkeypatch.setattr(tasks, "ring", lambda *args, **kwargs: None)


def until_empty() -> int:
    """Work like a worker: small claims until nothing is left."""
    done = 0
    while claimed := reactions.work(limit=3):
        done += claimed
    return done


def test_many_workers_work_each_row_once(cast: Cast, worked: Counter[int]) -> None:
    # given
    pks = [factories.interaction(customer=cast.hanako) for _number in range(FACTS)]
    # when
    claimed = values(at_once([until_empty] * WORKERS))
    # then
    assert sum(claimed) == FACTS
    assert worked == Counter(pks)
    assert set(Reaction.objects.values_list("state", "attempts")) == {("done", 1)}


def test_a_worker_does_not_wait_for_rows_another_is_claiming(cast: Cast, worked: Counter[int]) -> None:
    # given: a transaction that holds the row locks of the first two, as a claim under way does
    pks = [factories.interaction(customer=cast.hanako) for _number in range(4)]
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT id FROM journeys_reaction ORDER BY id LIMIT 2 FOR UPDATE")
            held.set()
            assert let_go.wait(PATIENCE)
            cursor.execute("ROLLBACK")
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(PATIENCE)
    # when
    try:
        first = reactions.work()
    finally:
        let_go.set()
        holder.join(PATIENCE)
    # then: it took the two that were free, and the others afterwards
    assert first == 2
    assert sorted(worked) == pks[2:]
    assert reactions.work() == 2
    assert worked == Counter(pks)


def test_a_row_under_lease_is_left_alone_by_the_others(cast: Cast, worked: Counter[int]) -> None:
    pk = factories.interaction(customer=cast.hanako)
    begun, go_on = threading.Event(), threading.Event()

    def slow(facts: list[Interaction]) -> None:
        begun.set()
        assert go_on.wait(PATIENCE)

    with on_interaction.register_temporarily("slow", Reactor("visit.made", "later", slow)):
        factories.interaction(customer=cast.hanako, kind="visit.made", channel="store")
        Reaction.objects.filter(plug="counting").update(due_at=clock.now() + timedelta(hours=1))
        worker = threading.Thread(target=partial(_work_and_close))
        worker.start()
        assert begun.wait(PATIENCE)
        # when: others look while the first one is at work
        try:
            looked = [reactions.work() for _time in range(3)]
        finally:
            go_on.set()
            worker.join(PATIENCE)
    # then
    assert looked == [0, 0, 0]
    assert Reaction.objects.get(plug="slow").state == "done"
    assert Reaction.objects.get(interaction_id=pk).state == "waiting"


def _work_and_close() -> None:
    reactions.work()
    connection.close()


def test_the_task_works_until_nothing_is_due(cast: Cast, worked: Counter[int], monkeypatch: pytest.MonkeyPatch) -> None:
    pks = [factories.interaction(customer=cast.hanako) for _number in range(5)]
    monkeypatch.setattr(queue.reactions, "work", partial(reactions.work, limit=2))
    queue.work_reactions()
    assert worked == Counter(pks)


def test_of_two_sweeps_in_one_minute_one_works(cast: Cast, worked: Counter[int]) -> None:
    moment = factories.NOON + timedelta(days=400)
    with clock.at(moment):
        queue.sweep_reactions()
        factories.interaction(customer=cast.hanako)
        queue.sweep_reactions()
        assert Reaction.objects.get().state == "waiting"
    with clock.at(moment + timedelta(seconds=60)):
        queue.sweep_reactions()
    assert Reaction.objects.get().state == "done"
