"""However many beats there are, a job runs once a slot."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection

from config.lib import clock
from customers.models import ScheduleSlot
from customers.services import slots
from tests.races.crowd import Meeting, at_once, errors, rounds, seeds, values
from tests.running import Processes, environment_on, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
BEATS, RUN_SECONDS = 3, 12


@rounds
def test_of_sixteen_callers_one_gets_the_slot(rounds: int) -> None:
    for number, seed in enumerate(seeds(rounds)):
        with clock.at(MIDNIGHT + timedelta(minutes=number, seconds=59)):
            told = values(at_once([partial(slots.claim, job="test.job", seconds=60)] * 16, seed=seed))
        assert Counter(told) == {True: 1, False: 15}
    assert list(ScheduleSlot.objects.order_by("slot").values_list("slot", flat=True)) == [
        MIDNIGHT + timedelta(minutes=number) for number in range(rounds)
    ]


def test_the_next_slot_and_the_other_job_are_free() -> None:
    with clock.at(MIDNIGHT):
        assert [slots.claim(job=job, seconds=60) for job in ("a", "b", "a")] == [True, True, False]
    with clock.at(MIDNIGHT + timedelta(seconds=60)):
        assert slots.claim(job="a", seconds=60) is True


def test_control_looking_first_is_no_guard() -> None:
    # given a claim that looks whether the slot is taken, and takes it if not
    meeting = Meeting(8)

    def look_first() -> bool:
        is_taken = ScheduleSlot.objects.filter(job="test.job", slot=MIDNIGHT).exists()
        meeting.wait()
        ScheduleSlot.objects.create(job="test.job", slot=MIDNIGHT, claimed_at=MIDNIGHT)
        return not is_taken

    told = at_once([look_first] * 8)
    # then only the unique key stopped seven of eight
    assert [type(error) for error in errors(told)] == [IntegrityError] * 7


@pytest.mark.deep
def test_three_real_beats_and_a_worker_run_a_job_once_a_slot(tmp_path: Path) -> None:
    # given a job every 2 s, three beats that know nothing of each other, and one worker with two hands
    # and no word waiting from an earlier run
    celery = ["-m", "celery", "-A", "tests.races.beats"]
    cache.set_many({"tests.rings": 0, "tests.runs": 0}, timeout=None)
    with Processes(tmp_path, environment_on(str(connection.settings_dict["NAME"]))) as running:
        running.start("worker", *celery, "worker", "--pool", "prefork", "-c", "2", "--loglevel", "INFO")
        for number in range(BEATS):
            running.start(f"beat{number}", *celery, "beat", "--pidfile=", "-s", str(tmp_path / f"schedule{number}"))
        # when
        is_done = wait_until(lambda: ScheduleSlot.objects.filter(job="tests.tick").count() >= RUN_SECONDS // 2, 30)
        assert is_done, running.log("worker")
    # then each slot was run once, none was left out, and the beats really rang more often than that
    found = list(ScheduleSlot.objects.filter(job="tests.tick").order_by("slot").values_list("slot", flat=True))
    assert cache.get("tests.runs") == len(found)
    assert cache.get("tests.rings") > 2 * len(found)
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(seconds=2)}
