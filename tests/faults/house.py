"""A house that tests may break: database, broker, web server, worker and beat of its own, in a data home of its own.

The same programs with the same options as `make run`, durable as the demo's are; only the place differs.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from config.launch import children, environment, processes, servers
from config.launch.homes import Home, home_for
from tests.running import ROOT, Processes, free_port, wait_until

HOST = "127.0.0.1"
CSRF = "c" * 32
READY_SECONDS = 60.0
MAKE_SESSION = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from customers.models import User
user = User.objects.get(username={username!r})
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(session.session_key)
"""


class DurableHome(Home):
    """A data home whose data must survive whatever a test does to its servers."""

    @property
    def durable(self) -> bool:
        return True


@dataclass(frozen=True)
class Answer:
    """What a caller got: status, bytes and headers (names in lower case)."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class House:
    """The product in one data home. Its servers run; its processes are started by the test that needs them."""

    def __init__(self, home: Home, ours: servers.Servers) -> None:
        self.home = home
        self.ours = ours
        self.port = free_port()
        self.sessions: dict[str, str] = {}
        inherited = environment.product_environment(ours)
        self.environment = {
            name: value for name, value in inherited.items() if not name.startswith(("PYTEST_", "TEST_"))
        } | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEMO": "1",
            "DEMO_PEOPLE": "60",
            "REMAP_SIGTERM": "SIGQUIT",
            "MEDIA_ROOT": str(home.path / "media"),
        }
        self.processes = Processes(home.log, self.environment)

    def prepare(self) -> None:
        """Create the tables and the demo's people."""
        self._manage("prepare")

    def python(self, code: str, **variables: str) -> str:
        """Run code as the product would, in a process of its own; return what it printed."""
        return self._run(["-c", f"import django; django.setup()\n{code}"], variables)

    def _manage(self, *arguments: str) -> str:
        return self._run(["manage.py", *arguments], {})

    def _run(self, arguments: list[str], variables: dict[str, str]) -> str:
        trial = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment | {"PROCESS": "worker"} | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert trial.returncode == 0, trial.stderr[-3000:]
        return trial.stdout.strip()

    def start(self, *names: str) -> None:
        """Start web, worker or beat as the product does; return when they are there."""
        lines = children.commands(self.home, HOST, self.port)
        for name in names:
            seen = len(self.log(name))
            self.processes.start(name, *lines[name][1:], PROCESS=name)
            is_there = {"web": self.is_ready, "worker": lambda seen=seen: " ready." in self.log("worker")[seen:]}
            assert wait_until(is_there.get(name, lambda: True), READY_SECONDS), self.log(name)[-3000:]

    def log(self, name: str) -> str:
        """Return what a process has logged so far, over all its starts."""
        path = self.home.log / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def events(self, name: str, event: str) -> list[dict[str, Any]]:
        """Return the log lines of one event of a process."""
        lines = [json.loads(line) for line in self.log(name).splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("event") == event]

    def is_ready(self) -> bool:
        """True when /readyz says so."""
        return self.status_of("/readyz") == 200

    def status_of(self, path: str) -> int | None:
        """Return the status of an open page, None when nobody answers."""
        try:
            return self.call("GET", path, "").status
        except (OSError, http.client.HTTPException):
            return None

    def call(self, method: str, path: str, username: str, body: Any = None, **headers: str) -> Answer:
        """Call the web server on a new connection as a member of staff ("" for nobody). Raises OSError."""
        sent = {
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if username:
            sent["Cookie"] = f"yorisoi-session={self.session_of(username)}; yorisoi-csrf={CSRF}"
            sent["X-CSRFToken"] = CSRF
        link = http.client.HTTPConnection(HOST, self.port, timeout=20)
        try:
            link.request(method, path, None if body is None else json.dumps(body), sent)
            answer = link.getresponse()
            headers_told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, answer.read(), headers_told)
        finally:
            link.close()

    def session_of(self, username: str) -> str:
        """Return a signed-in session of one of the demo's people, made once."""
        if username not in self.sessions:
            self.sessions[username] = self.python(MAKE_SESSION.format(username=username))
        return self.sessions[username]

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database directly. Changes are committed."""
        assert self.ours.postgres is not None
        with psycopg.connect(self.ours.postgres.url, autocommit=True) as link:
            found = link.execute(sql, values)  # type: ignore[call-overload]
            return list(found.fetchall()) if found.description else []

    def value(self, sql: str, *values: Any) -> Any:
        """Return the one value a query answers."""
        return self.rows(sql, *values)[0][0]

    @contextmanager
    def held_up(self, table: str) -> Iterator[None]:
        """Let nobody write into a table inside the block: work that gets there waits, however fast the machine is."""
        assert self.ours.postgres is not None
        with psycopg.connect(self.ours.postgres.url) as link:
            link.execute(SQL("LOCK TABLE {} IN SHARE MODE").format(Identifier(table)))
            yield

    def expire_leases(self) -> None:
        """Move every lease of work into the past: what five minutes of waiting would do."""
        for table in ("journeys_reaction", "journeys_importrun"):
            self.rows(f"UPDATE {table} SET leased_until = now() - interval '1 s' WHERE lease IS NOT NULL")


@contextmanager
def open_house() -> Iterator[House]:
    """Build a house, hand it over, and pull it down with everything in it, whatever happened."""
    name = "-".join(filter(None, ("faults", os.environ.get("TEST_DB_SUFFIX"), os.environ.get("PYTEST_XDIST_WORKER"))))
    home = DurableHome(home_for(name).path, name)
    _pull_down(home)
    ours = servers.servers_in(home)
    try:
        with servers.in_use(ours):
            house = House(home, ours)
            with house.processes:
                house.prepare()
                yield house
    finally:
        _pull_down(home)


def _pull_down(home: Home) -> None:
    """End and delete a house; also one that an earlier, killed run left standing."""
    if not home.is_ours():
        return
    entries = [processes.recorded(path) for path in home.log.glob("*.json")]
    processes.end_families([entry for entry in entries if entry and processes.family(entry)], 5.0)
    servers.servers_in(home).stop()
    home.remove()
