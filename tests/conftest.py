"""What every test stands on: the cast, clean limits, no network beyond this machine."""

from __future__ import annotations

import socket
from collections import Counter
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation

from tests.cast import Cast, assemble


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why tests were skipped: one line a reason, however many there were."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"Skipped {count}: {reason}")


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, in the database."""
    return assemble()


@pytest.fixture(autouse=True)
def clean_limits(request: pytest.FixtureRequest) -> None:
    """Each test starts with unused limits. Workers share one cache server but not its keys."""
    if {"db", "cast", "transactional_db", "live_server"} & set(request.fixturenames):
        cache.clear()


@pytest.fixture(autouse=True)
def no_language_left_over() -> None:
    """A request activates its language for the thread; the next test starts with the product's own."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to any other machine is a failure."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
