"""The whole start, as `make run` does it: real servers, real processes, real signals."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.launch import children, processes
from config.launch.homes import CHECKOUT, DEMO, Home
from config.launch.processes import Recorded, recorded

READY_SECONDS = 90.0


@pytest.fixture
def home(place: Path) -> Iterator[Home]:
    """The data home of the starts of one test; whatever still runs afterwards is ended."""
    found = Home(place / "home", DEMO)
    yield found
    subprocess.run([sys.executable, "-m", "config.launch", "stop"], cwd=CHECKOUT, env=_env(found, 0), check=True)


def launch(home: Home, port: int) -> subprocess.Popen[str]:
    """Start as `make run` does, output into a file of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "config.launch", "run"],
        cwd=CHECKOUT,
        env=_env(home, port),
        stdout=(home.path.parent / f"out-{port}").open("w"),
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def output(home: Home, port: int) -> str:
    return (home.path.parent / f"out-{port}").read_text()


def _env(home: Home, port: int) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": "/tmp", "YORISOI_HOME": str(home.path), "PORT": str(port)}


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def ready(home: Home, port: int, launcher: subprocess.Popen[str]) -> str:
    """Wait until it announced itself and return its start token."""

    def announced() -> bool:
        return launcher.poll() is not None or "Logs: " in output(home, port)

    assert processes.wait_until(announced, READY_SECONDS), output(home, port)
    assert launcher.poll() is None, output(home, port)
    status, token = get(port, "/readyz")
    assert status == 200
    return token


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.headers.get("X-Start-Token", "")


def members(home: Home) -> dict[str, Recorded]:
    names = [*children.START_ORDER, "postgres", "valkey"]
    found = {name: recorded(home.run / f"{name}.json") for name in names}
    return {name: entry for name, entry in found.items() if entry and entry.alive()}


def test_a_start_serves_refuses_a_second_one_and_stops_on_ctrl_c(home: Home) -> None:
    # Given
    port = free_port()
    launcher = launch(home, port)
    token = ready(home, port, launcher)
    # Then: everything runs, and the table of sign-ins stands in the output
    assert len(token) == 32
    assert get(port, "/admin/login/")[0] == 200
    running = members(home)
    assert sorted(running) == ["beat", "postgres", "valkey", "web", "worker"]
    assert f"http://127.0.0.1:{port}/" in output(home, port)
    assert "password" in output(home, port)
    # When: a second start in the same checkout, on another port
    other = free_port()
    second = launch(home, other)
    # Then
    assert second.wait(60) == 1
    assert f"running already at http://127.0.0.1:{port}/" in output(home, other)
    assert get(port, "/readyz") == (200, token)
    # When: Ctrl-C
    os.killpg(launcher.pid, signal.SIGINT)
    # Then
    assert launcher.wait(60) == 0
    assert [name for name, entry in running.items() if entry.alive()] == []


def test_a_process_that_dies_stops_the_rest_and_is_named(home: Home) -> None:
    # Given
    port = free_port()
    launcher = launch(home, port)
    ready(home, port, launcher)
    running = members(home)
    # When
    os.kill(running["worker"].pid, signal.SIGKILL)
    # Then
    assert launcher.wait(60) == 1
    assert "worker ended by itself (signal 9)" in output(home, port)
    assert [name for name, entry in running.items() if entry.alive()] == []


@pytest.mark.deep
def test_a_killed_start_leaves_nothing_that_hinders_the_next(home: Home) -> None:
    # Given
    port = free_port()
    launcher = launch(home, port)
    token = ready(home, port, launcher)
    before = members(home)
    # When
    launcher.kill()
    launcher.wait()
    again = launch(home, port)
    # Then: the servers were adopted, the processes are new
    assert ready(home, port, again) != token
    after = members(home)
    assert (after["postgres"], after["valkey"]) == (before["postgres"], before["valkey"])
    assert [name for name in children.START_ORDER if before[name].alive()] == []
    os.killpg(again.pid, signal.SIGTERM)
    assert again.wait(60) == 0
