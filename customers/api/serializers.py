"""Shapes of this room's API. No save(): services write."""

from __future__ import annotations

from config.lib.fields import CleanCharField
from config.lib.shapes import StrictIn


class SearchIn(StrictIn):
    """What to look for: a member number, or the beginning of a name or reading."""

    term = CleanCharField(max_length=60)
