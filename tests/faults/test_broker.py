"""The broker is away, wiped, or comes back empty. PostgreSQL remembers; the doorbell is only a doorbell."""

from __future__ import annotations

import signal
import time

import orjson
import pytest
import redis

from config.launch import processes
from tests.faults.house import House
from tests.faults.load import WRITER, Load, Watch
from tests.faults.reactions import ITEMS, assert_each_flagged_once, is_at_work, tell, waiting
from tests.running import wait_until

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("faults")]

SWEEP_SECONDS = 60
WAITING = "SELECT count(*) FROM journeys_reaction WHERE state = 'waiting'"
DONE = "SELECT count(*) FROM journeys_reaction WHERE state = 'done'"
SWEEP = "from journeys.tasks import sweep_reactions; sweep_reactions()"


def stop_broker(house: House, number: signal.Signals) -> None:
    """End the broker and cache server by a signal."""
    assert house.ours.valkey is not None
    entry = house.ours.valkey.running()
    assert entry is not None
    assert processes.end(entry, (number, 10))


def wipe_broker(house: House) -> None:
    """Forget everything: queues, unacknowledged work, limits, cached values."""
    assert house.ours.valkey is not None
    link = redis.Redis(unix_socket_path=str(house.ours.valkey.socket_path))
    assert link.flushall() is True
    link.close()


def write(house: House, key: str) -> None:
    """Have one note accepted."""
    uuid = house.value("SELECT uuid FROM customers_customer ORDER BY id LIMIT 1")
    body = {"text": f"通院のため {key}", "scope": "company"}
    answer = house.call("POST", f"/api/v1/customers/{uuid}/notes", WRITER, body, Idempotency_Key=key)
    assert answer.status == 201, answer.body


def flagged(house: House, key: str) -> int:
    """Return how many attention items this note has raised."""
    sql = (
        "SELECT count(*) FROM customers_attentionitem AS a JOIN journeys_note AS n ON n.id::text = a.key "
        "WHERE a.kind = 'note_sensitive' AND n.text = %s"
    )
    return int(house.value(sql, f"通院のため {key}"))


def settle_all(house: House) -> None:
    """Work everything that waits."""
    house.python("from journeys.tasks import work_reactions; work_reactions()")
    assert house.value(WAITING) == 0


def test_notes_are_taken_while_the_broker_is_away_and_worked_by_the_sweep(house: House) -> None:
    # given the web server, and no broker
    settle_all(house)
    house.start("web")
    before = len(house.events("web", "doorbell.unheard"))
    stop_broker(house, signal.SIGKILL)
    # when
    write(house, "away-1")
    # then the note stands, the ring was missed once, and the reaction waits
    assert [line["task"] for line in house.events("web", "doorbell.unheard")[before:]] == ["journeys.work_reactions"]
    assert house.value(WAITING) == 1
    # and the sweep works it, broker or not
    house.python(SWEEP)
    assert (house.value(WAITING), flagged(house, "away-1")) == (0, 1)


def test_a_broker_that_comes_back_needs_no_restart_of_anything(house: House) -> None:
    # given everything runs and has worked
    settle_all(house)
    house.start("web", "worker", "beat")
    running = {name: processes.family(entry) for name, entry in house.processes.entries.items()}
    write(house, "before-1")
    assert wait_until(lambda: flagged(house, "before-1") == 1, 15)
    # when the broker dies, notes are written meanwhile, and it comes back
    stop_broker(house, signal.SIGKILL)
    write(house, "meanwhile-1")
    write(house, "meanwhile-2")
    time.sleep(3)
    assert house.value(WAITING) == 2
    house.ours.start()
    # then the next sweep does what was missed
    assert wait_until(lambda: house.value(WAITING) == 0, SWEEP_SECONDS + 20), house.log("worker")[-3000:]
    assert (flagged(house, "meanwhile-1"), flagged(house, "meanwhile-2")) == (1, 1)
    # and the doorbell is heard again at once, by the very same processes
    write(house, "after-1")
    assert wait_until(lambda: flagged(house, "after-1") == 1, 10)
    assert {name: processes.family(entry) for name, entry in house.processes.entries.items()} == running


def test_a_broker_that_dies_does_not_take_a_busy_worker_with_it(house: House) -> None:
    # given a worker in the middle of thousands of reactions
    settle_all(house)
    house.start("web", "worker")
    running = {name: processes.family(entry) for name, entry in house.processes.entries.items()}
    first = 30_000_000
    with house.held_up(ITEMS):
        tell(house, "busy", first)
        assert wait_until(lambda: is_at_work(house), 30), house.log("worker")[-3000:]
        # when the broker dies, and comes back when the worker is through
        stop_broker(house, signal.SIGKILL)
    assert wait_until(lambda: waiting(house, "busy") == 0, 30), house.log("worker")[-3000:]
    house.ours.start()
    # then all of it is done once, and the very same worker hears the bell again
    assert_each_flagged_once(house, "busy", first)
    write(house, "after-busy")
    assert wait_until(lambda: flagged(house, "after-busy") == 1, 15), house.log("worker")[-3000:]
    assert {name: processes.family(entry) for name, entry in house.processes.entries.items()} == running


def test_a_wiped_and_restarted_broker_loses_nothing(house: House) -> None:
    # given callers, and a worker that is busy all the time
    settle_all(house)
    house.start("web", "worker")
    running = {name: processes.family(entry) for name, entry in house.processes.entries.items()}
    done = house.value(DONE)
    with Load(house, "wipe", callers=2) as load, Watch(house) as watch:
        load.wait_for(10)
        # when it forgets everything under load
        wipe_broker(house)
        load.wait_for(10)
        # and dies, and comes back empty
        stop_broker(house, signal.SIGKILL)
        died = time.monotonic()
        assert watch.seconds_until(503, died) < 5
        assert search(house) == 503
        load.wait_for(5)
        house.ours.start()
        wipe_broker(house)
        assert watch.seconds_until(200, time.monotonic()) < 10
        load.wait_for(10)
    # then writing never stopped, and every note stands once
    assert set(load.statuses()) == {201}
    assert watch.statuses("/livez") == {200}
    assert load.written() == load.told() == dict.fromkeys(load.accepted(), 1)
    # and the very same worker hears the bell again; its first round takes what was missed as well, each once
    write(house, "after-wipe")
    assert wait_until(lambda: house.value(WAITING) == 0, 10), house.log("worker")[-3000:]
    assert house.value(DONE) - done == len(load.accepted()) + 1
    assert flagged(house, "after-wipe") == 1
    assert {name: processes.family(entry) for name, entry in house.processes.entries.items()} == running
    # and the limiter counts from the beginning: thirty searches an hour, not one more
    assert [search(house) for _time in range(31)] == [200] * 30 + [429]


def search(house: House) -> int:
    """Search for a name and a birthday as the clerk, whose searches are counted; return the status."""
    answer = house.call("POST", "/api/v1/customers/search", "sato", {"term": "山田 0401"})
    assert answer.status == 200 or "code" in orjson.loads(answer.body)
    return answer.status
