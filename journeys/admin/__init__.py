"""Back-office screens of this room."""

from journeys.admin import imports, reactions

__all__ = ["imports", "reactions"]
