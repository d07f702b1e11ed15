"""The product's own processes: web, worker and beat, and the short steps before them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field

from config.launch import processes
from config.launch.errors import LaunchError
from config.launch.homes import CHECKOUT, Home

START_ORDER = ("web", "worker", "beat")
# No new work first, then the work, then the screens.
STOP_ORDER = ("beat", "worker", "web")
STOP_SECONDS = 20.0


def commands(home: Home, host: str, port: int) -> dict[str, list[str]]:
    """Return the command line of each process."""
    python = sys.executable
    web = [python, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    # Each blocking thread holds one database connection; the default would allow hundreds.
    web += ["--workers", "2", "--blocking-threads", "2", "--backpressure", "64", "--no-ws"]
    web += ["--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning"]
    celery = [python, "-m", "celery", "-A", "config.celery"]
    return {
        "web": [*web, "config.wsgi:application"],
        "worker": [*celery, "worker", "--pool", "prefork", "-c", "2", "--loglevel", "INFO", "--without-gossip"],
        "beat": [*celery, "beat", "--pidfile=", "-s", str(home.path / "beat" / "schedule"), "--loglevel", "INFO"],
    }


@dataclass
class Children:
    """The processes of one start. Each leads a session of its own and is written down."""

    home: Home
    env: dict[str, str]
    token: str
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: list[str]) -> None:
        """Start a process. Its output goes to its own log."""
        log = self.home.open_log(name)
        # SIGTERM means to Celery: hand back what is not finished.
        env = self.env | {"PROCESS": name, "START_TOKEN": self.token, "REMAP_SIGTERM": "SIGQUIT"}
        if name not in START_ORDER:
            env["PROCESS"] = "manage"
        try:
            child = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=processes.follow_parent(),
            )
        finally:
            os.close(log)
        self.running[name] = child
        try:
            processes.record(self.home.run / f"{name}.json", child.pid, self.token)
        except ProcessLookupError:
            child.wait()

    def refuse_dead(self) -> None:
        """Raise LaunchError, with the end of its log, when a process ended by itself."""
        for name, child in self.running.items():
            code = child.poll()
            if code is not None:
                raise LaunchError(f"{name} ended by itself ({_ending(code)}). Its log:\n{self.home.last_lines(name)}")

    def finished(self, name: str) -> bool:
        """True when a short step has ended well, False while it runs. Raises LaunchError when it failed."""
        code = self.running[name].poll()
        if code is None:
            return False
        del self.running[name]
        (self.home.run / f"{name}.json").unlink(missing_ok=True)
        if code:
            raise LaunchError(f"{name} failed ({_ending(code)}). Its log:\n{self.home.last_lines(name)}")
        return True


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def stop_children(home: Home) -> list[str]:
    """End every recorded process of the product and return their names; steps that were under way too.

    SIGTERM in stop order, one common wait, then kill, whole sessions. Also serves for the leftovers of a killed
    run: a record whose number now belongs to another process is only forgotten.
    """
    steps = sorted(path.stem for path in home.run.glob("step-*.json"))
    found = {}
    for name in (*steps, *STOP_ORDER):
        entry = processes.recorded(home.run / f"{name}.json")
        if entry and processes.family(entry):
            found[name] = entry
    processes.end_families(list(found.values()), STOP_SECONDS)
    for name in (*steps, *STOP_ORDER):
        (home.run / f"{name}.json").unlink(missing_ok=True)
    return list(found)
