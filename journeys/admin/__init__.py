"""Back-office screens of this room."""

from journeys.admin import catalog, imports, orders, reactions, sourcecodes

__all__ = ["catalog", "imports", "orders", "reactions", "sourcecodes"]
