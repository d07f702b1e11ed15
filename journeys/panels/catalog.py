"""The catalogue on the start page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from customers import hooks


def register() -> None:
    """Called once from journeys.plugs.register()."""
    hooks.home_tile.register(
        "catalog",
        hooks.Tile(
            title=_("Catalogue"),
            permission="catalog.read",
            route="admin:journeys_style_changelist",
            icon="tag",
            count=lambda actor: None,
        ),
        order=55,
    )
