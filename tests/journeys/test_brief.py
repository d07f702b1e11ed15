"""The clerk's whole page from one call, at most nine queries, and without a byte of what a clerk must not see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.lib import clock
from config.lib.errors import NotFound
from customers import access
from customers.models import Address, ContextReceipt, Identity
from customers.services import cards, consents, contact, profiles
from journeys.hooks import brief_part
from journeys.models import PromptAnswer
from journeys.selectors import brief as briefs
from journeys.selectors.instore import today_here
from journeys.services import complaints, instore, reservations, wishlists
from tests import factories
from tests.cast import Cast
from tests.customers.test_worklist import client_of

EMAIL, STREET = "hanako.secret@example.jp", "神南1-2-3"


def furnish(cast: Cast, times: int = 1) -> None:
    """Something of everything: secrets, wishes in stock, try-ons, a complaint, notes of two stores, contacts."""
    hers = {"actor": cast.actor("clerk"), "customer_uuid": str(cast.hanako.uuid)}
    for number in range(times):
        coat = factories.variant(size=f"M{number}", cost=15_123)
        factories.stocked(variant=coat, store=cast.shibuya, on_hand=2, shelf="B3")
        wishlists.wish(**hers, style_id=coat.style_id, variant_id=coat.pk, channel="app")
        instore.record_tryon(**hers, variant_id=factories.variant().pk)
        reservations.reserve(
            **hers,
            store_id=cast.shibuya.pk,
            lines=[(coat.pk, 1)],
            until=clock.now() + timedelta(days=2),
            channel="store",
        )
        instore.write_note(**hers, text=f"約束{number}", scope="company", type="promise", due_on=today_here())
        instore.write_note(**hers, text=f"渋谷の店舗メモ{number}", scope="store")
        factories.interaction(customer=cast.hanako, actor=cast.actor("agent"), data={"topic": f"裾上げ{number}"})


def secrets(cast: Cast) -> None:
    """What must never leave for a clerk: address, e-mail, and what another store wrote for itself."""
    row = profiles.ProfileIn(member_number="90000001", family_name="山田", given_name="花子", email=(EMAIL, EMAIL))
    profiles.upsert(
        actor=access.system(access.SYSTEM_DEMO), rows=[row], source="test:more", source_ids=[row.member_number]
    )
    Address.objects.create(
        customer=cast.hanako,
        postcode="150-0041",
        prefecture="東京都",
        city="渋谷区",
        block=STREET,
        source="t",
        valid_from=clock.now(),
    )
    other = access.actor_of(cast.other_clerk)
    cards.present(actor=other, term="90000001")
    for scope in ("store", "company"):
        instore.write_note(actor=other, customer_uuid=str(cast.hanako.uuid), text=f"梅田の{scope}メモ", scope=scope)
    instore.record_tryon(actor=other, customer_uuid=str(cast.hanako.uuid), variant_id=factories.variant().pk)


def brief_of(cast: Cast, name: str = "clerk") -> Any:
    """The answer to a member."""
    return client_of(cast, name).get(reverse("api:customer-brief", args=[cast.hanako.uuid]))


def test_everything_the_page_shows_is_in_one_answer(cast: Cast) -> None:
    # given
    furnish(cast)
    complaints.open_complaint(
        actor=cast.actor("clerk"),
        customer_uuid=str(cast.hanako.uuid),
        category="defect",
        about="袖のほつれ",
        say="お詫び",
        do_not_say="返金",
    )
    consents.state(
        actor=cast.actor("clerk"),
        customer_uuid=str(cast.hanako.uuid),
        channel="line",
        purpose="marketing",
        is_given=True,
        text_version="1",
        source="t",
        source_id="1",
    )
    # when
    answer = brief_of(cast).json()
    # then, in the order of the questions
    assert list(answer) == [
        *("profile", "proof", "reach", "strips", "prompts", "things", "reservations", "interests", "contacts", "notes"),
        *(plug.name for plug in brief_part.plugs()),
        "receipt",
    ]
    assert (answer["profile"]["name"], answer["profile"]["reading"]) == ("山田 花子", "ヤマダ ハナコ")
    assert [(way["channel"], way["is_allowed"]) for way in answer["reach"]] == [
        ("line", False),  # given, and held while the complaint is open
        ("email", False),
        ("phone", False),
    ]
    assert [(strip["say"], strip["do_not_say"]) for strip in answer["strips"]] == [("お詫び", "返金")]
    assert [prompt["key"].partition(":")[0] for prompt in answer["prompts"]["shown"]] == ["promise"]
    assert answer["prompts"]["held_back"] == 1
    assert {
        (thing["name"], (thing["stock"] or {}).get("here"), (thing["stock"] or {}).get("shelf"))
        for thing in answer["things"]
    } == {
        ("Wool coat", 1, "B3"),
        ("Wool coat", None, ""),
    }
    assert [slip["state"] for slip in answer["reservations"]] == ["to_prepare"]
    assert len(answer["contacts"]) == 4
    assert [note["text"] for note in answer["notes"]] == ["渋谷の店舗メモ0", "約束0"]
    assert ContextReceipt.objects.get(uuid=answer["receipt"]).surface == "api"


def test_one_reading_is_one_receipt_and_keeps_what_was_shown(cast: Cast) -> None:
    furnish(cast)
    assert brief_of(cast).status_code == 200
    assert ContextReceipt.objects.count() == 1
    shown = PromptAnswer.objects.filter(answer="shown").count()
    assert shown == 2
    brief_of(cast)
    assert (ContextReceipt.objects.count(), PromptAnswer.objects.count()) == (2, shown)


@pytest.mark.parametrize(("surface", "most"), [("api:customer-brief", 9), ("customer-page", 9)])
def test_at_most_nine_queries_whatever_she_has(cast: Cast, surface: str, most: int) -> None:
    client, address = client_of(cast, "clerk"), reverse(surface, args=[cast.hanako.uuid])

    def counted() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len([1 for entry in captured if "SAVEPOINT" not in entry["sql"]])

    furnish(cast)
    first = counted()
    furnish(cast, 12)
    assert counted() == first <= most


@pytest.mark.parametrize("name", ["clerk", "other_clerk"])
@pytest.mark.parametrize("surface", ["api:customer-brief", "customer-page"])
def test_what_a_clerk_must_not_see_is_not_in_the_bytes(cast: Cast, name: str, surface: str) -> None:
    # given everything, and her card shown in the other store
    furnish(cast, 2)
    secrets(cast)
    factories.interaction(customer=cast.hanako, kind="product.viewed", channel="web", data={"product": "秘密の品"})
    # when
    answer = client_of(cast, name).get(reverse(surface, args=[cast.hanako.uuid]))
    # then
    assert answer.status_code == 200
    text = answer.content.decode()
    identity = Identity.objects.get(customer=cast.hanako, kind="phone")
    canaries = [
        *(EMAIL, EMAIL.split("@")[0], identity.raw, identity.normalised, "1111-1234", "1990", "04/01", "04-01"),
        *(STREET, "150-0041", "東京都", "15123", "15,123", "秘密の品"),
        *(["渋谷の店舗メモ", "姓clerk"] if name == "other_clerk" else ["梅田のstoreメモ", "姓other_clerk"]),
    ]
    assert [canary for canary in canaries if canary in text] == []
    assert "梅田のcompanyメモ" in text
    assert contact.phone(identity.raw) == identity.normalised


def test_without_a_card_the_other_store_gets_nothing(cast: Cast) -> None:
    assert brief_of(cast, "other_clerk").status_code == 404
    assert not ContextReceipt.objects.exists()


def test_the_card_shown_here_is_told_with_its_time(cast: Cast) -> None:
    assert brief_of(cast).json()["proof"] is None
    cards.present(actor=cast.actor("clerk"), term="90000001")
    assert brief_of(cast).json()["proof"] is not None
    assert (
        "Named here" in client_of(cast, "clerk").get(reverse("customer-page", args=[cast.hanako.uuid])).content.decode()
    )


def test_the_office_gets_no_opening_lines_and_a_steward_nothing(cast: Cast) -> None:
    furnish(cast)
    assert brief_of(cast, "agent").json()["prompts"] == {"shown": [], "held_back": 0, "why_held": ""}
    assert brief_of(cast, "data_steward").status_code == 404
    with pytest.raises(NotFound):
        briefs.brief(actor=cast.actor("data_steward"), customer=cast.hanako)


def test_a_further_part_stands_under_its_name(cast: Cast) -> None:
    def points(*, floor: Any) -> dict[str, int]:
        return {"balance": floor.customer.pk}

    with brief_part.register_temporarily("points", points):
        assert brief_of(cast).json()["points"] == {"balance": cast.hanako.pk}


def test_it_is_small(cast: Cast) -> None:
    furnish(cast, 30)
    assert len(brief_of(cast).content) < 40_000
