"""`manage.py docs`: the generated pages of docs/."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.lib import docpages


class Command(BaseCommand):
    """Writes what changed, or says what is stale."""

    help = "Write the generated pages of docs/."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` writes nothing."""
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the pages. With --check, raise CommandError naming the stale ones."""
        folder = settings.BASE_DIR / "docs"
        if options["check"]:
            names = docpages.stale(folder)
            if names:
                raise CommandError(
                    f"Stale: {', '.join(f'docs/{name}' for name in names)}. Write them with `make docs`."
                )
            return
        for name in docpages.write(folder):
            self.stdout.write(f"docs/{name}")
