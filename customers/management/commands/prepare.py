"""`manage.py prepare`: everything a start needs from the database, in one process."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection


class Command(BaseCommand):
    """Checks the database, migrates, and fills an empty demo."""

    help = "Check the database, migrate, and load the demo if this is an empty demo."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse a database that is too old or hides Japanese from search; then migrate and seed."""
        with connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute("SELECT current_setting('server_version_num')::int, cardinality(show_trgm('山'))")
            version, trigrams = cursor.fetchone()
        if version < 150000:
            raise CommandError("PostgreSQL 15 or newer is needed.")
        if trigrams == 0:
            raise CommandError(
                "This database cannot search Japanese: its LC_CTYPE is not UTF-8. "
                "Create it anew with LC_CTYPE 'C.UTF-8' (or ja_JP.UTF-8)."
            )
        call_command("migrate", verbosity=0, interactive=False)
        if settings.DEMO:
            call_command("seed_demo", if_empty=True)
