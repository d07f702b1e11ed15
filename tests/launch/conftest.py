"""Real servers in data homes of their own, thrown away afterwards. None of these tests needs Django's database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.launch import servers
from config.launch.homes import DEMO, TEST, Home
from config.launch.servers import Servers


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty directory that the servers' system user may enter, which pytest's own is not for root."""
    path = Path(tempfile.mkdtemp(prefix="yorisoi-test-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def ours() -> Iterator[Servers]:
    """Both servers of a test home, prepared but not started; stopped and deleted after the module."""
    path = Path(tempfile.mkdtemp(prefix="yorisoi-test-", dir="/tmp"))
    path.chmod(0o755)
    prepared = servers.servers_in(Home(path / "home", TEST))
    yield prepared
    prepared.stop()
    shutil.rmtree(path)


@pytest.fixture
def no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names no servers, as on a newcomer's machine."""
    for name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "YORISOI_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def demo(place: Path, no_addresses: None) -> Iterator[Servers]:
    """Both servers of a demo home, prepared but not started; stopped afterwards."""
    prepared = servers.servers_in(Home(place / "home", DEMO))
    yield prepared
    prepared.stop()
