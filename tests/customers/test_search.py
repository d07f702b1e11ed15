"""Finding a customer: masked, limited, written down, and never by what was typed."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from config.lib import clock
from config.lib.errors import Invalid, NotFound, Refused, TooMany
from customers.models import CandidateList, Customer, Presentation
from customers.selectors import customers as people
from customers.services import search
from tests import factories
from tests.cast import Cast

ENGLISH = {"Accept-Language": "en"}
SAITO = {"family_name": "齋藤", "family_kana": "サイトウ", "given_name": "恵", "given_kana": "メグミ"}


def found(cast: Cast, role: str, term: str) -> list[str]:
    """Return the uuids of the candidates a role gets."""
    return [row.uuid for row in search.find(actor=cast.actor(role), term=term).candidates]


def many(cast: Cast, count: int, **given: Any) -> list[Customer]:
    """Create customers of the clerk's store whose readings come in order."""
    return [
        factories.customer(
            home_store=cast.shibuya, family_name="佐藤", family_kana="サトウ", given_kana=kana, given_name="某", **given
        )
        for kana in "アイウエオカキクケコサシスセソタチツテトナニヌネノ"[:count]
    ]


def test_a_clerk_gets_five_candidates_by_reading(cast: Cast) -> None:
    expected = many(cast, 7)
    assert found(cast, "clerk", "佐藤") == [str(row.uuid) for row in expected[:5]]


def test_the_office_gets_twenty(cast: Cast) -> None:
    expected = many(cast, 25)
    assert found(cast, "agent", "サトウ") == [str(row.uuid) for row in expected[:20]]


def test_a_candidate_is_masked(cast: Cast) -> None:
    (row, _namesake) = search.find(actor=cast.actor("clerk"), term="山田花子").candidates
    assert row == people.Candidate(
        id=cast.hanako.pk,
        uuid=str(cast.hanako.uuid),
        name="山田 花•••",
        reading="ヤマダ ハ•••",
        phone="•••1234",
        member_number="•••0001",
        home_store=cast.shibuya.name,
    )


def test_the_namesake_is_a_candidate_of_her_own(cast: Cast) -> None:
    rows = search.find(actor=cast.actor("clerk"), term="ヤマダハナコ").candidates
    assert [(row.uuid, row.phone) for row in rows] == [
        (str(cast.hanako.uuid), "•••1234"),
        (str(cast.namesake.uuid), "•••5678"),
    ]


def test_a_clerk_does_not_find_another_stores_customers(cast: Cast) -> None:
    assert found(cast, "clerk", "遠山") == []
    assert found(cast, "agent", "遠山") == [str(cast.far.uuid)]


@pytest.mark.parametrize(
    "term",
    [
        "齋藤",
        "斎藤",
        "斉藤",
        "齊藤 恵",
        "齋藤惠",
        "サイトウ",
        "さいとう",
        "ｻｲﾄｳ",
        "さいとう めぐみ",
        "サイトウ・メ",
        "斉",
        " サイ ",
    ],
)
def test_spellings_of_one_name_find_her(cast: Cast, term: str) -> None:
    saito = factories.customer(home_store=cast.shibuya, **SAITO)
    assert found(cast, "clerk", term) == [str(saito.uuid)]


@pytest.mark.parametrize("term", ["藤", "イトウ", "%", "_", "%山", "\\", "齋藤 恵子", "齋藤\u200b恵"])
def test_what_does_not_begin_her_name_does_not_find_her(cast: Cast, term: str) -> None:
    saito = factories.customer(home_store=cast.shibuya, **SAITO)
    assert str(saito.uuid) not in found(cast, "clerk", term)


def test_small_kana_and_long_marks_find_each_other(cast: Cast) -> None:
    jo = factories.customer(home_store=cast.shibuya, family_name="城", family_kana="ジョー")
    assert found(cast, "clerk", "じよー") == found(cast, "clerk", "ジョ−") == [str(jo.uuid)]


@pytest.mark.parametrize("term", ["", " ", "　", "x" * 61, "・", "a\u0315\u0300" * 200_000])
def test_what_is_no_term_is_refused_at_once_and_uses_nothing_up(cast: Cast, term: str) -> None:
    started = time.perf_counter()
    for _time in range(31):
        with pytest.raises(Invalid) as refused:
            search.find(actor=cast.actor("clerk"), term=term)
        assert refused.value.code == "search_term"
    assert time.perf_counter() - started < 2
    assert CandidateList.objects.count() == 0
    assert found(cast, "clerk", "山田") != []


@pytest.mark.parametrize("term", ["a\x00b", "山\x1b田", "\ud800"])
def test_a_term_the_database_refuses_is_refused_first(cast: Cast, term: str) -> None:
    with pytest.raises(Invalid) as refused:
        search.find(actor=cast.actor("clerk"), term=term)
    assert refused.value.code == "unwritable"


@pytest.mark.parametrize("role", ["marketer", "executive", "auditor", "admin", "product_developer"])
def test_roles_without_search_get_nothing_and_leave_nothing(cast: Cast, role: str) -> None:
    for term in ("山田", "90000001"):
        with pytest.raises(Refused):
            search.find(actor=cast.actor(role), term=term)
    assert (CandidateList.objects.count(), Presentation.objects.count()) == (0, 0)


# --- the limit ---
def test_the_thirty_first_search_of_an_hour_is_refused_and_not_logged(cast: Cast) -> None:
    for _time in range(30):
        search.find(actor=cast.actor("clerk"), term="山田")
    with pytest.raises(TooMany) as refused:
        search.find(actor=cast.actor("clerk"), term="山田")
    assert refused.value.code == "too_many"
    assert 3590 < int(refused.value.retry_after or 0) <= 3600
    assert CandidateList.objects.count() == 30


def test_the_refusal_is_told_in_words_on_the_page_and_over_the_api(cast: Cast, client: Any) -> None:
    # given
    client.force_login(cast.staff["clerk"])
    for _time in range(30):
        search.find(actor=cast.actor("clerk"), term="山田")
    # when
    page = client.post(reverse("customer-search"), {"term": "山田"}, headers=ENGLISH)
    api = client.post(reverse("api:customer-search"), {"term": "山田"}, content_type="application/json")
    # then: words, the typed term, and how long to wait
    assert page.status_code == 429
    assert "Too many tries. Wait and try again." in page.content.decode()
    assert 'value="山田"' in page.content.decode()
    assert (api.status_code, api.json()["code"]) == (429, "too_many")
    assert 3590 < int(api["Retry-After"]) <= 3600
    assert 3590 < int(page["Retry-After"]) <= 3600
    assert CandidateList.objects.count() == 30


def test_each_clerk_has_a_limit_of_her_own_and_the_office_has_none(cast: Cast) -> None:
    for _time in range(30):
        search.find(actor=cast.actor("clerk"), term="山田")
    for _time in range(30):
        search.find(actor=cast.actor("store_manager"), term="山田")
    for _time in range(40):
        search.find(actor=cast.actor("agent"), term="山田")
    assert CandidateList.objects.count() == 100


def test_a_shown_card_uses_no_search_up(cast: Cast) -> None:
    for _time in range(31):
        assert search.find(actor=cast.actor("clerk"), term="90000003").customer_uuid == str(cast.far.uuid)
    assert found(cast, "clerk", "山田") != []


def test_a_number_nobody_has_counts_as_a_search(cast: Cast) -> None:
    for _time in range(30):
        assert search.find(actor=cast.actor("clerk"), term="99999999").customer_uuid is None
    with pytest.raises(TooMany):
        search.find(actor=cast.actor("clerk"), term="99999999")


# --- the card ---
@pytest.mark.parametrize("term", ["90000003", "９０００ ０００３", "9000-0003", " 9000‐0003 "])
def test_a_member_number_opens_her_page_for_thirty_minutes(cast: Cast, client: Any, term: str) -> None:
    client.force_login(cast.staff["clerk"])
    page, api = reverse("customer-page", args=[cast.far.uuid]), reverse("api:customer", args=[cast.far.uuid])
    assert (client.get(page).status_code, client.get(api).status_code) == (404, 404)
    # when
    answer = client.post(reverse("customer-search"), {"term": term})
    # then
    shown = Presentation.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert (shown.customer_id, shown.store_id, shown.staff_id) == (
        cast.far.pk,
        cast.shibuya.pk,
        cast.staff["clerk"].pk,
    )
    assert shown.until - shown.presented_at == timedelta(minutes=30)
    with clock.at(shown.until - timedelta(seconds=1)):
        assert (client.get(page).status_code, client.get(api).status_code) == (200, 200)
    with clock.at(shown.until):
        assert (client.get(page).status_code, client.get(api).status_code) == (404, 404)


def test_the_card_opens_for_the_store_where_it_was_shown(cast: Cast) -> None:
    third = factories.staff(username="third", role="clerk", store=factories.store())
    search.find(actor=cast.actor("clerk"), term="90000003")
    assert people.customer_by_uuid(actor=cast.actor("store_manager"), uuid=str(cast.far.uuid)).pk == cast.far.pk
    with pytest.raises(NotFound):
        people.customer_by_uuid(actor=people.access.actor_of(third), uuid=str(cast.far.uuid))


def test_over_the_api_a_card_answers_the_uuid_and_no_candidates(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["clerk"])
    answer = client.post(reverse("api:customer-search"), {"term": "90000003"}, content_type="application/json")
    assert answer.json() == {"customer": str(cast.far.uuid), "candidates": []}


def test_the_office_presents_nothing(cast: Cast) -> None:
    assert search.find(actor=cast.actor("agent"), term="90000003").customer_uuid == str(cast.far.uuid)
    assert (Presentation.objects.count(), CandidateList.objects.count()) == (0, 0)


# --- what is written down ---
def test_each_list_is_written_down_with_whom_it_showed(cast: Cast) -> None:
    search.find(actor=cast.actor("clerk"), term="ヤマダ")
    search.find(actor=cast.actor("agent"), term="誰もいない")
    lists = CandidateList.objects.order_by("pk")
    assert [(row.staff_id, row.method, row.customer_ids) for row in lists] == [
        (cast.staff["clerk"].pk, "name", [cast.hanako.pk, cast.namesake.pk]),
        (cast.staff["agent"].pk, "name", []),
    ]
    assert all(abs((row.searched_at - clock.now()).total_seconds()) < 10 for row in lists)


def test_the_term_is_kept_nowhere(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["agent"])
    cache.clear()
    client.post(reverse("customer-search"), {"term": "ヒミツノヒト"})
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        holding = []
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text LIKE '%%ヒミツ%%'")
            holding += [table] if cursor.fetchone()[0] else []
    assert len(tables) > 15
    assert holding == []
    kept = cache._cache.get_client(None, write=True)
    assert [
        key for key in kept.keys("*") if "ヒミツ" in key.decode() or "ヒミツ".encode() in (kept.get(key) or b"")
    ] == []
