"""Is the process alive, and may it be sent visitors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

log = logging.getLogger("yorisoi.health")
_migrated: list[bool] = []


def livez(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all; looks at nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when database, schema, cache and broker are there, else 503; which part is away stands in the log only.

    `X-Start-Token` tells the launcher that it is its own process that answers.
    """
    checks = {"database": _database, "schema": _schema, "cache": _cache, "broker": _broker}
    missing = [name for name, check in checks.items() if not _holds(check)]
    if missing:
        log.warning("readiness.missing", extra={"parts": missing})
    response = HttpResponse(
        "not ready\n" if missing else "ready\n", status=503 if missing else 200, content_type="text/plain"
    )
    if settings.START_TOKEN:
        response["X-Start-Token"] = settings.START_TOKEN
    return response


def _holds(check: Callable[[], Any]) -> bool:
    try:
        check()
    except Exception:  # noqa: BLE001 - whatever the part raised, it is not there
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _schema() -> None:
    if not _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise RuntimeError("migrations are waiting")
        _migrated.append(True)


def _cache() -> None:
    client: Any = cache
    client._cache.get_client(None, write=True).ping()


def _broker() -> None:
    with current_app.connection_for_write() as link:
        link.ensure_connection(max_retries=1, timeout=2)
