"""The house that fault tests break. Built once a run, cleared of processes after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.house import House, open_house


@pytest.fixture(scope="session")
def standing_house() -> Iterator[House]:
    """Servers, tables and the demo's people."""
    with open_house() as house:
        yield house


@pytest.fixture
def house(standing_house: House) -> Iterator[House]:
    """The house with both servers running and no process of the product."""
    standing_house.ours.start()
    yield standing_house
    standing_house.processes.end()
