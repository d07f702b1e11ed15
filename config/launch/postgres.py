"""The embedded PostgreSQL: create, start, check, stop. Called by servers.py, under its lock.

Unix socket only. The cluster is UTF-8 throughout: without a UTF-8 LC_CTYPE, Japanese search silently
loses its index.
"""

from __future__ import annotations

import locale
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.launch import processes
from config.launch.accounts import Account
from config.launch.errors import LaunchError
from config.launch.homes import BENCH, Home

DATABASE = ROLE = "yorisoi"
CTYPES = ("C.UTF-8", "en_US.UTF-8", "ja_JP.UTF-8")
# After kill -9 the old children hold shared memory for about 2 s; starts are refused until they are gone.
_START_LIMIT, _START_PAUSE = 15.0, 0.25
# Both sides of a benchmark get it: what is measured is our code, not a server set up for a demo.
_ROOM_FOR_MILLIONS = ("shared_buffers=1GB", "maintenance_work_mem=512MB", "max_wal_size=8GB", "wal_compression=on")
_UNSAFE_BUT_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Postgres:
    """One cluster in one data home."""

    home: Home
    account: Account
    programs: Path

    @property
    def url(self) -> str:
        """Address for DATABASE_URL."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.home.sockets), safe='/')}"

    @property
    def data(self) -> Path:
        """The cluster itself, owned by the servers' user."""
        return self.home.path / "postgres" / "data"

    @property
    def record_path(self) -> Path:
        """Where the running server is written down."""
        return self.home.run / "postgres.json"

    def running(self) -> processes.Recorded | None:
        """Return the recorded server if it lives."""
        entry = processes.recorded(self.record_path)
        return entry if entry and entry.alive() else None

    def start(self) -> None:
        """Adopt the recorded server if it answers, else start one. Raises LaunchError with the log's end."""
        self.account.own(self.data.parent, 0o700)
        if not self.data.exists():
            self._create_cluster()
        self._refuse_other_version()
        entry = self.running()
        if entry is None or not self._answers():
            self.stop()
            self._start_with_patience()
        self._create_database()
        self._refuse_deaf_to_japanese()

    def stop(self) -> None:
        """Fast shutdown, then harder ones; also ends a server whose record was lost."""
        for entry in (self.running(), self._leftover()):
            if entry and not processes.end(entry, (signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
                raise LaunchError(f"PostgreSQL (process {entry.pid}) does not stop.")
        self.record_path.unlink(missing_ok=True)

    def query(self, sql: str, database: str = DATABASE) -> str:
        """Run one statement and return its unaligned output. Raises LaunchError with PostgreSQL's message."""
        trial = self._psql(sql, database)
        if trial.returncode:
            raise LaunchError(f"PostgreSQL: {trial.stderr.strip()}")
        return trial.stdout.strip()

    def _psql(self, sql: str, database: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.programs / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", str(self.home.sockets), "-U", ROLE, "-d", database, "-c", sql]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=_environment(), stdin=subprocess.DEVNULL
        )

    def _answers(self) -> bool:
        return self._psql("SELECT 1", "postgres").returncode == 0

    def _create_cluster(self) -> None:
        """Run initdb beside the final place and move it there: a killed run leaves no half cluster."""
        draft = self.data.with_name("draft")
        shutil.rmtree(draft, ignore_errors=True)
        command = [str(self.programs / "initdb"), "-D", str(draft), "-U", ROLE, "--auth=trust"]
        command += ["--encoding=UTF8", f"--locale={_utf8_ctype()}", "--lc-messages=C", "--no-instructions"]
        if self._program_version() >= 17:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.home.durable:
            command.append("--no-sync")
        trial = subprocess.run(
            command, capture_output=True, text=True, check=False, env=_environment(), **self.account.options()
        )
        if trial.returncode:
            raise LaunchError(f"PostgreSQL's initdb failed:\n{trial.stdout}{trial.stderr}")
        draft.rename(self.data)

    def _program_version(self) -> int:
        answer = subprocess.run(
            [str(self.programs / "postgres"), "--version"], capture_output=True, text=True, check=False
        ).stdout
        found = re.search(r"\) (\d+)", answer)
        if not found:
            raise LaunchError(f"{self.programs / 'postgres'} does not run on this machine.")
        return int(found.group(1))

    def _refuse_other_version(self) -> None:
        theirs = int((self.data / "PG_VERSION").read_text().strip())
        ours = self._program_version()
        if theirs != ours:
            raise LaunchError(
                f"The data in {self.data} was written by PostgreSQL {theirs}; this release brings "
                f"PostgreSQL {ours}. Dump it with the old release (pg_dump), then `make clean-data`, start "
                "once, and restore (pg_restore). Nothing was changed."
            )

    def _start_with_patience(self) -> None:
        limit = time.monotonic() + _START_LIMIT
        while not self._start_once():
            if time.monotonic() > limit:
                raise LaunchError(f"PostgreSQL does not start. Its log:\n{self.home.last_lines('postgres')}")
            time.sleep(_START_PAUSE)

    def _start_once(self) -> bool:
        """Start a server and wait until it is ready; False when it gave up."""
        self._drop_misleading_lock()
        log = self.home.open_log("postgres")
        try:
            server = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=_environment(),
                umask=0o077,
                **self.account.options(),
            )
        finally:
            os.close(log)
        try:
            processes.record(self.record_path, server.pid)
        except ProcessLookupError:
            server.wait()
            return False
        processes.wait_until(lambda: server.poll() is not None or self._ready(server.pid), 60)
        return server.poll() is None

    def _command(self) -> list[str]:
        settings = ["timezone=UTC", "log_timezone=UTC", "listen_addresses=", "unix_socket_permissions=0700"]
        settings += ["max_connections=60"] if self.home.durable else ["max_connections=200", *_UNSAFE_BUT_QUICK]
        settings += _ROOM_FOR_MILLIONS if self.home.purpose == BENCH else ()
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.home.sockets)]
        for setting in settings:
            command += ["-c", setting]
        return command

    def _ready(self, pid: int) -> bool:
        lines = self._lock_lines()
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def _lock_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _leftover(self) -> processes.Recorded | None:
        """Return the server that holds the cluster although no record names it, or None."""
        pid = self._lock_holder()
        started = processes.identity(pid) if pid else None
        if not (pid and started and self._serves_us(pid)):
            return None
        return processes.Recorded(pid, started)

    def _lock_holder(self) -> int | None:
        lines = self._lock_lines()
        return int(lines[0]) if lines and lines[0].strip().isdecimal() else None

    def _drop_misleading_lock(self) -> None:
        """Remove a lock file whose number now belongs to another program.

        PostgreSQL would refuse to start for as long as that program runs, which after a container's restart
        may be Valkey. A number that is free, or our own server's, is left for PostgreSQL to judge.
        """
        pid = self._lock_holder()
        if pid and processes.identity(pid) and not self._serves_us(pid):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _serves_us(self, pid: int) -> bool:
        """True when the process is a PostgreSQL server of this very cluster."""
        command = processes.command_line(pid)
        return f"-D {self.data} " in command and "postgres" in command

    def _create_database(self) -> None:
        found = self.query(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'", "postgres")  # noqa: S608
        if not found:
            self.query(f"CREATE DATABASE {DATABASE}", "postgres")
        # Asked every time: a kill between the two statements must not leave a database without it.
        self.query("SET client_min_messages = error; CREATE EXTENSION IF NOT EXISTS pg_trgm")

    def _refuse_deaf_to_japanese(self) -> None:
        if self.query("SELECT cardinality(show_trgm('山'))") == "0":
            raise LaunchError(
                f"The database in {self.data} cannot search Japanese: its LC_CTYPE is not UTF-8. "
                "Move the data away (`make clean-data`) and start again."
            )


def _environment() -> dict[str, str]:
    """What the programs see: nothing of the caller's PG* variables, and a UTF-8 locale."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": _utf8_ctype(), "TZ": "UTC"}


def _utf8_ctype() -> str:
    """Return a UTF-8 locale of this machine; macOS may lack C.UTF-8."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in CTYPES:
            try:
                locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
            return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise LaunchError(f"No UTF-8 locale here; one of {', '.join(CTYPES)} is needed (Debian: apt install locales).")
