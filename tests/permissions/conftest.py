"""The seeded shop, once per module: every call that changes something is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import TestCase, override_settings

from tests.permissions.world import World, seed


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The shop. Its rows live in a transaction that ends with the module."""
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        atomics = TestCase._enter_atomics()
        try:
            yield seed()
        finally:
            TestCase._rollback_atomics(atomics)
