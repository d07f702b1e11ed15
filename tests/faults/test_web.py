"""The web server is asked to stop under load: what it has begun it finishes, and it is gone in time."""

from __future__ import annotations

import pytest

from tests.faults.house import House
from tests.faults.load import Load

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("faults")]

STOPS = 3


def test_what_was_begun_is_answered_and_nothing_is_lost(house: House) -> None:
    for number in range(STOPS):
        house.start("web")
        with Load(house, f"term{number}", callers=6, is_patient=False) as load:
            load.wait_for(20)
            # when
            took = house.processes.stop("web")
        # then it ended in time, and whoever was not answered had not been served either
        assert took < 30
        assert set(load.statuses()) <= {201, None}, load.statuses()
        assert load.written() == load.told() == dict.fromkeys(load.accepted(), 1)
