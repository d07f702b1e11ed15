"""`manage.py hooks`: what every room offers, and who takes part."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config.lib import hooks


class Command(BaseCommand):
    """Prints the hook table."""

    help = "Print every hook with its arguments and its receivers, in the order in which they run."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a paragraph per hook."""
        for name, arguments, doc, plugs in hooks.table():
            self.stdout.write(f"{name}({arguments})\n    {doc}")
            for plug in plugs:
                self.stdout.write(f"    - {plug}")
