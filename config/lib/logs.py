"""One JSON object a line, in UTC, ids only. Set up once by settings.

Our own events carry their fields in `extra`. Lines of libraries keep their template and lose their arguments, and
an error keeps its type and its place and loses its message: both may quote what a client or a customer typed.
"""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "request"}
TASK_FIELDS = ("id", "name", "runtime")  # of Celery's own lines; the rest may quote arguments and results


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON line."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self.process = process

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; never raises for a value JSON does not know (it becomes its type's name)."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self.process,
            "event": record.msg if isinstance(record.msg, str) else type(record.msg).__name__,
        }
        if record.name.startswith("yorisoi"):
            line |= {key: value for key, value in vars(record).items() if key not in STANDARD}
        else:
            line["logger"] = record.name
            if isinstance(record.args, dict):
                line |= {key: record.args[key] for key in TASK_FIELDS if key in record.args}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(record.exc_info[2])]
        return orjson.dumps(line, default=lambda value: type(value).__name__).decode()


def logging_config(process: str) -> dict[str, Any]:
    """Return Django's LOGGING: our events from INFO, libraries from WARNING, all to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "config.lib.logs.JsonFormatter", "process": process}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "yorisoi": {"level": "INFO"},
            "django.server": {"level": "CRITICAL"},
            # A 4xx has its own request line; Django's would repeat the path as the client typed it.
            "django.request": {"level": "ERROR"},
            "django.security": {"level": "CRITICAL"},
        },
    }
