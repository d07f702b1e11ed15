"""What the figures were taken on, and the page they are kept on."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from benchmarks import databases, table
from benchmarks.table import Row

TITLE = """# Results of `make bench`

Both sides of each line run in turn, in the same run, on the same server; the ratio is the median of the rounds' ratios,
in brackets the smallest and the largest. Absolute figures are of this machine on that day. Written by
`make bench ARGS=--save` and `FULL=1 make bench ARGS=--save`.
"""


def with_section(page: str, rows: Sequence[Row], took: str) -> str:
    """Return the page with the section of this run's size put in or exchanged."""
    name = "Full" if databases.is_full() else "Small"
    sections = dict(re.findall(r"^## (Small|Full)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    sections[name] = f"\n{described()} Took {took}.\n\n{table.written(rows)}\n\n"
    body = "".join(f"## {key}\n{sections[key].rstrip()}\n\n" for key in ("Small", "Full") if key in sections)
    return f"{TITLE}\n{body.rstrip()}\n"


def described() -> str:
    """Return one paragraph: day, machine, load, versions, sizes."""
    cpu = (
        re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text()) if Path("/proc/cpuinfo").exists() else None
    )
    with psycopg.connect(os.environ["DATABASE_URL"]) as link:
        found = link.execute(
            "SELECT current_setting('server_version'), current_setting('fsync'), current_setting('shared_buffers')"
        ).fetchone()
    assert found is not None
    version, fsync, buffers = found
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    size = databases.LARGE[databases.is_full()]
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {os.cpu_count()} cores ({cpu[1] if cpu else platform.processor()}), "
        f"load at the end {load}. PostgreSQL {version}, fsync {fsync}, shared_buffers {buffers}; Python "
        f"{platform.python_version()}. Large: {size}. Small: {databases.SMALL}. Tiny: {databases.TINY}."
    )
