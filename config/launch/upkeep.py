"""`make stop`, `make status`, `make clean-data` and the memory figure."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from config.launch import children, processes, product, servers
from config.launch.errors import LaunchError, say
from config.launch.homes import ALL, DEMO, Home, home_for

# A launcher waits 20 s for its children and as long for each server.
_LAUNCHER_SECONDS = 70.0


def stop() -> int:
    """Stop the demo, whoever started it, and every test server that no test run uses."""
    for purpose in ALL:
        home = home_for(purpose)
        if home.is_ours():
            _stop_home(home)
    return 0


def _stop_home(home: Home) -> bool:
    """Stop what runs in a data home; return False when a running command still uses its servers."""
    entry = processes.recorded(home.run / "launcher.json")
    if entry and entry.alive():
        say(f"Stopping the product at {product.running_address(home)} ...")
        if not processes.end(entry, (signal.SIGTERM, _LAUNCHER_SECONDS), (signal.SIGKILL, 5.0)):
            raise LaunchError(f"The launcher (process {entry.pid}) does not stop.")
    for name in children.stop_children(home):
        say(f"Ended {name}, left over from an earlier start.")
    ours = servers.servers_in(home)
    was_running = ours.running()
    is_free = servers.stop_unless_used(ours)
    if not is_free:
        say(f"The {home.purpose} servers are in use by a running command; left alone.")
    elif was_running:
        say(f"Stopped the {home.purpose} servers.")
    return is_free


def status() -> int:
    """Print what runs; return 0 when the demo does, 3 when not, as service managers do."""
    home = home_for(DEMO)
    entry = processes.recorded(home.run / "launcher.json")
    if entry and entry.alive():
        say(f"Running at {product.running_address(home)} (process {entry.pid}), data in {home.path}.")
        return 0
    say(f"Not running. Data: {home.path if home.is_ours() else 'none yet'}.")
    return 3


def clean_data() -> int:
    """Delete this checkout's data homes, after asking. YES=1 answers yes; without a terminal the answer is no."""
    homes = [home_for(purpose) for purpose in ALL]
    for home in homes:
        if home.path.exists() and not home.is_ours():
            raise LaunchError(f"{home.path} is not a data home of ours; nothing deleted.")
    homes = [home for home in homes if home.path.exists()]
    if not homes:
        say("There is no data to delete.")
        return 0
    if not _agreed(homes):
        say("Nothing deleted.")
        return 1
    free = [home for home in homes if _stop_home(home)]
    for home in free:
        home.remove()
        say(f"Deleted {home.path}.")
    return 0 if free == homes else 1


def _agreed(homes: list[Home]) -> bool:
    if os.environ.get("YES") == "1":
        return True
    if not sys.stdin.isatty():
        say("Say YES=1 to delete without being asked.")
        return False
    say("This deletes everything in:\n" + "\n".join(f"  {home.path}" for home in homes))
    return input("Delete it? Type yes: ").strip().lower() == "yes"


def memory() -> int:
    """Print the memory of the running demo, process by process, as PSS: shared pages counted once."""
    if not processes.LINUX:
        raise LaunchError("The memory figure needs Linux.")
    home = home_for(DEMO)
    total = 0
    for name in ("launcher", *children.START_ORDER, "postgres", "valkey"):
        entry = processes.recorded(home.run / f"{name}.json")
        if entry is None or not entry.alive():
            continue
        pids = [entry.pid] if name == "launcher" else descendants(entry.pid)
        kilobytes = sum(_pss(pid) for pid in pids)
        total += kilobytes
        say(f"{name:10} {len(pids):3} processes {kilobytes / 1024:7.1f} MB")
    if not total:
        raise LaunchError("The demo is not running: `make run` first.")
    say(f"{'sum':10} {'':3}           {total / 1024:7.1f} MB")
    return 0


def descendants(pid: int) -> list[int]:
    """Return a process and all its children's children."""
    parents: dict[int, list[int]] = {}
    for each in processes.all_pids():
        fields = processes.stat_fields(each)
        if fields:
            parents.setdefault(int(fields[1]), []).append(each)
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting += parents.get(current, [])
    return found


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
