"""One fingerprint of everything the product keeps: rows, doorbells waiting for the commit, uploaded files.

Sessions and last_login are left out: looking at a page may renew them, and they say nothing about customers.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection

LEFT_OUT = frozenset({"django_session", "django_migrations", "django_content_type", "auth_permission"})


@lru_cache(maxsize=1)
def _sql() -> str:
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - LEFT_OUT)
    row = "SELECT '{0}', count(*), sum(hashtextextended((to_jsonb(t) - 'last_login')::text, 0)) FROM {0} t"
    return " UNION ALL ".join(row.format(table) for table in tables)


Digest = dict[str, tuple[int, object]]


def digest() -> Digest:
    """Return what every table holds (rows, hash of rows), what rings after commit, which files lie in MEDIA_ROOT."""
    with connection.cursor() as cursor:
        cursor.execute(_sql())
        found: Digest = {table: (count, total) for table, count, total in cursor.fetchall()}
    files = sorted(str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
    found["(doorbells)"] = (len(connection.run_on_commit), "")
    found["(files)"] = (len(files), "\n".join(files))
    return found


def changed(before: Digest, after: Digest) -> list[str]:
    """Return the names of what is not as it was."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
