"""The databases measured on: built once on the durable servers of `make bench`, found again by fingerprint.

A fingerprint is drawn from what makes the rows: migrations, generator, sizes. A change of one of them builds anew and
drops the old ones.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
TODAY = "2026-11-25"
SCHEMA_FROM = ("*/migrations/*.py",)
ROWS_FROM = (
    "journeys/services/demobench*.py",
    "journeys/services/democatalog.py",
    "journeys/services/demonames.py",
    "journeys/services/demoplaces.py",
    "customers/services/benchpeople.py",
    "customers/services/names.py",
    "config/lib/invented.py",
)


@dataclass(frozen=True)
class Size:
    """How much is in a database."""

    customers: int
    interactions: int

    def __str__(self) -> str:
        return f"{self.customers:,} customers, {self.interactions:,} interactions"


@dataclass(frozen=True)
class Databases:
    """Addresses of the three: a thousand facts, a hundred thousand, and many."""

    tiny: str
    small: str
    large: str


TINY, SMALL = Size(1_000, 1_000), Size(10_000, 100_000)
LARGE = {False: Size(100_000, 1_000_000), True: Size(1_000_000, 10_000_000)}


def is_full() -> bool:
    """Return whether FULL=1 asks for a million customers."""
    return os.environ.get("FULL") == "1"


def built() -> Databases:
    """Return the databases, building what is missing."""
    # Asked once: whoever edits a source while a database is being built must not get a name that is not there.
    names = {size: _name(size) for size in (TINY, SMALL, *LARGE.values())}
    sizes, kept = (TINY, SMALL, LARGE[is_full()]), {_schema_name(), *names.values()}
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        there = {row[0] for row in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%'")}
        for old in sorted(name for name in there - kept if not _is_at_work(name)):
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
        for size in sizes:
            if names[size] not in there:
                print(f"Building the database of {size} once ...", flush=True)
                counts = ["--customers", str(size.customers), "--interactions", str(size.interactions)]
                schema = _empty(server, there)
                _made(server, names[size], schema, ["seed_demo", *counts, "--today", TODAY])
    return Databases(*(address_of(names[size]) for size in sizes))


def address_of(name: str) -> str:
    """Return the address of a database of this server."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{name}"))


@contextmanager
def copy_of(address: str) -> Iterator[str]:
    """Give a copy of a database to write into, dropped afterwards."""
    source, copy = urlsplit(address).path.removeprefix("/"), f"bench_copy_{os.getpid()}"
    with psycopg.connect(address_of("postgres"), autocommit=True) as server:
        names = {"copy": sql.Identifier(copy), "source": sql.Identifier(source)}
        server.execute(sql.SQL("CREATE DATABASE {copy} TEMPLATE {source} STRATEGY file_copy").format(**names))
        try:
            yield address_of(copy)
        finally:
            server.execute(sql.SQL("DROP DATABASE {copy} WITH (FORCE)").format(**names))


def _is_at_work(name: str) -> bool:
    """Return whether a draft or a copy belongs to a run that still lives."""
    owner = name.rpartition("_")[2]
    return name.startswith(("bench_draft_", "bench_copy_")) and Path(f"/proc/{owner}").exists()


def _empty(server: psycopg.Connection, there: set[str]) -> str:
    """Return the name of a database with every table and no row: each size starts from a copy of it."""
    name = _schema_name()
    if name not in there:
        _made(server, name, "template1", ["migrate", "--verbosity", "0"])
        there.add(name)
    return name


def _made(server: psycopg.Connection, name: str, template: str, command: list[str]) -> None:
    """Under another name until it is whole: a killed run leaves no half database that looks finished."""
    draft = f"bench_draft_{os.getpid()}"
    names = {part: sql.Identifier(word) for part, word in (("draft", draft), ("name", name), ("template", template))}
    server.execute(sql.SQL("CREATE DATABASE {draft} TEMPLATE {template}").format(**names))
    env = {**os.environ, "DATABASE_URL": address_of(draft)}
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
    with psycopg.connect(address_of(draft), autocommit=True) as filled:
        filled.execute("VACUUM ANALYZE")
    server.execute(sql.SQL("ALTER DATABASE {draft} RENAME TO {name}").format(**names))


def _schema_name() -> str:
    return f"bench_schema_{_fingerprint(SCHEMA_FROM, '')}"


def _name(size: Size) -> str:
    return f"bench_{size.customers}_{size.interactions}_{_fingerprint((*SCHEMA_FROM, *ROWS_FROM), f'{size}{TODAY}')}"


def _fingerprint(patterns: tuple[str, ...], more: str) -> str:
    found = hashlib.sha256(more.encode())
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]
