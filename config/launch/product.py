"""`make run`: from nothing to a product that answers, and back, in one foreground process."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

from config.launch import children, environment, ports, processes, servers
from config.launch.children import Children
from config.launch.errors import LaunchError, say
from config.launch.homes import CHECKOUT, Home
from config.lib.catalogues import compile_catalogues

# The demo's passwords are published: it is for this machine alone.
HOST = "127.0.0.1"
_READY_LIMIT, _STEP_LIMIT = 90.0, 600.0


class StopAsked(Exception):
    """Somebody pressed Ctrl-C, closed the terminal or ran `make stop`."""


class StopSwitch:
    """Remembers that a stop was asked for; looked at between steps, so that no step is torn."""

    def __init__(self) -> None:
        """Take over the signals that mean stop."""
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True

    def check(self) -> None:
        """Raise StopAsked when a stop was asked for."""
        if self.asked:
            raise StopAsked


def run(home: Home) -> int:
    """Start the product, stay until it is to stop, stop it. Returns 0 after a stop that was asked for.

    Raises LaunchError when it runs already, its port is taken, or one of its processes fails.
    """
    began = time.monotonic()
    host, port = HOST, ports.chosen_port()
    ours = servers.servers_in(home)
    with _only_launcher(home, _address(host, port)):
        for name in children.stop_children(home):
            say(f"Ended {name}, left over from an earlier start.")
        ports.refuse_taken_port(host, port)
        switch = StopSwitch()
        env = environment.product_environment(ours)
        say(f"Starting the database and the broker in {home.path} ...")
        with servers.in_use(ours):
            product = Children(home, env, secrets.token_hex(16))
            try:
                _bring_up(product, switch, host, port)
                _announce(product, _address(host, port), time.monotonic() - began)
                _stay(product, ours, switch)
            except StopAsked:
                say("\nStopping ...")
            finally:
                children.stop_children(home)
    say("Stopped.")
    return 0


def _address(host: str, port: int) -> str:
    return f"http://{host}:{port}/"


def _bring_up(product: Children, switch: StopSwitch, host: str, port: int) -> None:
    """Catalogues, tables and demo, static files; then the three processes; return when the web one is ready."""
    compile_catalogues()
    say("Preparing the tables, the demo and the static files ...")
    manage = [sys.executable, "manage.py"]
    steps = {"step-prepare": [*manage, "prepare"]}
    stamp, files = product.home.path / "static.stamp", _print_of_static_files()
    collected = Path(product.env["STATIC_ROOT"], "staticfiles.json").exists()
    if not collected or not stamp.exists() or stamp.read_text() != files:
        steps["step-static"] = [*manage, "collectstatic", "--noinput", "--clear", "--verbosity", "0"]
    _run_steps(product, switch, steps)
    stamp.write_text(files)
    lines = children.commands(product.home, host, port)
    product.start("web", lines["web"])
    ready = _patiently(lambda: ports.answers_with(host, port, product.token), product.refuse_dead, switch, _READY_LIMIT)
    if not ready:
        raise LaunchError(f"The web process is not ready. Its log:\n{product.home.last_lines('web')}")
    # Started now, not beside it: on two cores they would take the web process's time to get ready.
    for name in children.START_ORDER[1:]:
        product.start(name, lines[name])


def _run_steps(product: Children, switch: StopSwitch, steps: dict[str, list[str]]) -> None:
    """Run short steps side by side to their ends."""
    for name, command in steps.items():
        product.start(name, command)
    for name in steps:
        if not _patiently(partial(product.finished, name), lambda: None, switch, _STEP_LIMIT):
            raise LaunchError(f"{name} takes too long. Its log:\n{product.home.last_lines(name)}")


def _patiently(done: Callable[[], bool], check: Callable[[], None], switch: StopSwitch, seconds: float) -> bool:
    """Wait until `done()`, looking at the stop switch and at `check()` meanwhile."""

    def looked() -> bool:
        switch.check()
        check()
        return done()

    return processes.wait_until(looked, seconds)


def _print_of_static_files() -> str:
    """Return what changes whenever a static file may have changed: ours by date and size, packages by lock file."""
    seen = hashlib.sha256((CHECKOUT / "requirements.txt").read_bytes())
    for folder in sorted([CHECKOUT / "static", *CHECKOUT.glob("*/static")]):
        for path in sorted(folder.rglob("*")):
            found = path.stat()
            seen.update(f"{path} {found.st_mtime_ns} {found.st_size}\n".encode())
    seen.update((CHECKOUT / "config" / "settings.py").read_bytes())
    return seen.hexdigest()


def _announce(product: Children, address: str, seconds: float) -> None:
    """Print where it is, who may sign in, where the logs are."""
    say(f"\nYorisoi is ready at {address} (after {seconds:.1f} s).\n")
    logins = subprocess.run(
        [sys.executable, "manage.py", "demo_logins"],
        cwd=CHECKOUT,
        env=product.env,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    if logins.returncode == 0:
        say(logins.stdout)
    elif product.env["DEMO"] == "1":
        say(f"The demo's sign-ins cannot be listed: {logins.stderr.strip()[-300:]}\n")
    say(f"Logs: {product.home.log}/*.log. Stop with Ctrl-C, or `make stop` in another terminal.")


def _stay(product: Children, ours: servers.Servers, switch: StopSwitch) -> None:
    """Return never: StopAsked or LaunchError ends the stay."""
    while True:
        switch.check()
        product.refuse_dead()
        for server in (ours.postgres, ours.valkey):
            if server and not server.running():
                name = server.record_path.stem
                raise LaunchError(f"{name} ended by itself. Its log:\n{product.home.last_lines(name)}")
        time.sleep(0.3)


@contextmanager
def _only_launcher(home: Home, address: str) -> Iterator[None]:
    """Hold this data home's launcher lock. Raises LaunchError, naming the address, when another start has it."""
    descriptor = os.open(home.run / "launcher.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LaunchError(_already(home)) from None
        processes.record(home.run / "launcher.json", os.getpid())
        (home.run / "address.json").write_text(json.dumps({"address": address}))
        yield
    finally:
        os.close(descriptor)


def _already(home: Home) -> str:
    entry = processes.recorded(home.run / "launcher.json")
    number = f" (process {entry.pid})" if entry else ""
    return f"Yorisoi is running already at {running_address(home)}{number}. End it with `make stop`."


def running_address(home: Home) -> str:
    """Return the address that the running start announced, or a question mark."""
    try:
        return str(json.loads((home.run / "address.json").read_text())["address"])
    except (OSError, ValueError, KeyError):
        return "?"
