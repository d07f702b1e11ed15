"""`manage.py makemessages`: bring locale/ja up to date with the texts in code and templates. Needs gettext.

Django's own command with our choices made: Japanese, product code only, file names without line numbers (they would
change with every edit), no leftovers of texts that are gone.
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import makemessages

NOT_OURS = [".venv*", "var", "tests", "benchmarks", "node_modules"]


class Command(makemessages.Command):
    """Extracts from the current directory, which must be the project's root."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill in what the caller left open."""
        options["locale"] = options["locale"] or ["ja"]
        options["ignore_patterns"] = [*options["ignore_patterns"], *NOT_OURS]
        options["add_location"] = options["add_location"] or "file"
        options["no_obsolete"] = True
        super().handle(*args, **options)
