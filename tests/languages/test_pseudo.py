"""No page says anything that was not given to the translators, whoever wrote it: we or a library."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import resolve
from django.utils.translation import trans_real

from tests.languages import crawl
from tests.languages.conftest import Crawled
from tests.languages.pseudo import OPEN
from tests.languages.style import POLITE, avoided, has_half_width_marks, rude_sentences
from tests.languages.visible import bare_text

# One worker crawls for all of them.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("languages")]


def test_every_page_is_visited(crawled: Crawled) -> None:
    assert crawl.gated_routes() - crawled.routes == set()


def test_every_form_is_sent(crawled: Crawled) -> None:
    forms = (visit.address.removeprefix("POST ") for visit in crawled.visits if visit.address.startswith("POST "))
    sent = {resolve(address.partition("?")[0]).view_name for address in forms}
    assert crawl.sending_routes() - sent == set()


def test_no_bare_text_on_any_page(crawled: Crawled) -> None:
    found: dict[str, str] = {}
    for visit, page in crawled.pages:
        for text in page.bare:
            found.setdefault(text, visit.name)
    assert [f"{text}  on  {name}" for text, name in sorted(found.items())] == []


def test_no_bare_text_in_any_answer_of_the_api(crawled: Crawled) -> None:
    found = {
        f"{name}: {text}  in  {visit.name}"
        for visit in crawled.visits
        if visit.kind.endswith("json")
        for name, text in crawl.readable_parts(orjson.loads(visit.text))
        if bare_text(text)
    }
    assert sorted(found) == []


def test_every_text_a_page_asks_for_has_japanese(crawled: Crawled) -> None:
    known = trans_real.translation("ja")._catalog
    missing = sorted(
        text
        for context, text, plural in crawled.met
        if OPEN not in text and not _japanese(known, context, text, plural)
    )
    assert missing == []


def test_what_pages_say_follows_our_writing(crawled: Crawled) -> None:
    """Libraries' own Japanese as well: what it says badly is said anew in locale/libraries."""
    known = trans_real.translation("ja")._catalog
    said = [_japanese(known, *asked) for asked in crawled.met]
    found = [text for text in said if avoided(text) or has_half_width_marks(text) or rude_sentences(text)]
    assert sorted(found) == []


def test_buttons_are_named_by_nouns(crawled: Crawled) -> None:
    pressed = {text.strip("⟦⟧") for _visit, page in crawled.pages for text in page.buttons}
    known = trans_real.translation("ja")._catalog
    named = {text: _japanese(known, "", text, text) for text in pressed}
    assert named["Save the note"]
    assert {text for text in named.values() if text.endswith(("。", *POLITE))} == set()


def test_no_page_needs_another_host(crawled: Crawled) -> None:
    elsewhere = re.compile(r"(?:^|[\s,(\"'])((?:https?:)?//[^\s\"')]+)")
    found = {
        f"{address}  on  {visit.name}"
        for visit, page in crawled.pages
        for given in page.addresses
        for address in elsewhere.findall(given)
    }
    assert sorted(found) == []


def test_no_stylesheet_needs_another_host(crawled: Crawled) -> None:
    elsewhere = re.compile(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\s\"')]+)")
    sheets = {given for _visit, page in crawled.pages for given in page.addresses if given.endswith(".css")}
    assert len(sheets) > 3
    found = {f"{address}  in  {sheet}" for sheet in sheets for address in elsewhere.findall(_static(sheet))}
    assert sorted(found) == []


def test_only_the_planted_error_is_an_error(crawled: Crawled) -> None:
    assert [visit.name for visit in crawled.visits if visit.status >= 500] == ["clerk / (500)"]


@pytest.mark.parametrize("number", [200, 400, 403, 404, 405, 406, 413, 415, 422, 429, 500])
def test_the_crawl_met_every_kind_of_answer(crawled: Crawled, number: int) -> None:
    assert number in {visit.status for visit in crawled.visits}


def test_every_text_of_the_scripts_has_japanese(crawled: Crawled) -> None:
    """What scripts put together comes from a catalogue of its own, which the pages load."""
    scripts = {
        source
        for visit, _page in crawled.pages
        for source in re.findall(r'<script[^>]*src="([^"?]+)', visit.text)
        if source.startswith(settings.STATIC_URL)
    }
    assert len(scripts) > 5
    known = trans_real.DjangoTranslation("ja", domain="djangojs")._catalog
    asked = re.compile(r"(?:gettext|pgettext|ngettext)\(\s*(?:'([^']+)'|\"([^\"]+)\")")
    missing = set()
    for script in scripts:
        asked_here = {one or two for one, two in asked.findall(_static(script))}
        missing |= {f"{text}  in  {script}" for text in asked_here if not _japanese(known, "", text, text)}
    assert sorted(missing) == []


def _static(address: str) -> str:
    """Return the content of one of our static files."""
    path = finders.find(address.removeprefix(settings.STATIC_URL))
    assert isinstance(path, str), address
    return Path(path).read_text(encoding="utf-8")


def _japanese(known: trans_real.TranslationCatalog, context: str, text: str, plural: str) -> str:
    """Return the Japanese of a text, or nothing."""
    key = f"{context}{trans_real.CONTEXT_SEPARATOR}{text}" if context else text
    return str(known.get(key) or (plural and known.get((key, 0))) or "")
