"""A real server for a benchmark, and a client that keeps its connection and its session."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@contextmanager
def server(*, database: str, settings: str = "config.settings") -> Iterator[int]:
    """Serve the product from one granian worker with one thread; give its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    env = {**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": settings, "PROCESS": "web", "DEMO": "1"}
    command = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "1", "--no-ws", "config.wsgi:application"]
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("wb") as lines:
        process = subprocess.Popen([sys.executable, "-m", *command], env=env, stdout=lines, stderr=lines)
        try:
            wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait(20)


class Client:
    """One keep-alive connection of somebody signed in."""

    def __init__(self, *, port: int, session: str) -> None:
        self.link = socket.create_connection(("127.0.0.1", port))
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = f"Host: localhost\r\nAccept-Language: ja\r\nCookie: yorisoi-session={session}\r\n\r\n"

    def get(self, path: str) -> bytes:
        """Return the body of a 200; anything else is an error of the benchmark."""
        self.link.sendall(f"GET {path} HTTP/1.1\r\n{self.head}".encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _gap, body = data.partition(b"\r\n\r\n")
        found = LENGTH.search(head)
        if not head.startswith(b"HTTP/1.1 200") or found is None:
            raise RuntimeError(f"{path}: {head[:200]!r} {body[:300]!r}")
        while len(body) < int(found[1]):
            body += self._more()
        return body

    def _more(self) -> bytes:
        data = self.link.recv(262_144)
        if not data:
            raise RuntimeError("the server closed the connection")
        return data

    def close(self) -> None:
        """End the connection."""
        self.link.close()


def seconds_each(client: Client, paths: Sequence[str]) -> list[float]:
    """Return how long each answer took."""
    taken = []
    for path in paths:
        started = time.perf_counter()
        client.get(path)
        taken.append(time.perf_counter() - started)
    return taken


def rate(*, port: int, session: str, paths: Sequence[str], clients: int, seconds: float) -> float:
    """Return answers a second over some clients at once."""
    counts = [0] * clients
    ends = time.perf_counter() + seconds

    def work(number: int) -> None:
        client = Client(port=port, session=session)
        place = number * 17
        while time.perf_counter() < ends:
            client.get(paths[place % len(paths)])
            place += 1
            counts[number] += 1
        client.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def wait_for(port: int) -> None:
    """Return when somebody listens. Raises RuntimeError after 20 s."""
    for _try in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
