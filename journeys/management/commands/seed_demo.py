"""`manage.py seed_demo`: fill an empty database with the demo shop, or empty a demo and fill it anew.

With `--customers` it fills an empty database for benchmarks instead: any number of people, set-wise.
"""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.lib import clock
from journeys.services import demo, demobench


class Command(BaseCommand):
    """Loads the demo shop once, as if today were the day given."""

    help = "Load the demo shop into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--if-empty` makes a database in use no error; `--refresh` empties it first; `--today` moves the anchor."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing when the database is in use")
        parser.add_argument("--refresh", action="store_true", help="forget everything in this demo and load it anew")
        parser.add_argument("--people", type=int, default=settings.DEMO_PEOPLE, help="how many customers (1 to 8999)")
        parser.add_argument("--customers", type=int, help="fill a bench database with so many customers instead")
        parser.add_argument("--interactions", type=int, help="with --customers: their facts (10 each)")
        parser.add_argument("--today", type=date.fromisoformat, help="the day the shop lives in: 2026-11-21")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, or say why not."""
        if not settings.DEMO:
            raise CommandError("The demo shop has public passwords: set DEMO=1 to load it.")
        if not 1 <= options["people"] <= demo.MOST_PEOPLE:
            raise CommandError(f"--people takes 1 to {demo.MOST_PEOPLE}.")
        if not options["refresh"] and not demo.is_empty():
            if options["if_empty"]:
                return
            raise CommandError("This database is in use; the demo shop goes into an empty one only (or --refresh).")
        if options["customers"] is not None:
            self._fill(options)
            return
        began = time.monotonic()
        people, facts = demo.seed(people=options["people"], today=options["today"], is_refresh=options["refresh"])
        took = time.monotonic() - began
        self.stdout.write(f"Demo shop: {people} customers, {facts} interactions, in {took:.0f} s.")

    def _fill(self, options: dict[str, Any]) -> None:
        customers, facts = options["customers"], options["interactions"]
        facts = customers * demobench.EACH if facts is None else facts
        if not (1 <= customers <= demobench.MOST_CUSTOMERS and 0 <= facts <= demobench.MOST_INTERACTIONS):
            limits = {"customers": demobench.MOST_CUSTOMERS, "facts": demobench.MOST_INTERACTIONS}
            raise CommandError("--customers takes 1 to {customers}, --interactions 0 to {facts}.".format(**limits))
        if options["refresh"]:
            raise CommandError("A bench database is filled once, empty: --customers and --refresh do not go together.")
        began = time.monotonic()
        today = options["today"] or clock.now().date()
        customers, facts = demobench.fill(customers=customers, interactions=facts, today=today)
        self.stdout.write(f"Bench: {customers} customers, {facts} interactions, in {time.monotonic() - began:.0f} s.")
