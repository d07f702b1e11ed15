"""Finding a customer: the office by any part of what it knows, a clerk by a card, a full identifier or two facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from config.lib.errors import Invalid, Refused, TooMany
from customers import access
from customers.models import Address, CandidateList, Customer, Presentation
from customers.selectors import search as index
from customers.services import contact, search
from tests import factories
from tests.cast import Cast

TAKAHASHI = {
    "family_name": "髙橋",
    "given_name": "恵",
    "family_kana": "タカハシ",
    "given_kana": "メグミ",
    "birthday": date(1988, 4, 1),
    "phone": "03-1234-5678",
    "email": ("Megumi.T@example.jp", "Megumi.T@example.jp"),
}


@pytest.fixture
def takahashi(cast: Cast) -> Customer:
    """A customer of the clerk's store whose name nobody types as she writes it."""
    found = factories.customer(home_store=cast.shibuya, **TAKAHASHI)
    Address.objects.create(customer=found, postcode="150-0041", valid_from=date(2026, 1, 1), source="test")
    return found


def listed(cast: Cast, role: str, term: str) -> list[str]:
    found = search.find(actor=cast.actor(role), term=term)
    assert found.customer_uuid is None
    return [row.uuid for row in found.candidates]


@pytest.mark.parametrize(
    "term",
    [
        "高橋",
        "髙橋 恵",
        "たかはし",
        "ﾀｶﾊｼ",
        "タカハ",
        "Takahashi",
        "TAKAHASI",
        "takahash",
        "Ｔａｋａｈａｓｈｉ",
        "恵",
        "めぐみ",
        "5678",
        "12345678",
        "0312",
        "03-1234",
        "０３ー１２３４",
        "+81 3 1234",
        "megumi.t",
        "T@example",
        "たかはし 5678",
        "高橋 0401",
        "高橋0401",
        "0401 高橋",
        "タカハシ 150-0041",
        "高橋 １５０ー００４１",
        "takahashi 5678",
    ],
)
def test_an_agent_finds_her_by(cast: Cast, takahashi: Customer, term: str) -> None:
    assert str(takahashi.uuid) in listed(cast, "agent", term)


@pytest.mark.parametrize(
    "term",
    [
        "03-1234-5678",
        "0312345678",
        "+81312345678",
        "+81 (0)3 1234 5678",
        "０３ー１２３４ー５６７８",
        "megumi.t@EXAMPLE.jp",
    ],
)
@pytest.mark.parametrize("role", ["agent", "clerk"])
def test_a_full_identifier_opens_her_page(cast: Cast, takahashi: Customer, role: str, term: str) -> None:
    # when
    found = search.find(actor=cast.actor(role), term=term)
    # then
    assert (found.customer_uuid, found.candidates) == (str(takahashi.uuid), [])
    assert Presentation.objects.count() == (1 if role == "clerk" else 0)
    assert not CandidateList.objects.exists()


@pytest.mark.parametrize(
    "term", ["橋高", "はしたか", "9998", "0120", "nobody@example", "たかはし 9999", "高橋 0402", "高橋 150-0042"]
)
def test_nobody_else_is_found(cast: Cast, takahashi: Customer, term: str) -> None:
    assert listed(cast, "agent", term) == []


def test_the_name_is_shown_as_she_writes_it(cast: Cast, takahashi: Customer) -> None:
    (row,) = search.find(actor=cast.actor("agent"), term="高橋").candidates
    assert (row.name, row.reading, row.phone) == ("髙橋 恵•••", "タカハシ メ•••", "•••5678")


@pytest.mark.parametrize(
    ("typed", "written"), [("斉藤", "齋藤"), ("斎藤", "齊藤"), ("渡辺", "渡邊"), ("さいと", "齋藤")]
)
def test_variants_are_found(cast: Cast, typed: str, written: str) -> None:
    stored = factories.customer(family_name=written, family_kana="サイトウ" if "藤" in written else "ワタナベ")
    assert listed(cast, "agent", typed) == [str(stored.uuid)]


@pytest.mark.parametrize(("written", "typed"), [("林", "林"), ("林", "はやし"), ("佐田", "佐田"), ("佐田", "佐")])
def test_short_names_are_found(cast: Cast, written: str, typed: str) -> None:
    kana = "ハヤシ" if written == "林" else "サタ"
    stored = factories.customer(family_name=written, family_kana=kana, given_name="一", given_kana="ハジメ")
    assert listed(cast, "agent", typed) == [str(stored.uuid)]


def test_a_beginning_comes_before_a_part(cast: Cast) -> None:
    inside = factories.customer(family_name="大山田", family_kana="オオヤマダ")
    found = listed(cast, "agent", "やまだ")
    assert found[-1] == str(inside.uuid)
    assert len(found) == 3


def test_an_office_list_ends_at_twenty(cast: Cast) -> None:
    for _number in range(21):
        factories.customer(family_name="多田", family_kana="タダ")
    assert len(listed(cast, "agent", "多田")) == 20


@pytest.mark.parametrize("sign", ["%", "_", "山%", "%%%", "_____", "' OR 1=1 --", "\\", "★★★", "@", "a@b", "%@%"])
def test_a_term_is_data_and_never_a_pattern(cast: Cast, sign: str) -> None:
    assert listed(cast, "agent", sign) == []


@pytest.mark.parametrize("term", ["", "   ", "山" * 61, "・", "12"])
def test_what_is_no_term_is_refused(cast: Cast, term: str) -> None:
    with pytest.raises(Invalid) as caught:
        search.find(actor=cast.actor("agent"), term=term)
    assert caught.value.code == "search_term"
    assert not CandidateList.objects.exists()


@pytest.mark.parametrize(
    "term",
    ["たかはし 5678", "高橋 5678", "ﾀｶﾊｼ 0401", "高橋0401", "タカハシ 150-0041", "タカハシ 1500041", "Takahashi 5678"],
)
def test_a_clerk_finds_her_by_two_facts(cast: Cast, takahashi: Customer, term: str) -> None:
    # given: her namesake has another phone, birthday and postcode
    factories.customer(
        home_store=cast.shibuya, **{**TAKAHASHI, "phone": "03-9999-0000", "birthday": None, "email": None}
    )
    # when, then
    assert listed(cast, "clerk", term) == [str(takahashi.uuid)]
    assert CandidateList.objects.get().customer_ids == [takahashi.pk]


@pytest.mark.parametrize("term", ["高橋", "髙橋 恵", "たかはし", "Takahashi", "恵", "5678", "megumi.t"])
def test_a_clerk_is_asked_for_a_second_fact(cast: Cast, takahashi: Customer, term: str) -> None:
    with pytest.raises(Invalid) as caught:
        search.find(actor=cast.actor("clerk"), term=term)
    assert caught.value.code == "second_fact"
    assert not CandidateList.objects.exists()


@pytest.mark.parametrize("term", ["03-1234", "0312345679", "nobody@example.jp", "T@example"])
def test_a_part_of_an_identifier_finds_a_clerk_nobody(cast: Cast, takahashi: Customer, term: str) -> None:
    assert listed(cast, "clerk", term) == []
    assert not Presentation.objects.exists()


def test_one_letter_and_a_number_are_not_two_facts(cast: Cast, takahashi: Customer) -> None:
    assert listed(cast, "clerk", "た 5678") == []
    with pytest.raises(Invalid):
        search.find_by_facts(actor=cast.actor("clerk"), facts=index.Facts(name="高橋"))


def test_facts_told_apart_are_not_mixed(cast: Cast, takahashi: Customer) -> None:
    clerk = cast.actor("clerk")

    def found(**facts: str) -> int:
        return len(search.find_by_facts(actor=clerk, facts=index.Facts(name="高橋", **facts)).candidates)

    assert (found(last_four="5678"), found(birthday="0401"), found(postcode="150-0041")) == (1, 1, 1)
    assert found(last_four="0401") == 0
    with pytest.raises(Invalid):
        found(birthday="5678")


def test_a_clerk_sees_her_few_of_many(cast: Cast) -> None:
    # given: 3 of 50 namesakes with that phone ending are the clerk's store's
    mine = [factories.customer(home_store=cast.shibuya, phone=f"03-12{number:02d}-7777") for number in range(3)]
    for number in range(3, 50):
        factories.customer(home_store=cast.umeda, phone=f"03-12{number:02d}-7777")
    # when, then
    assert sorted(listed(cast, "clerk", "やまだ 7777")) == sorted(str(row.uuid) for row in mine)
    assert len(listed(cast, "agent", "やまだ 7777")) == 20


def test_a_clerk_sees_five_at_most(cast: Cast) -> None:
    for number in range(6):
        factories.customer(home_store=cast.shibuya, phone=f"03-1234-{number}777"[:-4] + "7777")
    assert len(listed(cast, "clerk", "やまだ 7777")) == 5


def test_a_family_phone_lists_the_family(cast: Cast) -> None:
    # given
    family = [factories.customer(home_store=cast.shibuya, phone="03-5555-0000") for _who in range(2)]
    factories.customer(home_store=cast.umeda, phone="03-5555-0000")
    # when, then: a shared phone opens nobody, and the third member is another store's
    assert listed(cast, "clerk", "03-5555-0000") == [str(row.uuid) for row in family]
    assert len(listed(cast, "agent", "03-5555-0000")) == 3
    assert not Presentation.objects.exists()


def test_a_clerk_has_thirty_candidate_searches_an_hour(cast: Cast) -> None:
    # given
    for _try in range(30):
        search.find(actor=cast.actor("clerk"), term="やまだ 1234")
    # when
    with pytest.raises(TooMany):
        search.find(actor=cast.actor("clerk"), term="やまだ 1234")
    # then: cards still work, and colleagues have their own thirty
    assert CandidateList.objects.count() == 30
    assert search.find(actor=cast.actor("clerk"), term="90000001").customer_uuid == str(cast.hanako.uuid)
    assert len(listed(cast, "store_manager", "やまだ 1234")) == 1


def test_numbers_that_miss_are_counted_too(cast: Cast) -> None:
    # given: thirty guesses
    for number in range(30):
        with pytest.raises(Invalid):
            search.find(actor=cast.actor("clerk"), term=f"YRN{number:04d}")
    # when, then
    with pytest.raises(TooMany):
        search.find(actor=cast.actor("clerk"), term="YRN0031")
    with pytest.raises(TooMany):
        search.find(actor=cast.actor("clerk"), term="090-0000-0000")


def test_what_the_customer_names_in_full_opens_her_page_in_any_store(cast: Cast) -> None:
    # given: the far customer stands in Shibuya without her card
    assert listed(cast, "clerk", "とおやま 9999") == []
    # when
    found = search.find(actor=cast.actor("clerk"), term="090-3333-9999")
    # then
    assert found.customer_uuid == str(cast.far.uuid)
    assert Presentation.objects.get().customer == cast.far
    assert listed(cast, "clerk", "とおやま 9999") == [str(cast.far.uuid)]


def test_what_was_merged_is_not_found(cast: Cast, takahashi: Customer) -> None:
    # given
    Customer.objects.filter(pk=takahashi.pk).update(merged_into=cast.hanako)
    # when, then
    for term in ("高橋", "たかはし", "5678", "megumi", "高橋 5678"):
        assert str(takahashi.uuid) not in listed(cast, "agent", term)
    assert listed(cast, "agent", "03-1234-5678") == []


@pytest.mark.parametrize("role", ["marketer", "executive", "auditor", "admin", "product_developer"])
def test_roles_without_search_find_nobody(cast: Cast, role: str) -> None:
    with pytest.raises(Refused):
        search.find(actor=cast.actor(role), term="山田")
    with pytest.raises(Refused):
        search.find_by_facts(actor=cast.actor(role), facts=index.Facts(name="山田", last_four="1234"))
    assert not CandidateList.objects.exists()


def test_the_outsider_finds_nobody(cast: Cast) -> None:
    with pytest.raises(Refused):
        search.find(actor=access.Actor(access.ANONYMOUS), term="90000001")


@pytest.mark.parametrize(
    ("role", "term", "queries"),
    [
        # savepoint, no scans, beginning, part, customers, identities, savepoint, log, release, release
        ("agent", "山田", 10),
        ("agent", "やまだ", 11),  # beginnings of readings and of names, then the part
        ("agent", "5678", 11),  # one statement, and two for a member number it might be
        # two facts of one number (phone, birthday) instead of beginning and part
        ("clerk", "やまだ 1234", 9),
    ],
)
def test_a_search_costs(cast: Cast, role: str, term: str, queries: int, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(queries):
        search.find(actor=cast.actor(role), term=term)


def test_postcodes_have_one_form() -> None:
    assert {contact.postcode(raw) for raw in ("〒150-0041", "1500041", "１５０−００４１")} == {"150-0041"}
    with pytest.raises(Invalid):
        contact.postcode("150-004")
