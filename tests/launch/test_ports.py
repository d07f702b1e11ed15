"""A taken port is named, and only our own web process counts as ready."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from config.launch import ports
from config.launch.errors import LaunchError


@contextmanager
def listener(address: str, *, shared: bool = False) -> Iterator[int]:
    """Listen on a free port of an address; `shared` as the web server does it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as held:
        if shared:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((address, 0))
        held.listen(1)
        yield held.getsockname()[1]


@contextmanager
def web_server(status: int, token: str) -> Iterator[int]:
    """Answer every request with a status and a start token."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("X-Start-Token", token)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize("shared", [False, True])
def test_a_taken_port_is_named_with_its_holder_and_the_way_out(address: str, shared: bool) -> None:
    # Given
    with listener(address, shared=shared) as port, pytest.raises(LaunchError) as caught:
        # When
        ports.refuse_taken_port("127.0.0.1", port)
    # Then
    message = str(caught.value)
    assert f"Port {port} is taken by process {os.getpid()} (" in message
    assert f"PORT={port + 1}" in message
    assert "make stop" in message


def test_a_free_port_passes() -> None:
    with listener("127.0.0.1") as port:
        pass
    ports.refuse_taken_port("127.0.0.1", port)


def test_a_port_below_the_limit_of_the_machine_needs_another(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    def refused(address: str, port: int) -> None:
        raise PermissionError

    monkeypatch.setattr(ports, "_bind", refused)
    # Then
    with pytest.raises(LaunchError, match="needs root's rights"):
        ports.refuse_taken_port("127.0.0.1", 80)


@pytest.mark.parametrize("given", ["http", "0", "70000", "-1"])
def test_what_is_no_port_number_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", given)
    with pytest.raises(LaunchError, match="is not a port number"):
        ports.chosen_port()


@pytest.mark.parametrize(("given", "port"), [("", 8000), ("9000", 9000)])
def test_the_port_is_chosen_by_the_environment(given: str, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", given)
    assert ports.chosen_port() == port


def test_only_our_token_counts_as_ready() -> None:
    with web_server(200, "ours") as port:
        assert ports.answers_with("127.0.0.1", port, "ours")
        with pytest.raises(LaunchError, match="Another server answers"):
            ports.answers_with("127.0.0.1", port, "someone-else")


def test_not_ready_and_not_there_are_both_not_yet() -> None:
    with web_server(503, "ours") as port:
        assert not ports.answers_with("127.0.0.1", port, "ours")
    assert not ports.answers_with("127.0.0.1", port, "ours")
