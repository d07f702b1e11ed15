"""Runs one command in the foreground, on servers that are held running meanwhile."""

from __future__ import annotations

import signal
import subprocess
from types import FrameType

from config.launch.homes import CHECKOUT


def run(command: list[str], env: dict[str, str]) -> int:
    """Run a command to its end and return its exit code.

    Ctrl-C reaches the command by itself, as it shares our terminal; SIGTERM is handed on.
    """
    child = subprocess.Popen(command, env=env, cwd=CHECKOUT)

    def hand_on(number: int, frame: FrameType | None) -> None:
        child.terminate()

    before = signal.signal(signal.SIGTERM, hand_on)
    try:
        while True:
            try:
                code = child.wait()
            except KeyboardInterrupt:
                continue
            return code if code >= 0 else 128 - code
    finally:
        signal.signal(signal.SIGTERM, before)
