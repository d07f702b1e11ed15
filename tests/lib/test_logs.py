"""One JSON object a line: our events with their fields, libraries without what they quote."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from config.lib.logs import JsonFormatter, logging_config


def line(name: str, message: Any, *args: Any, exc_info: Any = None, **extra: Any) -> dict[str, Any]:
    """Return a record as it is written."""
    logger = logging.Logger(name)
    record = logger.makeRecord(name, logging.WARNING, "f.py", 1, message, args, exc_info, extra=extra or None)
    written = JsonFormatter("web").format(record)
    assert "\n" not in written
    return dict(orjson.loads(written))


def test_our_events_carry_their_fields() -> None:
    told = line("yorisoi.request", "request", status=200, user_id=7)
    at = datetime.fromisoformat(told.pop("at"))
    assert abs((datetime.now(UTC) - at).total_seconds()) < 5
    assert told == {"level": "warning", "process": "web", "event": "request", "status": 200, "user_id": 7}


def test_a_library_keeps_its_template_and_loses_what_it_quotes() -> None:
    told = line("django.request", "Not Found: %s", "/customers/山田/", request="x", status_code=404)
    assert told["event"] == "Not Found: %s"
    assert told["logger"] == "django.request"
    assert set(told) == {"at", "level", "process", "event", "logger"}


def test_of_a_tasks_line_its_name_and_id_stay() -> None:
    told = line(
        "celery.worker", "Task %(name)s[%(id)s] failed", {"name": "a.b", "id": "7", "args": "山田", "runtime": 0.1}
    )
    assert (told["name"], told["id"], told["runtime"]) == ("a.b", "7", 0.1)
    assert "args" not in told


def test_an_error_keeps_its_place_and_loses_its_message() -> None:
    try:
        raise ValueError("Key (member_number)=(90000001) already exists")
    except ValueError:
        told = line("django.request", "Internal Server Error: %s", "/x", exc_info=sys.exc_info())
    assert told["error"] == "ValueError"
    assert told["where"][0].endswith("test_an_error_keeps_its_place_and_loses_its_message")
    assert "90000001" not in str(told)


def test_line_ends_and_odd_values_stay_one_line() -> None:
    told = line("yorisoi.x", "event", text="a\r\nb", thing=object())
    assert (told["text"], told["thing"]) == ("a\r\nb", "object")


@pytest.mark.parametrize("message", [ValueError("90000001"), {"a": "90000001"}])
def test_a_message_that_is_no_text_becomes_its_types_name(message: Any) -> None:
    assert line("library", message)["event"] == type(message).__name__


def test_the_library_lines_that_repeat_an_address_are_off() -> None:
    loggers = logging_config("web")["loggers"]
    assert {name: entry["level"] for name, entry in loggers.items()} == {
        "yorisoi": "INFO",
        "django.server": "CRITICAL",
        "django.request": "ERROR",
        "django.security": "CRITICAL",
    }
