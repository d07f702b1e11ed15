"""`manage.py first_admin NAME`: the one account that nobody in the product can make."""

from __future__ import annotations

from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.lib.errors import DomainError
from customers import access
from customers.models import Role, StaffProfile
from customers.services import staff


class Command(BaseCommand):
    """Hires the first administrator, who hires everybody else on the page "Staff accounts"."""

    help = "Create the first administrator. Asks for the password; refused once there is an active one."

    def add_arguments(self, parser: CommandParser) -> None:
        """`NAME` is the sign-in name."""
        parser.add_argument("name", help="the sign-in name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the password twice and create the account, or say why not."""
        if StaffProfile.objects.filter(role=Role.ADMIN, user__is_active=True).exists():
            raise CommandError("There is an administrator already; ask her for an account.")
        password = getpass("Password: ")
        if password != getpass("The same again: "):
            raise CommandError("The two passwords differ. Nothing was created.")
        actor = access.system(access.SYSTEM_SETUP)
        try:
            staff.hire(actor=actor, username=options["name"], password=password, role=Role.ADMIN)
        except DomainError as error:
            reasons = [str(field.detail) for field in error.fields] or [str(error.message)]
            raise CommandError(f"Nothing was created. {' '.join(reasons)}") from error
        self.stdout.write(f"{options['name']} may sign in as administrator.")
