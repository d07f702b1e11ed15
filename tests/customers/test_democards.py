"""The demo's member cards: the real rotating code as a picture, and nothing of it outside the demo."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from customers.models import CardCode, ContextReceipt
from tests.cast import Cast
from tests.customers.test_worklist import client_of


def test_the_shown_code_opens_the_page_once(cast: Cast) -> None:
    # given a card on somebody's screen
    page = client_of(cast, "agent").get(reverse("demo-card", args=[cast.far.uuid])).content.decode()
    code = re.search(r'id="card-code" value="([^"]+)"', page)
    assert code is not None
    assert "<svg" in page
    assert "style=" not in page
    assert '<meta http-equiv="refresh" content="50">' in page
    # when a clerk of another store scans it, an input method being on
    clerk = client_of(cast, "clerk")
    wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in code[1])
    answer = clerk.post(reverse("customer-search"), {"term": wide})
    # then the page opens, once
    assert answer["Location"] == reverse("customer-page", args=[cast.far.uuid])
    assert clerk.get(answer["Location"]).status_code == 200
    again = clerk.post(reverse("customer-search"), {"term": code[1]})
    assert again.status_code == 409
    assert CardCode.objects.count() == 1


def test_the_field_takes_a_whole_code(cast: Cast) -> None:
    page = client_of(cast, "clerk").get(reverse("home")).content.decode()
    assert re.search(r'id="find"[^>]* maxlength="200"', page)


def test_a_refreshed_card_is_one_reading(cast: Cast) -> None:
    client, address = client_of(cast, "agent"), reverse("demo-card", args=[cast.hanako.uuid])
    pages = [client.get(address).content.decode() for _time in range(3)]
    assert len({code for page in pages for code in re.findall(r'id="card-code" value="([^"]+)"', page)}) == 3
    assert ContextReceipt.objects.count() == 1


def test_a_clerk_is_shown_her_own_stores_cards_only(cast: Cast) -> None:
    client = client_of(cast, "clerk")
    text = client.get(reverse("demo-cards")).content.decode()
    assert ("90000001" in text, "90000003" in text) == (True, False)
    assert client.get(reverse("demo-card", args=[cast.far.uuid])).status_code == 404


@pytest.mark.parametrize("route", ["demo-cards", "demo-card"])
def test_outside_the_demo_there_is_nothing(cast: Cast, settings: Any, route: str) -> None:
    settings.DEMO = False
    address = reverse(route, args=[cast.hanako.uuid] if route == "demo-card" else [])
    assert client_of(cast, "agent").get(address).status_code == 404
    assert not ContextReceipt.objects.exists()
