"""Both embedded servers as one: who uses them, when may they stop, what environment do they give?

Every user holds a shared lock for as long as it runs, so the kernel counts the users, killed ones included.
The last one out stops the servers, unless somebody asked to keep them.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.launch import binaries, processes
from config.launch.accounts import server_account
from config.launch.errors import LaunchError
from config.launch.homes import DEMO, Home
from config.launch.postgres import Postgres
from config.launch.valkey import Valkey

ADDRESSES = ("DATABASE_URL", "BROKER_URL", "CACHE_URL")
# Databases 2 and up of each slot are the test workers' caches, see config/settings_test.py.
_DATABASES_PER_SLOT, _SLOTS = 16, 60


@dataclass(frozen=True)
class Servers:
    """The two servers of one data home. None where the environment names a real server instead."""

    home: Home
    postgres: Postgres | None
    valkey: Valkey | None

    def start(self) -> None:
        """Start or adopt what is ours."""
        for server in (self.postgres, self.valkey):
            if server:
                server.start()
        self._drop_old_programs()

    def _drop_old_programs(self) -> None:
        """Delete copies of earlier releases, except where an adopted server still runs from them."""
        running = [server.running() for server in (self.postgres, self.valkey) if server]
        lines = [processes.command_line(entry.pid) for entry in running if entry]
        for path in self.home.path.glob("programs-*"):
            if not any(str(path) in line for line in lines) and path.name != binaries.copy_name():
                shutil.rmtree(path, ignore_errors=True)

    def stop(self) -> None:
        """Stop what is ours; the database last, so that nothing it needs to write is lost."""
        for server in (self.valkey, self.postgres):
            if server:
                server.stop()

    def running(self) -> bool:
        """True when at least one of them lives."""
        return any(server and server.running() for server in (self.postgres, self.valkey))

    def addresses(self, slot: int = 0) -> dict[str, str]:
        """Return the variables that point the product at them; for the demo, given ones win."""
        first = slot * _DATABASES_PER_SLOT
        found: dict[str, str] = {}
        if self.postgres:
            found["DATABASE_URL"] = self.postgres.url
        if self.valkey:
            found["BROKER_URL"] = self.valkey.broker_url(first)
            found["CACHE_URL"] = self.valkey.cache_url(first + 1)
        return found | given_addresses(self.home)


def servers_in(home: Home, postgres_programs: Path | None = None) -> Servers:
    """Prepare the data home and return its servers, not yet started.

    For the demo, DATABASE_URL (or BROKER_URL and CACHE_URL together) in the environment replaces the embedded
    server. Tests never look at them: they empty caches and drop databases.
    """
    account = server_account()
    home.prepare(account)
    with _locked(home, "servers.lock") as changes:
        fcntl.flock(changes, fcntl.LOCK_EX)
        programs = binaries.binaries_for(home, account, postgres_programs)
    given = given_addresses(home).keys()
    postgres = None if "DATABASE_URL" in given else Postgres(home, account, programs.postgres)
    valkey = None if given >= {"BROKER_URL", "CACHE_URL"} else Valkey(home, account, programs.valkey)
    return Servers(home, postgres, valkey)


def given_addresses(home: Home) -> dict[str, str]:
    """Return the real servers that the environment names; none for tests, whatever it says."""
    if home.purpose != DEMO:
        return {}
    return {name: os.environ[name] for name in ADDRESSES if os.environ.get(name)}


@contextmanager
def in_use(servers: Servers, *, keep: bool = False) -> Iterator[None]:
    """Hold the servers running. On leaving, stop them if nobody else uses or keeps them."""
    with _locked(servers.home, "users.lock") as users:
        try:
            _enter(servers, users, keep)
            yield
        finally:
            _leave(servers, users)


def _enter(servers: Servers, users: int, keep: bool) -> None:
    with _locked(servers.home, "servers.lock") as changes:
        fcntl.flock(changes, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        if keep:
            _keep_mark(servers.home).touch()
        servers.start()


def _leave(servers: Servers, users: int) -> None:
    with _locked(servers.home, "servers.lock") as changes:
        fcntl.flock(changes, fcntl.LOCK_EX)
        if not _keep_mark(servers.home).exists() and _alone(users):
            servers.stop()


def stop_unless_used(servers: Servers) -> bool:
    """Stop servers that nobody uses, kept ones too. Returns False, and stops nothing, when somebody does."""
    with _locked(servers.home, "servers.lock") as changes, _locked(servers.home, "users.lock") as users:
        fcntl.flock(changes, fcntl.LOCK_EX)
        if not _alone(users):
            return False
        _keep_mark(servers.home).unlink(missing_ok=True)
        servers.stop()
        return True


def _keep_mark(home: Home) -> Path:
    return home.run / "keep"


def _alone(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _locked(home: Home, name: str) -> Iterator[int]:
    """Open a lock file; whatever lock is taken on it ends with the block."""
    descriptor = os.open(home.run / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def test_slot(home: Home) -> Iterator[int]:
    """Give this test run a number of its own, hence databases of its own, while it runs."""
    for number in range(_SLOTS):
        with _locked(home, f"slot-{number}.lock") as lock:
            if _alone(lock):
                yield number
                return
    raise LaunchError(f"{_SLOTS} test runs at once are as many as one test server takes.")
