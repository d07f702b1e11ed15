"""Proves `make run`: two starts from outside, each timed to /readyz, each ended by Ctrl-C. Called by .ci/run."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
FIRST_LIMIT, LATER_LIMIT, STOP_LIMIT = 180.0, 10.0, 60.0


def main() -> None:
    """Exit with a reason when a promise of the newcomer's start is broken."""
    port = free_port()
    first = start_and_stop(port, FIRST_LIMIT)
    later = start_and_stop(port, LATER_LIMIT)
    print(f"make run: ready after {first:.1f} s at first, {later:.1f} s later.", flush=True)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def start_and_stop(port: int, limit: float) -> float:
    """Start, wait for /readyz with its token, look at the sign-in page, press Ctrl-C; return seconds to ready."""
    began = time.monotonic()
    launcher = subprocess.Popen(["make", "run", f"PORT={port}"], cwd=CHECKOUT, start_new_session=True)
    try:
        while (answer := get(port, "/readyz")) is None or answer[0] != 200:
            if launcher.poll() is not None:
                sys.exit(f"make run ended with {launcher.returncode} before it was ready.")
            if time.monotonic() - began > limit:
                sys.exit(f"make run was not ready after {limit:.0f} s.")
            time.sleep(0.1)
        seconds = time.monotonic() - began
        if not answer[1]:
            sys.exit("/readyz shows no start token.")
        page = get(port, "/admin/login/")
        if page is None or page[0] != 200:
            sys.exit(f"The sign-in page answers {page}.")
        # The table of sign-ins follows within a second or two.
        time.sleep(3)
    finally:
        # A terminal's Ctrl-C reaches make and the launcher alike.
        if launcher.poll() is None:
            os.killpg(launcher.pid, signal.SIGINT)
        launcher.wait(STOP_LIMIT)
    if get(port, "/readyz") is not None:
        sys.exit("Something still answers after Ctrl-C.")
    return seconds


def get(port: int, path: str) -> tuple[int, str] | None:
    """Return status and start token, or None when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return answer.status, answer.headers.get("X-Start-Token", "")


if __name__ == "__main__":
    main()
