"""All plants. Each rule has at least one that it must find and one that it must leave alone."""

from __future__ import annotations

from tests.architecture.plants import form, order, places, references, writes
from tests.architecture.plants.plant import Plant

PLANTS: list[Plant] = [*order.PLANTS, *references.PLANTS, *writes.PLANTS, *places.PLANTS, *form.PLANTS]

__all__ = ["PLANTS", "Plant"]
