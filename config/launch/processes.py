"""Which process is it, does it still live, and how is it ended? Called by everything that starts one.

A process is known by its number and its start time: numbers are reused, most quickly in containers.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

LINUX = sys.platform.startswith("linux")
_LIBC = ctypes.CDLL(None, use_errno=True) if LINUX else None
_PR_SET_PDEATHSIG = 1
LOADING_SECONDS = 0.5


@dataclass(frozen=True)
class Recorded:
    """A process we started. `mark` stands in its environment, so that its children are known too."""

    pid: int
    started: str
    mark: str = ""

    def alive(self) -> bool:
        """True while this very process runs; a zombie, or another process of that number, is gone."""
        return identity(self.pid) == self.started


def identity(pid: int) -> str | None:
    """Return when process `pid` started, or None when it is gone or a zombie."""
    return _identity_by_proc(pid) if LINUX else _identity_by_ps(pid)


def _identity_by_proc(pid: int) -> str | None:
    fields = stat_fields(pid)
    if fields is None or fields[0] in {"Z", "X"}:
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}:{fields[19]}"


def stat_fields(pid: int) -> list[str] | None:
    """Return the fields of /proc/<pid>/stat after the name (state, parent, group, session ...), or None."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # The name may hold spaces and brackets of its own; the last bracket ends it.
    return text.rpartition(")")[2].split()


def _identity_by_ps(pid: int) -> str | None:
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    if len(answer) < 2 or answer[0].startswith("Z"):
        return None
    return answer[1].strip()


def record(path: Path, pid: int, mark: str = "") -> Recorded:
    """Write down process `pid` in `path` and return it. Raises ProcessLookupError when it is gone already."""
    started = identity(pid)
    if started is None:
        raise ProcessLookupError(pid)
    entry = Recorded(pid, started, mark)
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(asdict(entry)))
    draft.replace(path)
    return entry


def recorded(path: Path) -> Recorded | None:
    """Return the process written down in `path`, or None when there is none or the file is unreadable."""
    try:
        entry = json.loads(path.read_text())
        return Recorded(int(entry["pid"]), str(entry["started"]), str(entry.get("mark", "")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def family(entry: Recorded) -> list[Recorded]:
    """Return the live processes of the session that `entry` leads, itself first if it lives.

    Others of that session number count only when they carry the same mark: the number may be reused.
    Empty on systems without /proc, except for the process itself.
    """
    found = [entry] if entry.alive() else []
    if not (LINUX and entry.mark):
        return found
    for pid in all_pids():
        fields = stat_fields(pid)
        if pid == entry.pid or fields is None or fields[3] != str(entry.pid):
            continue
        started = identity(pid)
        if started and f"={entry.mark}" in environment_of(pid):
            found.append(Recorded(pid, started, entry.mark))
    return found


def all_pids() -> Iterable[int]:
    """Return the numbers of all processes of this machine (Linux only)."""
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def environment_of(pid: int) -> str:
    """Return a process's environment; empty when it is gone, not ours to read, or has none.

    While a program is being loaded the kernel shows an empty one: then we look again for a moment.
    """
    seen = [""]

    def is_there() -> bool:
        try:
            seen[0] = Path(f"/proc/{pid}/environ").read_text(errors="replace")
        except OSError:
            return True
        return bool(seen[0])

    wait_until(is_there, LOADING_SECONDS, pause=0.005)
    return seen[0]


def command_line(pid: int) -> str:
    """Return a process's command line, parts joined by blanks; empty when it is gone or not ours to read."""
    if not LINUX:
        return subprocess.run(
            ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout.strip()
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def send(entry: Recorded, number: signal.Signals) -> None:
    """Signal this very process; one that is gone, or another of its number, is left alone."""
    if not hasattr(os, "pidfd_open"):
        if entry.alive():
            os.kill(entry.pid, number)
        return
    try:
        handle = os.pidfd_open(entry.pid)
    except OSError:
        return
    try:
        # The handle is held before the check: the number cannot change hands in between.
        if entry.alive():
            signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        pass
    finally:
        os.close(handle)


def end(entry: Recorded, *steps: tuple[signal.Signals, float]) -> bool:
    """Send each signal in turn and wait its seconds; return True once the process is gone."""
    for number, seconds in steps:
        send(entry, number)
        if wait_until(lambda: not entry.alive(), seconds):
            return True
    return not entry.alive()


def end_families(entries: list[Recorded], patience: float) -> None:
    """End processes with all of their sessions: ask in the given order, wait once, then kill what is left."""
    for entry in entries:
        send(entry, signal.SIGTERM)
    wait_until(lambda: not any(entry.alive() for entry in entries), patience)
    for entry in entries:
        for member in family(entry):
            end(member, (signal.SIGKILL, 5.0))


def wait_until(done: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Return True as soon as `done()` does, False when it has not after `seconds`."""
    limit = time.monotonic() + seconds
    while not done():
        if time.monotonic() > limit:
            return False
        time.sleep(pause)
    return True


def follow_parent() -> Callable[[], None] | None:
    """Return what a child runs before its program so that it is asked to stop when we die (Linux only).

    The kernel watches the thread that starts the child: call Popen from the main thread.
    """
    if _LIBC is None:
        return None
    parent = os.getpid()
    prctl = _LIBC.prctl

    def arrange() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
        if os.getppid() != parent:
            os._exit(1)

    return arrange
