"""Seconds per request of one settings module, without a network. Run by benchmarks.edge as a process of its own."""

from __future__ import annotations

import io
import sys
import time

REQUESTS = 4000
ROUNDS = 5


def environ() -> dict[str, object]:
    """Return a fresh WSGI environment of one GET."""
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/api/v1/trivial",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT_LANGUAGE": "ja,en;q=0.8",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def main() -> None:
    """Print the fastest round's seconds per request. Reads DJANGO_SETTINGS_MODULE."""
    from config.wsgi import application

    statuses: list[str] = []

    def start(status: str, headers: object, exc_info: object = None) -> object:
        statuses.append(status)
        return None

    def once() -> None:
        response = application(environ(), start)
        b"".join(response)
        response.close()

    for _warm in range(500):
        once()
    best = float("inf")
    for _round in range(ROUNDS):
        started = time.perf_counter()
        for _request in range(REQUESTS):
            once()
        best = min(best, (time.perf_counter() - started) / REQUESTS)
    assert set(statuses) == {"200 OK"}, set(statuses)
    print(best)


if __name__ == "__main__":
    main()
