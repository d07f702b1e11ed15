"""What our middleware costs on a trivial API view, log line included: its share of bare Django.

In process: the fastest of 5 rounds each. Under load: the median of 5 alternating runs against one granian worker with
one thread each. The bar is 40 % of bare Django in both.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import load, serving, table
from benchmarks.databases import Databases
from benchmarks.table import Row

RUNS = 5
SECONDS = 2.0
SIDES = ("bare", "edge")
BAR = 0.40


def run(_places: Databases) -> list[Row]:
    """Measure both; the bar is a share of bare Django's speed."""
    spent = {side: [1 / _in_process(side)] for side in SIDES}
    with tempfile.TemporaryDirectory() as folder:
        rates = _under_load(Path(folder))
    unit = "requests"
    return [
        table.at_least("our edge beside bare Django, in process", spent["edge"], spent["bare"], bar=BAR, unit=unit),
        table.at_least("our edge beside bare Django, under load", rates["edge"], rates["bare"], bar=BAR, unit=unit),
    ]


def _environment(side: str) -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": f"benchmarks.settings_{side}", "PROCESS": "web", "DEMO": "1"}


def _in_process(side: str) -> float:
    with tempfile.TemporaryFile() as lines:  # a real file: the log line costs what it costs
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.inprocess"],
            env=_environment(side),
            stdout=subprocess.PIPE,
            stderr=lines,
            check=True,
        )
    return float(done.stdout)


def _under_load(folder: Path) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {side: [] for side in SIDES}
    with _server("bare", folder) as bare, _server("edge", folder) as edge:
        ports = {"bare": bare, "edge": edge}
        for _run in range(RUNS):
            for side in SIDES:
                rates[side].append(load.requests_per_second(port=ports[side], path="/api/v1/trivial", seconds=SECONDS))
    return rates


@contextmanager
def _server(side: str, folder: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", "1", "--no-ws", "config.wsgi:application"]
    with (folder / f"{side}.log").open("wb") as lines:
        server = subprocess.Popen([sys.executable, "-m", *command], env=_environment(side), stdout=lines, stderr=lines)
        try:
            serving.wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait(20)
