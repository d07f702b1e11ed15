"""Real processes for tests: their environment, their logs, and an end to each of them whatever happens."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit

from config.launch import processes
from config.launch.processes import wait_until

ROOT = Path(__file__).resolve().parent.parent
# Each run's slot of the cache server has 16 databases; the test workers leave its last two free.
BROKER_DATABASE, CACHE_DATABASE = 14, 15
STOP_SECONDS = 30.0
__all__ = ["Processes", "environment_on", "free_port", "wait_until"]


def environment_on(database: str, *, process: str = "worker") -> dict[str, str]:
    """Return the environment of a real process of the product on a database of the test server.

    Its broker is ours alone; its cache is the test's own, so that both see the same limits and counters.
    """
    from django.conf import settings

    first = int(os.environ.get("TEST_CACHE_BASE", "2")) - 2
    broker = os.environ["BROKER_URL"].partition("?")[0]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TEST_"))}
    return environment | {
        "DATABASE_URL": urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}")),
        "BROKER_URL": f"{broker}?virtual_host={first + BROKER_DATABASE}",
        "CACHE_URL": str(settings.CACHES["default"]["LOCATION"]),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "1",
        "DEMO_PEOPLE": "60",
        "PROCESS": process,
        "REMAP_SIGTERM": "SIGQUIT",
    }


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Processes:
    """Processes of one test, each leading a session of its own. Leaving the block ends them with their children."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.mark = secrets.token_hex(16)
        self.environment = environment | {"START_TOKEN": self.mark}
        self.entries: dict[str, processes.Recorded] = {}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """End whatever still runs: ask, wait, then kill."""
        processes.end_families(list(self.entries.values()), STOP_SECONDS)
        for name in list(self.running):
            self._forget(name)

    def start(self, name: str, *arguments: str, **variables: str) -> None:
        """Start Python with these arguments; what it says goes to its log. Call it from the main thread."""
        with (self.folder / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment | variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=processes.follow_parent(),
            )
        self.running[name] = child
        self.entries[name] = processes.record(self.folder / f"{name}.json", child.pid, self.mark)

    def kill(self, name: str) -> None:
        """End a process and all its children by SIGKILL, as a machine does that runs out of memory."""
        for member in processes.family(self.entries[name]):
            processes.send(member, signal.SIGKILL)
        self._forget(name)

    def stop(self, name: str) -> float:
        """Ask a process to end by SIGTERM; return the seconds it took. Fails when it took longer than 30 s."""
        began = time.monotonic()
        processes.send(self.entries[name], signal.SIGTERM)
        has_ended = processes.wait_until(lambda: self.running[name].poll() is not None, STOP_SECONDS)
        took = time.monotonic() - began
        processes.end_families([self.entries[name]], 0)
        self._forget(name)
        assert has_ended, f"{name} did not end within {STOP_SECONDS:.0f} s"
        return took

    def log(self, name: str) -> str:
        """Return what a process has said so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def _forget(self, name: str) -> None:
        self.running.pop(name).wait(STOP_SECONDS)
        del self.entries[name]
