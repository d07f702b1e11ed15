"""A small load client: keep-alive connections on loopback, bounded in time, counting whole answers."""

from __future__ import annotations

import selectors
import socket
import time

CONNECTIONS = 8


def requests_per_second(*, port: int, path: str, seconds: float) -> float:
    """Return answers a second of a GET on 127.0.0.1:`port`. Every answer must be a 200 of the same length."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: ja,en;q=0.8\r\n\r\n".encode()
    size = _answer_size(port, request)
    chooser = selectors.DefaultSelector()
    links = [socket.create_connection(("127.0.0.1", port)) for _number in range(CONNECTIONS)]
    for link in links:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chooser.register(link, selectors.EVENT_READ, [0])
        link.sendall(request)
    done, started = 0, time.perf_counter()
    while (now := time.perf_counter()) - started < seconds:
        for key, _events in chooser.select(timeout=1):
            link: socket.socket = key.fileobj  # type: ignore[assignment]
            key.data[0] += len(link.recv(65536))
            if key.data[0] >= size:
                key.data[0] -= size
                done += 1
                link.sendall(request)
    for link in links:
        link.close()
    return done / (now - started)


def _answer_size(port: int, request: bytes) -> int:
    sizes = set()
    for _try in range(3):
        with socket.create_connection(("127.0.0.1", port)) as link:
            link.sendall(request)
            time.sleep(0.1)
            answer = link.recv(65536)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"not a 200: {answer[:80]!r}")
            sizes.add(len(answer))
    if len(sizes) != 1:
        raise RuntimeError(f"answers differ in length: {sizes}")
    return sizes.pop()
