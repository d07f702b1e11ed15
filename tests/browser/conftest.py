"""The product as it runs (its own database, web server and worker) and a real Chromium in front of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.browser.product import Product

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path. Without one the test is skipped, or fails under REQUIRE_BROWSER=1."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        reason = f"no Chromium here (looked for {', '.join(BROWSERS)}; Debian: apt install chromium fonts-noto-cjk)"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(f"{reason}, and REQUIRE_BROWSER=1 asks for it")
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def product(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The demo shop, started once for all browser tests of this run."""
    shop = Product(folder=tmp_path_factory.mktemp("product"), chromium=chromium)
    shop.start()
    yield shop
    shop.stop()
