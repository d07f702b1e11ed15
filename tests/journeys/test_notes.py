"""Notes: short, for the right readers, on the timeline, written once however often the form is sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from config.lib.errors import Invalid, NotFound
from customers.models import AttentionItem, Customer, IdempotencyKey
from journeys.models import Interaction, Note, Reaction
from journeys.selectors import notes, timeline
from journeys.services import instore, reactions
from tests.cast import Cast

ENGLISH = {"Accept-Language": "en"}


def write(cast: Cast, role: str = "clerk", customer: Customer | None = None, **given: str) -> instore.Written:
    """Write a note about Hanako as a role."""
    who = customer or cast.hanako
    told = {"text": "直し希望", "scope": "company", **given}
    return instore.write_note(actor=cast.actor(role), customer_uuid=str(who.uuid), **told)


def written() -> tuple[int, int, int]:
    """Return how many notes, facts about notes and reactions there are."""
    return Note.objects.count(), Interaction.objects.filter(kind="note.written").count(), Reaction.objects.count()


def test_a_note_stands_on_the_timeline_with_its_place_and_author(cast: Cast) -> None:
    # when
    made = write(cast, text="  袖を2cm\n短く  ", scope="store")
    # then
    note, fact = Note.objects.get(), Interaction.objects.get(kind="note.written")
    assert (note.text, note.scope, note.store, note.author) == (
        "袖を2cm\n短く",
        "store",
        cast.shibuya,
        cast.staff["clerk"],
    )
    assert made.interaction_id == fact.pk
    assert (fact.text, fact.visibility, fact.channel, fact.store, fact.actor) == (
        note.text,
        "store",
        "store",
        cast.shibuya,
        cast.staff["clerk"],
    )
    assert (fact.subject_kind, fact.subject_id, fact.source, fact.source_id) == (
        "note",
        note.pk,
        "notes",
        str(note.uuid),
    )
    assert fact.occurred_at == note.written_at


def test_a_note_is_news_for_whoever_speaks_next(cast: Cast) -> None:
    before = Customer.objects.get(pk=cast.hanako.pk).context_seq
    write(cast)
    assert Customer.objects.get(pk=cast.hanako.pk).context_seq == before + 1
    assert Customer.objects.get(pk=cast.namesake.pk).context_seq == before


@pytest.mark.parametrize("text", ["あ", "あ" * 200, f"  {'あ' * 200}\n", "か\u3099" * 100])
def test_up_to_two_hundred_characters_are_kept(cast: Cast, text: str) -> None:
    assert write(cast, text=text).note.text == text.strip()


@pytest.mark.parametrize(
    ("given", "code", "pointer"),
    [
        ({"text": ""}, "note_empty", "/text"),
        ({"text": " 　\n"}, "note_empty", "/text"),
        ({"text": "あ" * 201}, "note_too_long", "/text"),
        ({"text": "a\x00"}, "unwritable", "/text"),
        ({"text": "\ud800"}, "unwritable", "/text"),
        ({"scope": "everyone"}, "note_scope", "/scope"),
        ({"scope": ""}, "note_scope", "/scope"),
    ],
)
def test_what_is_no_note_is_refused_and_leaves_nothing(
    cast: Cast, given: dict[str, str], code: str, pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        write(cast, **given)
    assert (refused.value.code, [field.pointer for field in refused.value.fields]) == (code, [pointer])
    assert written() == (0, 0, 0)


def test_the_length_is_told_in_numbers(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        write(cast, text="あ" * 217)
    assert [number in str(refused.value.message) for number in ("200", "217")] == [True, True]


@pytest.mark.parametrize("role", ["agent", "support_lead", "sales"])
def test_the_office_writes_for_the_company_only(cast: Cast, role: str) -> None:
    with pytest.raises(Invalid) as refused:
        write(cast, role, scope="store")
    assert refused.value.code == "note_scope"
    note = write(cast, role).note
    assert (note.scope, note.store) == ("company", None)


@pytest.mark.parametrize(
    ("role", "given", "channel"),
    [
        ("agent", "", "phone"),
        ("agent", "line", "line"),
        ("agent", "email", "email"),
        ("clerk", "", "store"),
        ("clerk", "line", "store"),  # in the shop it was said in the shop
    ],
)
def test_where_the_talk_was(cast: Cast, role: str, given: str, channel: str) -> None:
    write(cast, role, channel=given)
    assert Interaction.objects.get(kind="note.written").channel == channel


@pytest.mark.parametrize("channel", ["fax", "import", "web", "PHONE"])
def test_a_talk_has_a_channel_people_talk_on(cast: Cast, channel: str) -> None:
    with pytest.raises(Invalid) as refused:
        write(cast, "agent", channel=channel)
    assert refused.value.code == "note_channel"
    assert written() == (0, 0, 0)


@pytest.mark.parametrize(
    ("role", "customer"), [("clerk", "far"), ("data_steward", "hanako"), ("marketer", "hanako"), ("admin", "hanako")]
)
def test_who_may_not_write_about_her_learns_nothing(cast: Cast, role: str, customer: str) -> None:
    with pytest.raises(NotFound):
        write(cast, role, getattr(cast, customer))
    assert written() == (0, 0, 0)


# --- who reads ---
def test_a_store_note_is_for_its_store_and_the_office(cast: Cast) -> None:
    # given: one note of each kind, by both stores' people
    write(cast, text="会社へ")
    write(cast, text="店だけ", scope="store")
    read = {
        role: [line.text for line in notes.newest_notes(actor=cast.actor(role), customer=cast.hanako)]
        for role in ("clerk", "store_manager", "agent", "data_steward", "marketer")
    }
    elsewhere = notes.access.actor_of(cast.other_clerk)
    # then
    both = ["店だけ", "会社へ"]
    assert read == {"clerk": both, "store_manager": both, "agent": both, "data_steward": [], "marketer": []}
    assert [line.text for line in notes.newest_notes(actor=elsewhere, customer=cast.hanako)] == ["会社へ"]
    story = [entry.text for entry in timeline.page(actor=elsewhere, customer=cast.hanako).entries]
    assert ("会社へ" in story, "店だけ" in story) == (True, False)


def test_another_store_is_not_told_who_wrote(cast: Cast) -> None:
    write(cast)
    near = notes.newest_notes(actor=cast.actor("store_manager"), customer=cast.hanako)
    far = notes.newest_notes(actor=notes.access.actor_of(cast.other_clerk), customer=cast.hanako)
    assert ([line.author for line in near], [line.author for line in far]) == (["姓clerk 名"], [""])


def test_the_newest_twenty_come_first(cast: Cast) -> None:
    for number in range(22):
        write(cast, text=f"メモ{number}")
    lines = notes.newest_notes(actor=cast.actor("agent"), customer=cast.hanako)
    assert [line.text for line in lines] == [f"メモ{number}" for number in range(21, 1, -1)]


def test_the_namesakes_notes_stay_hers(cast: Cast) -> None:
    write(cast, text="別の方", customer=cast.namesake)
    assert notes.newest_notes(actor=cast.actor("agent"), customer=cast.hanako) == []


# --- the form ---
def send(client: Any, cast: Cast, **given: str) -> Any:
    """Send the page's form."""
    body = {"text": "直し希望", "scope": "company", "channel": "", "key": "receipt-1", **given}
    return client.post(reverse("customer-note-add", args=[cast.hanako.uuid]), body, headers=ENGLISH)


def test_a_form_sent_twice_writes_one_note(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["clerk"])
    first = send(client, cast)
    told = [str(message) for message in get_messages(first.wsgi_request)]
    again = send(client, cast)
    assert (first.status_code, again.status_code, again["Location"]) == (302, 302, first["Location"])
    assert told == ["The note is on the timeline."]
    assert written() == (1, 1, 1)


def test_the_form_of_a_new_opening_writes_another(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["clerk"])
    send(client, cast)
    send(client, cast, key="receipt-2")
    assert written() == (2, 2, 2)


def test_the_page_gives_each_opening_a_key_of_its_own(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["clerk"])
    page = reverse("customer-page", args=[cast.hanako.uuid])
    keys = {client.get(page).context["receipt"].uuid for _time in range(3)}
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"text": "あ" * 201}, "A note has at most 200 characters; this one has 201."),
        ({"text": "  "}, "The note is empty."),
        ({"scope": "x"}, "Choose who may read the note"),
        ({"key": ""}, "An Idempotency-Key has 1 to 255 printable ASCII characters."),
    ],
)
def test_a_refused_form_says_why_and_gives_the_text_back(
    cast: Cast, client: Any, given: dict[str, str], words: str
) -> None:
    client.force_login(cast.staff["clerk"])
    answer = send(client, cast, **given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f">{given.get('text', '直し希望')}</textarea>" in page
    assert (written(), IdempotencyKey.objects.count()) == ((0, 0, 0), 0)


def test_a_changed_text_under_a_used_key_is_refused_and_kept_on_the_page(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["clerk"])
    send(client, cast)
    answer = send(client, cast, text="書き足した文")
    assert answer.status_code == 422
    assert "書き足した文</textarea>" in answer.content.decode()
    assert written() == (1, 1, 1)


def test_what_people_type_is_shown_and_not_run(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["clerk"])
    send(client, cast, text="<script>alert(1)</script>{{ 7|add:7 }}")
    page = client.get(reverse("customer-page", args=[cast.hanako.uuid])).content.decode()
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:7 }}") == 2
    assert "<script>alert" not in page


# --- what follows ---
@pytest.mark.parametrize(
    ("text", "is_flagged"),
    [
        ("アレルギーがあるそうです", True),
        ("She said she is pregnant", True),
        ("CANCER treatment", True),
        ("直し希望", False),
        ("the cancellation desk", False),
    ],
)
def test_guarded_words_reach_the_support_lead_once(cast: Cast, text: str, is_flagged: bool) -> None:
    # when: worked, and worked again as after a crash
    note = write(cast, text=text).note
    assert reactions.work() == 1
    Reaction.objects.update(state="waiting")
    assert reactions.work() == 1
    # then
    items = AttentionItem.objects.all()
    expected = [("note_sensitive", str(note.pk), "support_lead", cast.hanako.pk, {"note": note.pk})]
    assert [(i.kind, i.key, i.owner_role, i.customer_id, i.data) for i in items] == (expected if is_flagged else [])
