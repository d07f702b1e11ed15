"""`manage.py import_file PATH --what orders --as USERNAME`: what the import pages do, for scripts and large files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.lib.errors import DomainError
from customers import access
from customers.models import User
from journeys.models import ImportRun
from journeys.selectors import imports as reads
from journeys.selectors import importwords
from journeys.services import importcells, importprofiles, importsubjects, importwhole
from journeys.services.imports import FileTerms

REFUSED, UNREADABLE = 1, 2
SHOWN = 20


class Command(BaseCommand):
    """Brings one file in and says how it went: exit code 0, 1 (rows were refused) or 2 (the file cannot be read)."""

    help = "Import a CSV file of stores, products, stock, customers or orders. Ends with 0, 1 (refused rows) or 2."

    def add_arguments(self, parser: CommandParser) -> None:
        """Everything the upload page asks for."""
        parser.add_argument("path", type=Path, help="the file")
        parser.add_argument("--what", required=True, choices=sorted(importsubjects.BY_WHAT), help="what it holds")
        parser.add_argument("--as", required=True, dest="username", help="the data steward who answers for it")
        parser.add_argument(
            "--profile", default="", choices=["", *importprofiles.BY_CODE], help="the system it is from"
        )
        parser.add_argument("--mode", default="history", choices=ImportRun.Mode.values, help="live: others react to it")
        parser.add_argument("--zone", default="Asia/Tokyo", help="the time zone of its times")
        parser.add_argument("--currency", default="JPY", choices=list(importcells.CURRENCIES))
        parser.add_argument(
            "--column", action="append", default=[], metavar="HEADING=FIELD", help="what a column tells; repeatable"
        )
        parser.add_argument("--check", action="store_true", help="only say what it would do")

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring the file in, print progress, end with the code."""
        terms = FileTerms(*(options[name] for name in ("what", "profile", "mode", "zone", "currency")))
        try:
            run = importwhole.bring_in(
                actor=access.actor_of(self._account(options["username"])),
                path=options["path"],
                terms=terms,
                is_check_only=options["check"],
                tell=self._tell,
                columns=_columns(options["column"]),
            )
        except DomainError as error:
            raise CommandError(str(error.message), returncode=UNREADABLE) from error
        except OSError as error:
            raise CommandError(f"{options['path']}: {error.strerror}", returncode=UNREADABLE) from error
        self._end(run)

    def _account(self, username: str) -> User:
        account = User.objects.select_related("staff").filter(username=username, kind=User.Kind.STAFF).first()
        if account is None:
            raise CommandError(f"There is no staff account {username}.", returncode=UNREADABLE)
        return account

    def _tell(self, run: ImportRun) -> None:
        word, _tone = reads.word_of(run)
        done = reads.done_of(run)
        self.stdout.write(f"{word}: {done:,} / {run.total:,}")

    def _end(self, run: ImportRun) -> None:
        if run.failure:
            why, act = importwords.failure(run.failure, columns=run.columns.get("columns", []), what=run.what)
            raise CommandError(f"{why} {act}", returncode=UNREADABLE)
        self.stdout.write(reads.outcome_of(run))
        refused = run.refused if run.started_at else run.would_refuse
        for number, (line, column, _value, code) in enumerate(importwhole.refused_lines(run=run)):
            if number == SHOWN:
                self.stderr.write(f"... {refused:,}")
                break
            self.stderr.write(f"{line}: {column + ': ' if column else ''}{importwords.reason(code)}")
        if refused:
            sys.exit(REFUSED)


def _columns(told: list[str]) -> dict[str, str]:
    pairs = [pair.rpartition("=") for pair in told]
    if any(not heading for heading, _sign, _field in pairs):
        raise CommandError("Write --column HEADING=FIELD.", returncode=UNREADABLE)
    return {heading: field for heading, _sign, field in pairs}
