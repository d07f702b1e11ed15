"""The embedded Valkey: a broker that forgets nothing."""

from __future__ import annotations

import os
import signal
import socket

from config.launch.servers import Servers
from config.launch.valkey import Valkey


def ask(valkey: Valkey, *words: str) -> str:
    """Send one command and return the raw answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(valkey.socket_path))
        connection.sendall((" ".join(words) + "\r\n").encode())
        return connection.recv(4096).decode()


def test_what_it_accepted_survives_kill_nine(demo: Servers) -> None:
    # Given
    valkey = demo.valkey
    assert valkey is not None
    valkey.start()
    assert ask(valkey, "SET", "order", "4711").startswith("+OK")
    before = valkey.running()
    assert before is not None
    # When
    os.kill(before.pid, signal.SIGKILL)
    valkey.start()
    # Then
    assert "4711" in ask(valkey, "GET", "order")


def test_it_keeps_everything_and_listens_on_its_socket_only(demo: Servers) -> None:
    # Given
    valkey = demo.valkey
    assert valkey is not None
    valkey.start()
    # Then
    assert "noeviction" in ask(valkey, "CONFIG", "GET", "maxmemory-policy")
    assert "yes" in ask(valkey, "CONFIG", "GET", "appendonly")
    assert "$1\r\n0" in ask(valkey, "CONFIG", "GET", "port")
    assert valkey.broker_url() == f"redis+socket://{valkey.socket_path}?virtual_host=0"
    assert valkey.cache_url() == f"unix://{valkey.socket_path}?db=1"


def test_a_second_start_adopts_it(demo: Servers) -> None:
    # Given
    valkey = demo.valkey
    assert valkey is not None
    valkey.start()
    before = valkey.running()
    # When
    valkey.start()
    # Then
    assert valkey.running() == before
