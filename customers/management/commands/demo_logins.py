"""`manage.py demo_logins`: the published sign-ins of the demo, as a table."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from customers.models import StaffProfile
from customers.services.signin import DEMO_PASSWORD


class Command(BaseCommand):
    """Prints role, store, sign-in name and password of each demo account."""

    help = "Print the demo's sign-ins. Refused outside the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per account."""
        if not settings.DEMO:
            raise CommandError("There are no demo sign-ins: DEMO is off.")
        rows = [("role", "store", "sign-in", "password")]
        for profile in StaffProfile.objects.select_related("user", "store").order_by("pk"):
            store = profile.store.name_ja if profile.store else "-"
            rows.append((str(profile.get_role_display()), store, profile.user.username, DEMO_PASSWORD))
        widths = [max(_width(row[column]) for row in rows) for column in range(4)]
        for row in rows:
            cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def _width(text: str) -> int:
    """Columns on a terminal: full-width characters take two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
