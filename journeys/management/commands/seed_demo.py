"""`manage.py seed_demo`: fill an empty database with the demo shop."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from journeys.services import demo


class Command(BaseCommand):
    """Loads the demo shop once."""

    help = "Load the demo shop into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--if-empty` makes a database in use no error."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing when the database is in use")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, or say why not."""
        if not settings.DEMO:
            raise CommandError("The demo shop has public passwords: set DEMO=1 to load it.")
        if not demo.is_empty():
            if options["if_empty"]:
                return
            raise CommandError("This database is in use; the demo shop goes into an empty one only.")
        people, facts = demo.seed()
        self.stdout.write(f"Demo shop: {people} customers, {facts} interactions.")
