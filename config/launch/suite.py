"""`make test`, `make test-deep` and `make lint`: what is run, in which order, on which servers."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from config.launch import environment, foreground, servers
from config.launch.errors import LaunchError, say
from config.launch.homes import TEST, TEST15, home_for
from config.lib.catalogues import compile_catalogues

DEBIAN_POSTGRES_15 = Path("/usr/lib/postgresql/15/bin")
# What no server's version can change: screens in a browser, words, printed pages, processes, the shape of the code.
_NOT_ON_15 = ("architecture", "browser", "docs", "languages", "launch")
_PYTEST = ["-m", "pytest", "--ds=config.settings_test", "-n", "2", "--dist", "loadgroup"]
_LINTERS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
}


def lint() -> int:
    """Run the linters and the type checker; all of them, so that one round shows everything."""
    return _on_servers(TEST, _LINTERS)


def test() -> int:
    """Run linters, types and the suite; with ARGS only the tests it names."""
    arguments = shlex.split(os.environ.get("ARGS", ""))
    steps = {} if arguments else dict(_LINTERS)
    steps["tests"] = [*_PYTEST, *arguments]
    return _on_servers(TEST, steps)


def test_deep() -> int:
    """Run the long tests, then the main suites again on Debian's PostgreSQL 15, the oldest we promise."""
    arguments = shlex.split(os.environ.get("ARGS", ""))
    code = _on_servers(TEST, {"deep tests": [*_PYTEST, "-m", "deep", *arguments]})
    if not (DEBIAN_POSTGRES_15 / "postgres").is_file():
        line = f"PostgreSQL 15 is not here ({DEBIAN_POSTGRES_15}; Debian 12: apt install postgresql)"
        if os.environ.get("REQUIRE_PG15") == "1":
            raise LaunchError(f"{line}, and REQUIRE_PG15=1 asks for it.")
        say(f"Skipped the suites on PostgreSQL 15: {line}.")
        return code
    say("The main suites on PostgreSQL 15:")
    main = arguments or [f"--ignore=tests/{name}" for name in _NOT_ON_15]
    return _on_servers(TEST15, {"tests on PostgreSQL 15": [*_PYTEST, *main]}, DEBIAN_POSTGRES_15) or code


def _on_servers(purpose: str, steps: dict[str, list[str]], postgres: Path | None = None) -> int:
    """Run each step on the servers of a data home; return 0 when all went well."""
    home = home_for(purpose)
    ours = servers.servers_in(home, postgres)
    compile_catalogues()
    failed = []
    with servers.in_use(ours), servers.test_slot(home) as slot:
        env = environment.test_environment(ours, slot)
        for name, command in steps.items():
            if foreground.run([sys.executable, *command], env):
                failed.append(name)
    if failed:
        say(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0
