"""The limiter across processes: exactly N are let through, however many interpreters ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection

from tests.running import Processes, environment_on, wait_until

pytestmark = [pytest.mark.deep, pytest.mark.django_db(transaction=True)]

PROCESSES, TAKES, LIMIT = 5, 10, 7


def allowed(folder: Path, how: str) -> int:
    """Let five processes take ten times each at the same moment; return how often they were let through."""
    for name in ("ready", "go", "allowed", "done"):
        cache.set(f"takers.{name}", 0, None)
    with Processes(folder, environment_on(str(connection.settings_dict["NAME"]))) as running:
        for number in range(PROCESSES):
            running.start(f"taker{number}", "-m", "tests.races.takers", how, str(TAKES), str(LIMIT))
        assert wait_until(lambda: cache.get("takers.ready") == PROCESSES, 60), running.log("taker0")
        cache.set("takers.go", 1, None)
        assert wait_until(lambda: cache.get("takers.done") == PROCESSES, 60), running.log("taker0")
    return int(cache.get("takers.allowed"))


def test_five_processes_get_exactly_the_limit(tmp_path: Path) -> None:
    assert allowed(tmp_path, "atomic") == LIMIT


def test_control_counting_in_two_steps_lets_more_through(tmp_path: Path) -> None:
    assert allowed(tmp_path, "stale") > LIMIT
