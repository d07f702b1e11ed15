"""The one error a person is meant to read, and the one way to speak to them."""

from __future__ import annotations

import contextlib


class LaunchError(Exception):
    """The start cannot go on. The message names the cause and the way out."""


def say(text: str) -> None:
    """Print a line at once, so that it stands before whatever a child process prints."""
    # A closed terminal must not keep us from stopping in good order.
    with contextlib.suppress(OSError):
        print(text, flush=True)
