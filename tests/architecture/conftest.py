"""The source tree of the product, parsed once for all rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.tree import Tree

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="session")
def tree() -> Tree:
    """The product's own sources."""
    return Tree(ROOT)
