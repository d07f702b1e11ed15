"""The embedded Valkey: broker in database 0, cache in database 1. Called by servers.py, under its lock."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.launch import processes
from config.launch.accounts import Account
from config.launch.errors import LaunchError
from config.launch.homes import Home

# Parallel test runs each take a stretch of databases of their own.
_DATABASES = {True: 16, False: 1024}


@dataclass(frozen=True)
class Valkey:
    """One server in one data home, reached through a Unix socket only."""

    home: Home
    account: Account
    program: Path

    @property
    def socket_path(self) -> Path:
        """Where it listens."""
        return self.home.sockets / "valkey.sock"

    def broker_url(self, database: int = 0) -> str:
        """Address for BROKER_URL."""
        return f"redis+socket://{self.socket_path}?virtual_host={database}"

    def cache_url(self, database: int = 1) -> str:
        """Address for CACHE_URL."""
        return f"unix://{self.socket_path}?db={database}"

    @property
    def record_path(self) -> Path:
        """Where the running server is written down."""
        return self.home.run / "valkey.json"

    def running(self) -> processes.Recorded | None:
        """Return the recorded server if it lives."""
        entry = processes.recorded(self.record_path)
        return entry if entry and entry.alive() else None

    def start(self) -> None:
        """Adopt the recorded server if it answers, else start one. Raises LaunchError with the log's end."""
        self.account.own(self.home.path / "valkey", 0o700)
        if self.running() and self._answers():
            return
        self.stop()
        server = self._spawn()
        processes.wait_until(lambda: server.poll() is not None or self._answers(), 30)
        if server.poll() is not None or not self._answers():
            raise LaunchError(f"Valkey does not start. Its log:\n{self.home.last_lines('valkey')}")

    def stop(self) -> None:
        """Ask, then kill. What was accepted is in the append-only file either way."""
        entry = self.running()
        if entry and not processes.end(entry, (signal.SIGTERM, 20), (signal.SIGKILL, 5)):
            raise LaunchError(f"Valkey (process {entry.pid}) does not stop.")
        self.record_path.unlink(missing_ok=True)

    def _spawn(self) -> subprocess.Popen[bytes]:
        log = self.home.open_log("valkey")
        try:
            server = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                umask=0o077,
                **self.account.options(),
            )
        finally:
            os.close(log)
        try:
            processes.record(self.record_path, server.pid)
        except ProcessLookupError:
            server.wait()
        return server

    def _command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket_path),
            "unixsocketperm": "700",
            "dir": str(self.home.path / "valkey"),
            "databases": str(_DATABASES[self.home.durable]),
            "appendonly": "yes" if self.home.durable else "no",
            "save": "",
            # A full broker must refuse work, never forget it.
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        command = [str(self.program)]
        for name, value in options.items():
            command += [f"--{name}", value]
        return command

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(str(self.socket_path))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
