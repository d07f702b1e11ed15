"""Is the port free, who holds it, and is it really our web process that answers there?"""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import socket
from pathlib import Path

from config.launch import processes
from config.launch.errors import LaunchError

_LISTENING = "0A"


def chosen_port() -> int:
    """Return PORT from the environment, 8000 when unset. Raises LaunchError on anything but a port number."""
    given = os.environ.get("PORT", "").strip() or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise LaunchError(f"PORT={given} is not a port number (1 to 65535).")
    return int(given)


def refuse_taken_port(host: str, port: int) -> None:
    """Raise LaunchError, naming the holder, when anything listens where a visitor would look for us.

    The web server shares a port silently, so it would never notice: a plain bind does. `localhost` may mean
    ::1, so that is tried too.
    """
    for address in dict.fromkeys(["127.0.0.1", "::1", host]):
        try:
            _bind(address, port)
        except PermissionError:
            raise LaunchError(f"Port {port} needs root's rights. Take one above 1023: PORT=8000") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise LaunchError(_taken(port)) from None
            if address == host:
                raise LaunchError(f"Cannot listen on {host} port {port}: {error.strerror}.") from None


def _bind(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        # Without it, connections that linger after a stop would look like a holder.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        trial.bind((address, port))
        trial.listen(1)


def _taken(port: int) -> str:
    holder = port_holder(port)
    named = f"process {holder}" if holder else "a program that only its owner or root can name"
    return (
        f"Port {port} is taken by {named}.\n"
        f"Choose another one (make run PORT={port + 1}), or end that program; "
        "if it is this product in another directory, `make stop` there."
    )


def port_holder(port: int) -> str | None:
    """Return number and command line of a process that listens on the port, or None when it cannot be told."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    if not sockets:
        return None
    for pid in sorted(processes.all_pids()):
        if sockets & _open_files(pid):
            return f"{pid} ({processes.command_line(pid)[:120]})"
    return None


def _open_files(pid: int) -> set[str]:
    """Return what a process has open; empty for one that is gone or not ours to look into."""
    found: set[str] = set()
    with contextlib.suppress(OSError):
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            # Files come and go while we look.
            with contextlib.suppress(OSError):
                found.add(os.readlink(handle))
    return found


def _listening_inodes(port: int) -> set[str]:
    found: set[str] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            fields = row.split()
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(fields[9])
    return found


def answers_with(host: str, port: int, token: str) -> bool:
    """True when /readyz says ready and shows our start token.

    Raises LaunchError when it shows another one: somebody else took the port between our look and our start.
    """
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    shown = answer.headers.get("X-Start-Token", "")
    if shown != token and answer.status == 200:
        raise LaunchError(f"Another server answers on port {port}. {_taken(port)}")
    return answer.status == 200
