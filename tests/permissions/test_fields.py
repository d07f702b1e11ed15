"""How much of a customer each role sees: on the page and over the API, to the letter."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.permissions.policy import NEAR_READERS
from tests.permissions.world import BIRTHDAY, EMAIL, FAR, NEAR, NUMBER, PHONE, World

pytestmark = pytest.mark.django_db

# role: phone, e-mail, birthday as she sees them
SEEN = {
    "clerk": ("•••1234", "", "04"),
    "store_manager": ("•••1234", "h•••@example.jp", "04"),
    "agent": ("•••1234", "h•••@example.jp", "04"),
    "sales": ("•••1234", "", "04"),
    "support_lead": ("090-1111-1234", "hanako.secret@example.jp", "1990/04/01"),
    "data_steward": ("•••1234", "h•••@example.jp", "1990/04/01"),
}
PARTS = {"phone": ("1111", "819011111234"), "email": ("hanako", "secret"), "birthday": ("1990", "04/01", "04-01")}
FIELDS = {
    "uuid",
    "name",
    "reading",
    "member_number",
    "phone",
    "email",
    "birthday",
    "language",
    "approach",
    "approach_code",
    "home_store",
    "member_since",
    "receipt",
}


def test_every_reader_has_a_line_here() -> None:
    assert set(SEEN) == NEAR_READERS


@pytest.mark.parametrize("role", sorted(SEEN))
def test_the_api_shows_each_field_as_the_role_may_see_it(world: World, role: str) -> None:
    # when
    answer = world.client(role).get(reverse("api:customer", args=[world.customers[NEAR].uuid])).json()
    # then
    assert set(answer) == FIELDS
    assert (answer["phone"], answer["email"], answer["birthday"]) == SEEN[role]
    assert (answer["name"], answer["reading"], answer["member_number"]) == ("山田 花子", "ヤマダ ハナコ", NUMBER[NEAR])


@pytest.mark.parametrize("role", sorted(SEEN))
def test_the_page_shows_each_field_as_the_role_may_see_it(world: World, role: str) -> None:
    # when
    page = world.client(role).get(reverse("customer-page", args=[world.customers[NEAR].uuid])).content.decode()
    # then
    profile = page[page.index('id="panel-profile"') :]
    facts = [value.strip() for value in re.findall(r"<dd[^>]*>(?:<span[^>]*>)?([^<]*)", profile)]
    phone, email, birthday = SEEN[role]
    month = birthday if len(birthday) > 2 else "4月"
    shown = [value for value in (phone, email, month) if value]
    assert facts[: len(shown)] == shown
    full = {"phone": PHONE[NEAR], "email": EMAIL[NEAR], "birthday": BIRTHDAY[NEAR]}
    hidden = [name for name, value in zip(full, SEEN[role], strict=True) if value != full[name]]
    leaked = [part for name in hidden for part in (full[name], *PARTS[name]) if part in page]
    assert leaked == []


@pytest.mark.parametrize("role", sorted(SEEN))
def test_candidates_are_masked_for_everyone(world: World, role: str) -> None:
    # when
    answer = world.client(role).post(
        reverse("api:customer-search"), {"term": "山田 0401"}, content_type="application/json"
    )
    # then
    rows = {row["uuid"]: row for row in answer.json()["candidates"]}
    assert rows[str(world.customers[NEAR].uuid)] == {
        "uuid": str(world.customers[NEAR].uuid),
        "name": "山田 花•••",
        "reading": "ヤマダ ハ•••",
        "phone": "•••1234",
        "member_number": "•••0001",
        "home_store": "渋谷店",
    }
    assert set(rows) == {str(world.customers[NEAR].uuid), str(world.cast.namesake.uuid)}


def test_the_data_steward_reads_identity_facts_and_no_talk(world: World) -> None:
    page = world.client("data_steward").get(reverse("customer-page", args=[world.customers[NEAR].uuid]))
    text = page.content.decode()
    assert "メモ" not in re.sub(r"<form.*?</form>", "", text, flags=re.DOTALL)
    assert text.count("y-event") == 2  # became a member, profile corrected


def test_another_stores_clerk_sees_outcomes_after_the_card_was_shown(world: World) -> None:
    # given: the far customer shows her card to the near clerk
    world.client("clerk").post(reverse("customer-search"), {"term": NUMBER[FAR]})
    # when
    page = world.client("clerk").get(reverse("customer-page", args=[world.customers[FAR].uuid]))
    notes = world.client("clerk").get(reverse("api:customer-notes", args=[world.customers[FAR].uuid])).json()
    story = world.client("clerk").get(reverse("api:customer-timeline", args=[world.customers[FAR].uuid])).json()
    # then: what the whole company may read, without who wrote it
    text = page.content.decode()
    assert page.status_code == 200
    assert "梅田の全社メモ" in text
    assert "梅田の店舗メモ" not in text
    assert world.cast.other_clerk.last_name not in text
    told = ["梅田の約束", "梅田の全社メモ"]
    assert [(row["text"], row["author"], row["store"]) for row in notes["data"]] == [(t, "", "梅田店") for t in told]
    written = [row for row in story["data"] if row["kind"] == "note.written"]
    assert [(row["text"], row["actor"]) for row in written] == [(t, "") for t in told]


def test_the_own_store_sees_who_wrote(world: World) -> None:
    notes = world.client("store_manager").get(reverse("api:customer-notes", args=[world.customers[NEAR].uuid])).json()
    assert [(row["text"], row["author"]) for row in notes["data"]] == [
        ("渋谷の約束", "姓clerk 名"),
        ("渋谷の店舗メモ", "姓clerk 名"),
        ("渋谷の全社メモ", "姓clerk 名"),
    ]
