"""Alive, and ready: one looks at nothing, the other at every part we need."""

from __future__ import annotations

from typing import Any

import pytest
from celery import current_app
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from config.lib import health
from tests.lib.test_limits import AWAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The schema counts as not looked at yet."""
    monkeypatch.setattr(health, "_migrated", [])


def both(client: Client) -> tuple[int, int]:
    """Return what /livez and /readyz answer."""
    return client.get("/livez").status_code, client.get("/readyz").status_code


def test_with_all_parts_there_it_is_ready(client: Client) -> None:
    assert both(client) == (200, 200)
    assert client.get("/readyz").content == b"ready\n"


def test_without_the_database_it_lives_and_is_not_ready(client: Client) -> None:
    def gone(*args: Any) -> None:
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(gone):
        assert both(client) == (200, 503)


def test_without_the_cache_it_lives_and_is_not_ready(client: Client, settings: Any) -> None:
    settings.CACHES = AWAY
    assert both(client) == (200, 503)


def test_without_the_broker_it_lives_and_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis+socket:///nowhere/valkey.sock")
    assert both(client) == (200, 503)


def test_with_migrations_waiting_it_lives_and_is_not_ready(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="journeys").delete()
    assert both(client) == (200, 503)


def test_what_is_away_is_in_the_log_and_not_in_the_answer(
    client: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CACHES = AWAY
    with caplog.at_level("WARNING", logger="yorisoi.health"):
        answer = client.get("/readyz")
    assert answer.content == b"not ready\n"
    assert [record.parts for record in caplog.records if record.message == "readiness.missing"] == [["cache"]]


def test_the_launcher_recognises_its_own_process(client: Client, settings: Any) -> None:
    assert "X-Start-Token" not in client.get("/readyz").headers
    settings.START_TOKEN = "token-1"
    assert client.get("/readyz")["X-Start-Token"] == "token-1"
