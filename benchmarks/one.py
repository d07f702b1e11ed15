"""`python -m benchmarks.one <name>`: run one benchmark in a process of its own and write its rows as JSON.

DATABASE_URL is the large database; BENCH_SMALL and BENCH_TINY name the others. Called by `python -m benchmarks`.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import django

from benchmarks.databases import Databases


def main() -> None:
    """Set Django up, measure, write to the file named second."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    places = Databases(os.environ["BENCH_TINY"], os.environ["BENCH_SMALL"], os.environ["DATABASE_URL"])
    rows = import_module(f"benchmarks.{sys.argv[1]}").run(places)
    Path(sys.argv[2]).write_text(json.dumps([asdict(row) for row in rows]))


if __name__ == "__main__":
    main()
