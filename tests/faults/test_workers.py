"""Workers are killed at work, or asked to stop. Whoever takes over finishes the work, and nothing is done twice.

A dead worker's lease runs out after minutes; the tests move it into the past in the database instead of waiting.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.house import House
from tests.faults.reactions import FACTS, ITEMS, OF_TEST, RING, assert_each_flagged_once, is_at_work, tell, waiting
from tests.running import wait_until

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("faults")]

KILLS = 3
MEMBERS = 15_000
RECEIVE = """
from customers import access
from customers.models import User
from journeys.services import imports
actor = access.actor_of(User.objects.select_related("staff").get(username="fujii"))
print(imports.receive(actor=actor, file_name="members.csv", chunks=[open({path!r}, "rb").read()]).pk)
"""
START = """
from customers import access
from customers.models import User
from journeys.services import imports
imports.start(actor=access.actor_of(User.objects.select_related("staff").get(username="fujii")), run_id={run})
"""
RING_IMPORT = "from journeys import tasks; tasks.work_import.delay({run})"


def kill_at(house: House, is_time: Callable[[], bool], after: float = 0.0) -> None:
    """Kill the worker with its children in the middle of its work, and let its leases run out."""
    assert wait_until(is_time, 60, pause=0.01), house.log("worker")[-3000:]
    time.sleep(after)
    house.processes.kill("worker")
    house.expire_leases()


def test_killed_workers_leave_every_reaction_done_once(house: House) -> None:
    # given work, and chance to say when a worker dies
    seed = secrets.randbelow(2**31)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it with a failure
    chance, first = random.Random(seed), 10_000_000
    tell(house, "kill", first)
    # when one after the other is rung for, and killed on its way
    for _death in range(KILLS):
        with house.held_up(ITEMS):
            house.start("worker")
            house.python(RING)
            assert wait_until(lambda: is_at_work(house), 60), house.log("worker")[-3000:]
        kill_at(house, lambda: is_at_work(house), after=chance.uniform(0, 0.1))
        assert waiting(house, "kill") > 0
    # then the last one finishes what they left
    house.start("worker")
    house.python(RING)
    assert wait_until(lambda: waiting(house, "kill") == 0, 60), house.log("worker")[-3000:]
    assert_each_flagged_once(house, "kill", first)
    # and some were begun more than once: the deaths came in the middle of work
    assert house.value(f"SELECT sum(r.attempts) {OF_TEST}", "kill") > FACTS


def members_file(folder: Path) -> Path:
    """Write a file of members nobody knows."""
    lines = ["会員番号,姓,名,セイ,メイ,電話番号"]
    lines += [f"7{n:07d},山田,花子,ヤマダ,ハナコ,080-{1000 + n // 10000}-{n % 10000:04d}" for n in range(MEMBERS)]
    path = folder / "members.csv"
    path.write_text("\r\n".join(lines) + "\r\n", encoding="cp932")
    return path


def state_of(house: House, run: str) -> str:
    """Return an import's state."""
    return str(house.value("SELECT state FROM journeys_importrun WHERE id = %s", int(run)))


def next_line(house: House, run: str) -> int:
    """Return the line where an import goes on."""
    return int(house.value("SELECT next_line FROM journeys_importrun WHERE id = %s", int(run)))


def test_a_killed_import_goes_on_and_makes_every_member_once(house: House, tmp_path: Path) -> None:
    # given a file of members, checked
    house.start("worker")
    run = house.python(RECEIVE.format(path=str(members_file(tmp_path))))
    assert wait_until(lambda: state_of(house, run) == "checked", 60), house.log("worker")[-3000:]
    assert house.rows("SELECT would_create, would_refuse FROM journeys_importrun WHERE id = %s", int(run)) == [
        (MEMBERS, 0)
    ]
    # when the run is killed three times
    house.python(START.format(run=run))
    for death in range(KILLS):
        kill_at(house, lambda death=death: next_line(house, run) > (death + 1) * MEMBERS // (KILLS + 2))
        assert state_of(house, run) == "running"
        house.start("worker")
        house.python(RING_IMPORT.format(run=run))
    # then
    assert wait_until(lambda: state_of(house, run) == "done", 120), house.log("worker")[-3000:]
    counts = "SELECT created, updated, unchanged, refused FROM journeys_importrun WHERE id = %s"
    assert house.rows(counts, int(run)) == [(MEMBERS, 0, 0, 0)]
    made = "FROM customers_customer WHERE member_number LIKE '7%%' AND length(member_number) = 8"
    assert house.rows(f"SELECT count(*), count(DISTINCT member_number), max(version) {made}") == [(MEMBERS, MEMBERS, 1)]
    told = "SELECT count(*), count(DISTINCT customer_id) FROM journeys_interaction WHERE source = 'import:customers'"
    assert house.rows(told) == [(MEMBERS, MEMBERS)]
    phones = f"SELECT count(*) FROM customers_identity WHERE customer_id IN (SELECT id {made})"
    assert house.value(phones) == MEMBERS


def test_a_worker_asked_to_stop_at_work_ends_in_time_and_loses_nothing(house: House) -> None:
    first = 20_000_000
    with house.held_up(ITEMS):
        house.start("worker")
        tell(house, "term", first)
        assert wait_until(lambda: is_at_work(house), 60), house.log("worker")[-3000:]
    # when
    took = house.processes.stop("worker")
    # then
    assert took < 30
    # and a new one finishes what it left
    house.expire_leases()
    house.start("worker")
    house.python(RING)
    assert wait_until(lambda: waiting(house, "term") == 0, 60), house.log("worker")[-3000:]
    assert_each_flagged_once(house, "term", first)
