"""`python -m benchmarks [name ...] [--strict] [--save]`: build the databases once, run the benchmarks, print one table.

Exits with 1 when a bar does not hold and `--strict` was given. `--save` writes the table into RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import databases, machine, table
from benchmarks.table import Row

NAMES = ("edge", "timeline", "brief", "search", "importing", "reserving", "adminlists")
WRITING = frozenset({"importing", "reserving"})  # they measure on a copy of the small database
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", choices=[[], *NAMES], metavar="name")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a bar does not hold")
    parser.add_argument("--save", action="store_true", help="write the table into RESULTS.md")
    options = parser.parse_args()
    if options.save and options.names:
        parser.error("--save keeps whole runs only: name no benchmark")
    started = time.perf_counter()
    places = databases.built()
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=databases.ROOT, check=True)
    built = time.perf_counter() - started
    rows = []
    for name in options.names or NAMES:
        print(f"== {name}", flush=True)
        found = _measured(name, places)
        print(table.written(found), flush=True)
        rows += found
    failed = [row.what for row in rows if row.holds is False]
    took = f"{time.perf_counter() - started:.0f} s, of which {built:.0f} s for building databases"
    print(f"{len(rows)} measurements, {len(failed)} bars not held. {took}.")
    if options.save:
        RESULTS.write_text(machine.with_section(RESULTS.read_text() if RESULTS.exists() else "", rows, took))
    return 1 if failed and options.strict else 0


def _measured(name: str, places: databases.Databases) -> list[Row]:
    if name not in WRITING:
        return _run(name, places, places.large)
    with databases.copy_of(places.small) as copy:
        return _run(name, places, copy)


def _run(name: str, places: databases.Databases, default: str) -> list[Row]:
    env = {**os.environ, "DATABASE_URL": default, "BENCH_SMALL": places.small, "BENCH_TINY": places.tiny}
    with tempfile.NamedTemporaryFile(suffix=".json") as told, tempfile.TemporaryFile() as lines:
        command = [sys.executable, "-m", "benchmarks.one", name, told.name]
        done = subprocess.run(command, env={**env, "PROCESS": "manage"}, stderr=lines, check=False)
        if done.returncode:
            lines.seek(0)
            sys.stderr.write(lines.read().decode(errors="replace")[-4000:])
            raise SystemExit(f"benchmark {name} failed")
        return [Row(**row) for row in json.loads(Path(told.name).read_text())]


if __name__ == "__main__":
    sys.exit(main())
