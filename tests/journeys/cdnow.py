"""The CDNOW sample: a tenth of those who first bought music at CDNOW in early 1997, with what they bought until 1998.

It ships with the package `lifetimes` (Fader and Hardie's public file). Only its data file is read; nothing is imported.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

PEOPLE, PURCHASES, CENTS, TWICE = 2_357, 6_919, 24_409_194, 21


def sample() -> Path:
    """Return the file as the package brings it."""
    found = find_spec("lifetimes")
    if found is None or not found.submodule_search_locations:
        raise LookupError("lifetimes is not installed: see requirements-dev.in")
    return Path(next(iter(found.submodule_search_locations))) / "datasets" / "CDNOW_sample.txt"
