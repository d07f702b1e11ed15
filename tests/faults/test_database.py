"""The database dies under load, three times. What was promised stands, once; the web server comes back by itself."""

from __future__ import annotations

import signal
import time

import pytest

from config.launch import processes
from tests.faults.house import House
from tests.faults.load import Load, Watch

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("faults")]

DEATHS = 3
AWAY_SECONDS = 2.0
# A session lost in the middle of a request may be told as "busy" (503) or by a broken connection, never as a bug.
ALLOWED = {201, 503, None}


def test_three_immediate_stops_lose_and_double_nothing(house: House) -> None:
    # given callers who write notes all the time
    database = house.ours.postgres
    assert database is not None
    house.start("web")
    web = processes.family(house.processes.entries["web"])
    with Load(house, "stop") as load, Watch(house) as watch:
        for _death in range(DEATHS):
            load.wait_for(20)
            # when the database is stopped as a crash stops it
            died = time.monotonic()
            entry = database.running()
            assert entry is not None
            assert processes.end(entry, (signal.SIGQUIT, 10))
            # then visitors are sent elsewhere within 5 s
            assert watch.seconds_until(503, died) < 5
            time.sleep(max(0.0, died + AWAY_SECONDS - time.monotonic()))
            # and are welcome again within 10 s of its return
            database.start()
            assert watch.seconds_until(200, time.monotonic()) < 10
        load.wait_for(20)
    # then callers noticed, no answer was a bug, the process never stopped to live, and nobody restarted it
    assert len(load.statuses()) > 1
    assert set(load.statuses()) <= ALLOWED, load.statuses()
    assert watch.statuses("/livez") == {200}
    assert processes.family(house.processes.entries["web"]) == web
    # and every accepted note stands once, on the customer's page and on her timeline
    accepted = load.accepted()
    assert len(accepted) >= 20 * (DEATHS + 1)
    assert load.written() == load.told() == dict.fromkeys(accepted, 1)
    # and whoever asks again gets the very same bytes
    again = {key: load.try_once(key) for key in accepted}
    assert {key: answer.body for key, answer in again.items() if answer} == accepted
    assert {answer.headers.get("idempotent-replay") for answer in again.values() if answer} == {"true"}
    assert load.written() == dict.fromkeys(accepted, 1)


def test_cutting_every_session_loses_and_doubles_nothing(house: House) -> None:
    # given callers, and a database that ends all its sessions five times
    house.start("web")
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = %s"
    with Load(house, "cut") as load:
        for _time in range(5):
            load.wait_for(10)
            assert len(house.rows(cut, "client backend")) > 0
        load.wait_for(10)
    # then
    assert set(load.statuses()) <= ALLOWED, load.statuses()
    assert load.written() == load.told() == dict.fromkeys(load.accepted(), 1)
