"""A process is known by number and start time, and ended only when both fit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.launch import children, processes
from config.launch.homes import TEST, Home
from config.launch.processes import Recorded


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(["sleep", "60"], start_new_session=True, env=os.environ | {"START_TOKEN": "mark-1"})
    yield child
    child.kill()
    child.wait()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "run").mkdir()
    return Home(tmp_path, TEST)


def test_a_recorded_process_is_found_again(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    # Given
    processes.record(tmp_path / "it.json", sleeper.pid)
    # When
    found = processes.recorded(tmp_path / "it.json")
    # Then
    assert found is not None
    assert (found.pid, found.alive()) == (sleeper.pid, True)


def test_a_zombie_counts_as_gone(sleeper: subprocess.Popen[bytes], tmp_path: Path) -> None:
    # Given
    entry = processes.record(tmp_path / "it.json", sleeper.pid)
    # When: killed, and not yet waited for by us, its parent
    os.kill(sleeper.pid, signal.SIGKILL)
    gone = processes.wait_until(lambda: not entry.alive(), 5)
    # Then
    assert gone
    assert Path(f"/proc/{sleeper.pid}").exists()


def test_an_unreadable_record_is_no_record(tmp_path: Path) -> None:
    (tmp_path / "it.json").write_text('{"pid": ')
    assert processes.recorded(tmp_path / "it.json") is None


def test_another_process_of_a_recorded_number_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    # Given: the number fits, the start time does not
    entry = Recorded(sleeper.pid, "some-boot:1", "other-mark")
    # When
    processes.end_families([entry], 0.5)
    # Then
    assert sleeper.poll() is None


def test_leftovers_are_ended_by_their_records(sleeper: subprocess.Popen[bytes], home: Home) -> None:
    # Given
    processes.record(home.run / "web.json", sleeper.pid, "mark-1")
    # When
    ended = children.stop_children(home)
    # Then
    assert ended == ["web"]
    assert sleeper.wait(5) == -signal.SIGTERM
    assert not (home.run / "web.json").exists()


def test_a_record_of_a_reused_number_is_only_forgotten(sleeper: subprocess.Popen[bytes], home: Home) -> None:
    # Given
    processes.record(home.run / "web.json", sleeper.pid, "mark-1")
    text = (home.run / "web.json").read_text()
    (home.run / "web.json").write_text(text.replace('"started": "', '"started": "x'))
    text = (home.run / "web.json").read_text().replace("mark-1", "mark-2")
    (home.run / "web.json").write_text(text)
    # When
    ended = children.stop_children(home)
    # Then
    assert ended == []
    assert sleeper.poll() is None


def test_the_environment_of_a_program_that_is_being_loaded_is_waited_for() -> None:
    # Given: the kernel shows an empty environment at first
    for _number in range(50):
        child = subprocess.Popen(["sleep", "60"], env={"START_TOKEN": "mark-of-the-child"})
        try:
            # Then
            assert processes.environment_of(child.pid) == "START_TOKEN=mark-of-the-child\0"
        finally:
            child.kill()
            child.wait()
    assert processes.environment_of(child.pid) == ""


def test_orphans_of_a_killed_leader_are_ended(home: Home, tmp_path: Path) -> None:
    # Given: a leader with a child that outlives it
    script = "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    leader = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"START_TOKEN": "mark-of-the-leader"},
    )
    assert leader.stdout is not None
    orphan = int(leader.stdout.readline())
    processes.record(home.run / "worker.json", leader.pid, "mark-of-the-leader")
    leader.kill()
    leader.wait()
    assert processes.identity(orphan) is not None
    # When
    ended = children.stop_children(home)
    # Then
    assert ended == ["worker"]
    assert processes.identity(orphan) is None


def test_beat_is_asked_first_then_worker_then_web(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    started = {}
    for name in children.START_ORDER:
        child = subprocess.Popen(["sleep", "60"], start_new_session=True)
        processes.record(home.run / f"{name}.json", child.pid, "m")
        started[child.pid] = name
    asked: list[tuple[str, signal.Signals]] = []
    send = processes.send

    def noting(entry: Recorded, number: signal.Signals) -> None:
        asked.append((started[entry.pid], number))
        send(entry, number)

    monkeypatch.setattr(processes, "send", noting)
    # When
    children.stop_children(home)
    # Then
    assert asked == [("beat", signal.SIGTERM), ("worker", signal.SIGTERM), ("web", signal.SIGTERM)]
    assert [os.waitpid(pid, 0)[1] for pid in started] == [signal.SIGTERM] * 3


def test_what_ignores_the_request_is_killed(home: Home) -> None:
    # Given
    stubborn = subprocess.Popen(["sh", "-c", "trap '' TERM; echo up; sleep 60"], stdout=subprocess.PIPE)
    assert stubborn.stdout is not None
    stubborn.stdout.readline()
    entry = processes.record(home.run / "web.json", stubborn.pid)
    # When
    began = time.monotonic()
    processes.end_families([entry], 0.5)
    # Then
    assert stubborn.wait(5) == -signal.SIGKILL
    assert time.monotonic() - began < 3


def test_a_child_follows_its_parent_into_death(tmp_path: Path) -> None:
    # Given: a parent that starts a child as the launcher does
    script = (
        "import subprocess, time\n"
        "from config.launch.processes import follow_parent\n"
        "child = subprocess.Popen(['sleep', '60'], start_new_session=True, preexec_fn=follow_parent())\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    # When
    parent.kill()
    parent.wait()
    # Then
    assert processes.wait_until(lambda: processes.identity(child) is None, 5)
