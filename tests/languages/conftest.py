"""One crawl of the whole product in the made-up language serves several tests."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from django.utils.translation import trans_real

from config.lib.catalogues import compile_catalogues
from tests.languages import crawl, forms, pseudo, shop
from tests.languages.visible import Page


@dataclass(frozen=True)
class Crawled:
    """All answers, the pages among them as read, and every text asked for on the way: (context, text, plural text)."""

    visits: list[crawl.Visit]
    pages: list[tuple[crawl.Visit, Page]]
    met: set[tuple[str, str, str]]
    routes: set[str]


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """Read the catalogues as they are now, not as they were compiled last."""
    if compile_catalogues():
        gettext._translations.clear()  # type: ignore[attr-defined]
        trans_real._translations.clear()
        trans_real._default = None


@pytest.fixture(scope="session")
def crawled(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Crawled:
    """Crawl once; what the crawl wrote is rolled back."""
    media: Path = tmp_path_factory.mktemp("media")
    undo = transaction.atomic()
    undo._from_testcase = True  # type: ignore[attr-defined] # as pytest-django's own: an outermost block may begin inside
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), undo:  # type: ignore[attr-defined]
        cache.clear()
        built = shop.build()
        with pseudo.spoken() as spoken:
            visits = [
                *crawl.pages(built),
                *crawl.refusals(built),
                *crawl.api_refusals(built),
                *forms.sent(built),
            ]
            routes = set(crawl.addresses(built))
        transaction.set_rollback(True)
    pages = [(visit, Page(visit.text, shop.DATA_WORDS)) for visit in visits if visit.kind == "text/html"]
    return Crawled(visits, pages, spoken.met, routes)
