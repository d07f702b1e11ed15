"""The timeline and notes over the API: pages that lose nothing, filters that refuse, entries as each role may read."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.urls import reverse

from customers.models import ContextReceipt
from journeys.models import Interaction, Note
from journeys.services import timeline
from tests import factories
from tests.cast import Cast

ENTRY = {
    "uuid",
    "kind",
    "label",
    "icon",
    "sentence",
    "text",
    "occurred_at",
    "channel",
    "channel_label",
    "store",
    "actor",
    "is_erased",
}


def story(cast: Cast, client: Any, role: str = "agent", customer: str = "hanako", **query: str) -> Any:
    """Ask for a page of a customer's timeline."""
    client.force_login(cast.staff[role])
    url = reverse("api:customer-timeline", args=[getattr(cast, customer).uuid])
    return client.get(url, query, headers={"Accept-Language": "en"})


def pages(cast: Cast, client: Any, **query: str) -> Iterator[list[str]]:
    """Yield the uuids of each page, following `next` to the beginning of the story."""
    mark = ""
    while mark is not None:
        answer = story(cast, client, **query, **({"cursor": mark} if mark else {})).json()
        yield [entry["uuid"] for entry in answer["data"]]
        mark = answer["next"]


def calls(cast: Cast, count: int, **given: Any) -> None:
    """Let Hanako call, several times in the same second."""
    for number in range(count):
        moment = factories.NOON + timedelta(minutes=number // 7)
        factories.interaction(customer=cast.hanako, **{"occurred_at": moment, **given})


def newest_first(cast: Cast) -> list[str]:
    """Return Hanako's facts in the order of the story."""
    rows = Interaction.objects.filter(customer=cast.hanako).order_by("-occurred_at", "-id")
    return [str(uuid) for uuid in rows.values_list("uuid", flat=True)]


@pytest.mark.parametrize("limit", ["1", "7", "25", "100"])
def test_pages_hold_each_entry_once_in_order(cast: Cast, client: Any, limit: str) -> None:
    calls(cast, 40)
    found = list(pages(cast, client, limit=limit))
    assert [uuid for page in found for uuid in page] == newest_first(cast)
    assert {len(page) for page in found[:-1]} <= {int(limit)}


def test_a_page_is_twenty_five_unless_asked(cast: Cast, client: Any) -> None:
    calls(cast, 40)
    assert [len(page) for page in pages(cast, client)] == [25, 16]


def test_what_arrives_meanwhile_moves_no_page(cast: Cast, client: Any) -> None:
    calls(cast, 40)
    before = newest_first(cast)
    walk = pages(cast, client, limit="20")
    first = next(walk)
    calls(cast, 5, occurred_at=factories.NOON + timedelta(days=1))
    assert first + [uuid for page in walk for uuid in page] == before


def test_the_last_page_has_no_next(cast: Cast, client: Any) -> None:
    calls(cast, 4)
    answer = story(cast, client, limit="5").json()
    assert (len(answer["data"]), answer["next"]) == (5, None)


def test_an_entry_says_this_and_nothing_more(cast: Cast, client: Any) -> None:
    # given
    factories.interaction(
        customer=cast.hanako,
        text="お電話で",
        actor=cast.actor("agent"),
        occurred_at=factories.NOON + timedelta(hours=1),
    )
    # when
    entry = story(cast, client).json()["data"][0]
    # then
    assert set(entry) == ENTRY
    assert (entry["kind"], entry["label"], entry["sentence"]) == (
        "call.received",
        "Phone call",
        "Called us about 裾上げ",
    )
    assert (entry["text"], entry["channel"], entry["channel_label"]) == ("お電話で", "phone", "Phone")
    assert (entry["actor"], entry["store"], entry["is_erased"]) == ("姓agent 名", "", False)
    assert entry["occurred_at"] == "2026-11-20T04:00:00+00:00"


def test_filters_narrow_by_channel_and_kind(cast: Cast, client: Any) -> None:
    calls(cast, 3)
    factories.interaction(customer=cast.hanako, kind="product.viewed", channel="web", data={"product": "コート"})
    assert [e["kind"] for e in story(cast, client, channel="web").json()["data"]] == ["product.viewed"]
    assert [e["kind"] for e in story(cast, client, kind="call.received").json()["data"]] == ["call.received"] * 3
    assert story(cast, client, kind="call.received", channel="web").json() == {"data": [], "next": None}


def mark(text: str) -> str:
    """Return a page mark with any content."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        *(({"limit": text}, "limit") for text in ("0", "-1", "101", "1e1", "x", "٣", "9" * 4_400, " 5", "+5")),
        *(({"channel": text}, "channel") for text in ("fax", "PHONE", " phone")),
        *(({"kind": text}, "kind") for text in ("note", "note.", "call.invented")),
        *(
            ({"cursor": text}, "cursor")
            for text in (
                "x",
                "AAAA",
                "é",
                "====",
                mark("1"),
                mark("1.2.3"),
                mark("-1.1"),
                mark("1.-1"),
                mark(f"{4_102_444_800_000_001}.1"),
                mark(f"1.{2**63}"),
                mark("٣.٣"),
                mark("1.1\n"),
            )
        ),
    ],
)
def test_what_cannot_be_asked_is_422_and_no_reading(cast: Cast, client: Any, query: dict[str, str], code: str) -> None:
    answer = story(cast, client, **query)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert ContextReceipt.objects.count() == 0


def test_a_mark_of_another_story_shows_nothing_of_it(cast: Cast, client: Any) -> None:
    calls(cast, 30)
    elsewhere = story(cast, client).json()["next"]
    answer = story(cast, client, customer="namesake", cursor=elsewhere).json()
    own = {str(uuid) for uuid in Interaction.objects.filter(customer=cast.namesake).values_list("uuid", flat=True)}
    assert {entry["uuid"] for entry in answer["data"]} <= own


def test_erased_facts_keep_their_place_and_lose_their_words(cast: Cast, client: Any) -> None:
    factories.interaction(customer=cast.hanako, text="秘密", occurred_at=factories.NOON + timedelta(hours=1))
    timeline.erase(customer_id=cast.hanako.pk)
    entry = story(cast, client).json()["data"][0]
    assert (entry["kind"], entry["sentence"], entry["text"], entry["is_erased"]) == (
        "call.received",
        "Phone call",
        "",
        True,
    )


def test_store_facts_stay_in_their_store(cast: Cast, client: Any) -> None:
    given = {"occurred_at": factories.NOON + timedelta(hours=1), "visibility": "store", "text": "店の話"}
    factories.interaction(customer=cast.hanako, store_id=cast.umeda.pk, **given)
    factories.interaction(customer=cast.hanako, store_id=cast.shibuya.pk, actor=cast.actor("clerk"), **given)
    near = [(e["store"], e["actor"]) for e in story(cast, client, "clerk").json()["data"] if e["text"] == "店の話"]
    office = [e["store"] for e in story(cast, client, "agent").json()["data"] if e["text"] == "店の話"]
    assert near == [("Shibuya", "姓clerk 名")]
    assert office == ["Shibuya", "Umeda"]


# --- notes ---
def post(cast: Cast, client: Any, body: Any, role: str = "clerk") -> Any:
    """Write a note about Hanako."""
    client.force_login(cast.staff[role])
    url = reverse("api:customer-notes", args=[cast.hanako.uuid])
    return client.post(url, orjson.dumps(body), content_type="application/json")


def test_a_note_is_answered_as_it_stands(cast: Cast, client: Any) -> None:
    answer = post(cast, client, {"text": " 採寸済み ", "scope": "store"})
    note = Note.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {"uuid": str(note.uuid), "text": "採寸済み", "scope": "store"}
    url = reverse("api:customer-notes", args=[cast.hanako.uuid])
    (line,) = client.get(url, headers={"Accept-Language": "en"}).json()["data"]
    assert line.pop("written_at") == note.written_at.isoformat().replace("+00:00", "Z")
    assert line == {
        "uuid": str(note.uuid),
        "text": "採寸済み",
        "scope": "store",
        "scope_label": "This store only",
        "store": "Shibuya",
        "author": "姓clerk 名",
        "type": "preference",
        "type_label": "Preference",
        "due_on": None,
        "kept_at": None,
        "is_shared": False,
    }


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("/text", "required"), ("/scope", "required")]),
        ({"text": "", "scope": "company"}, [("/text", "blank")]),
        ({"text": 5, "scope": "company"}, [("/text", "not_text")]),
        ({"text": None, "scope": "company"}, [("/text", "null")]),
        ({"text": "a", "scope": "all"}, [("/scope", "invalid_choice")]),
        ({"text": "a", "scope": "company", "customer": "x"}, [("/customer", "unknown_field")]),
        (
            {"text": "a", "scope": "company", "author": 1, "store": 1},
            [("/author", "unknown_field"), ("/store", "unknown_field")],
        ),
        ({"text": "x" * 2_001, "scope": "company"}, [("/text", "max_length")]),
        ({"text": "x" * 201, "scope": "company"}, [("/text", "too_long")]),
        ([], [("/", "not_an_object")]),
        (None, [("/", "not_an_object")]),
    ],
)
def test_what_is_no_note_is_422_with_its_fields(
    cast: Cast, client: Any, body: Any, errors: list[tuple[str, str]]
) -> None:
    answer = post(cast, client, body)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == errors
    assert (Note.objects.count(), Interaction.objects.filter(kind="note.written").count()) == (0, 0)


def test_the_office_says_where_it_talked(cast: Cast, client: Any) -> None:
    assert post(cast, client, {"text": "a", "scope": "company", "channel": "line"}, "agent").status_code == 201
    refused = post(cast, client, {"text": "a", "scope": "company", "channel": "fax"}, "agent")
    assert (refused.status_code, refused.json()["code"]) == (422, "note_channel")
    assert Interaction.objects.get(kind="note.written").channel == "line"
