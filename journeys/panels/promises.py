"""The tile "promises due" of the start page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from customers import hooks
from journeys.selectors import instore


def register() -> None:
    """Called once from plugs.register()."""
    hooks.home_tile.register(
        "promises",
        hooks.Tile(
            title=_("Promises due"),
            permission="promise.read",
            route="promises",
            icon="check",
            count=instore.promises_count,
        ),
        order=5,
    )
