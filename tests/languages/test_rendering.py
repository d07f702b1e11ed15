"""Each visitor reads her own language, whoever was served before her."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.cast import Cast
from tests.languages.crawl import BACKEND

ENGLISH, JAPANESE = {"accept-language": "en-GB,en;q=0.8"}, {"accept-language": "ja"}


@pytest.fixture
def agent(cast: Cast) -> Client:
    """A support agent, signed in, with a customer to read about."""
    factories.interaction(
        customer=cast.hanako, kind="visit.made", channel="store", occurred_at=datetime(2026, 11, 21, 3, tzinfo=UTC)
    )
    client = Client()
    client.force_login(cast.staff["agent"], backend=BACKEND)
    return client


def text_of(client: Client, address: str, headers: dict[str, str], status: int = 200) -> str:
    """Return a page, having checked that it says which language it is in."""
    response = client.get(address, headers=headers)
    assert response.status_code == status
    page = response.content.decode()
    told = re.search(r'<html[^>]*? lang="([\w-]+)"', page)
    assert told is not None
    assert told[1] == response["Content-Language"]
    return page


PAGES = [
    ("home", "検索", "Find"),
    ("customer", "山田 花子 様", ">山田 花子<"),
    ("customer", "2026/11/21（土）", "Sat 21 Nov 2026"),
    ("customer", "来店されました", "Visited the store"),
    ("admin:password_change", "いまのパスワード", "Old password"),
]


@pytest.mark.parametrize(("route", "japanese", "english"), PAGES)
def test_a_page_in_both_languages(agent: Client, cast: Cast, route: str, japanese: str, english: str) -> None:
    address = reverse("customer-page", args=[cast.hanako.uuid]) if route == "customer" else reverse(route)
    in_japanese, in_english = text_of(agent, address, JAPANESE), text_of(agent, address, ENGLISH)
    assert japanese in in_japanese
    assert english in in_english
    assert '<html lang="ja"' in in_japanese
    assert re.search(r'<html[^>]* lang="en"', in_english)


def test_the_sign_in_page_in_both_languages(cast: Cast) -> None:
    assert "ようこそ" in text_of(Client(), reverse("admin:login"), JAPANESE)
    assert "Welcome back to" in text_of(Client(), reverse("admin:login"), ENGLISH)


def test_a_list_of_the_back_office_in_both_languages(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.staff["auditor"], backend=BACKEND)
    address = reverse("admin:customers_contextreceipt_changelist")
    assert "閲覧記録" in text_of(client, address, JAPANESE)
    assert "Read log" in text_of(client, address, ENGLISH)


def test_a_refusal_in_both_languages(agent: Client) -> None:
    assert "見つかりません" in text_of(agent, "/nowhere/", JAPANESE, 404)
    assert "Not found" in text_of(agent, "/nowhere/", ENGLISH, 404)


def test_a_problem_of_the_api_in_both_languages(agent: Client) -> None:
    said = {
        name: agent.post(reverse("api:customer-search"), {}, "application/json", headers=headers).json()
        for name, headers in (("ja", JAPANESE), ("en", ENGLISH))
    }
    assert (said["ja"]["title"], said["en"]["title"]) == ("内容を受け付けられません", "The content was refused")
    assert (said["ja"]["code"], said["ja"]["errors"][0]["code"]) == ("invalid", "required")
    assert said["ja"]["errors"][0]["detail"] == "入力してください。"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "ja"),
        ("fr,de;q=0.7", "ja"),
        ("xx", "ja"),
        ("en", "en"),
        ("en-US,ja;q=0.5", "en"),
        ("fr,en;q=0.5", "en"),
        ("ja-JP", "ja"),
        ("*", "ja"),
        (",;=q", "ja"),
        pytest.param("e" * 5000, "ja", id="endless"),
    ],
)
def test_the_browser_says_which_language(client: Client, db: None, accepted: str, language: str) -> None:
    assert client.get(reverse("admin:login"), headers={"accept-language": accepted})["Content-Language"] == language


def test_the_chosen_language_stays(agent: Client) -> None:
    # given a page in Japanese with its switch
    page = text_of(agent, "/", JAPANESE)
    assert re.search(r'<button[^>]*name="language" value="en" lang="en">English</button>', page)
    # when English is chosen
    answer = agent.post(reverse("set_language"), {"language": "en", "next": "/"}, headers=JAPANESE)
    # then the choice outlives what the browser asks for
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    page = text_of(agent, "/", JAPANESE)
    assert "Sign out" in page
    assert re.search(r'<button[^>]*name="language" value="ja" lang="ja">日本語</button>', page)


def test_a_language_we_do_not_have_is_not_chosen(agent: Client) -> None:
    agent.post(reverse("set_language"), {"language": "fr", "next": "/"})
    assert text_of(agent, "/", {}).count("ログアウト") == 1
    agent.cookies[settings.LANGUAGE_COOKIE_NAME] = "../en"
    assert agent.get("/")["Content-Language"] == "ja"


def test_the_language_goes_with_its_visitor(agent: Client) -> None:
    """Two visitors, one thread: each turn is asked for both ways."""
    for _turn in range(2):
        assert "Sign out" in text_of(agent, "/", ENGLISH)
        assert "ログアウト" in text_of(agent, "/", {})


def test_a_message_is_told_in_the_language_of_its_reader(agent: Client, cast: Cast) -> None:
    note = reverse("customer-note-add", args=[cast.hanako.uuid])
    fields = {"text": "裾上げは不要", "scope": "company", "channel": "phone", "key": "first-note"}
    page = agent.post(note, fields, headers=JAPANESE, follow=True).content.decode()
    assert "メモを履歴に残しました。" in page
    page = agent.post(note, {**fields, "key": "second-note"}, headers=ENGLISH, follow=True).content.decode()
    assert "The note is on the timeline." in page
