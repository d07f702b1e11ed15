"""The same seeded shop as the permission tests: every call is rolled back."""

from __future__ import annotations

from tests.permissions.conftest import world

__all__ = ["world"]
