"""Notes of every kind, and promises until they are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.lib import clock
from config.lib.errors import Conflict, Invalid, NotFound
from customers import access
from journeys.models import Interaction, Note
from journeys.selectors import instore as selector
from journeys.selectors import notes
from journeys.services import instore
from tests.cast import Cast
from tests.races.crowd import at_once, errors

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def promise(cast: Cast, name: str = "clerk", due_on: date | None = TODAY, **given: Any) -> Note:
    """Promise Hanako that she hears when the navy coat arrives."""
    told = {"text": "紺のMが入ったら知らせる", "scope": "company", "type": "promise", "due_on": due_on, **given}
    with clock.at(NOON):
        return instore.write_note(actor=cast.actor(name), customer_uuid=str(cast.hanako.uuid), **told).note


def keep(cast: Cast, note: Note, name: str = "clerk") -> Note:
    """Keep it."""
    return instore.keep_promise(actor=access.actor_of(cast.members()[name]), note_uuid=str(note.uuid))


def due(cast: Cast, name: str = "clerk", days: int = 0) -> list[selector.Promise]:
    """What this member has promised, until that many days from now."""
    with clock.at(NOON):
        actor = access.actor_of(cast.members()[name])
        return selector.promises_due(actor=actor, until=TODAY + timedelta(days=days))


def client_of(cast: Cast, name: str) -> Client:
    """Return a browser signed in as this member."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.members()[name])
    return client


def test_a_promise_is_the_writers_unless_a_colleague_keeps_it(cast: Cast) -> None:
    mine, hers = promise(cast), promise(cast, owner_id=cast.staff["store_manager"].pk)
    assert (mine.owner_id, hers.owner_id) == (cast.staff["clerk"].pk, cast.staff["store_manager"].pk)
    assert {(row.due_on, row.kept_at) for row in Note.objects.all()} == {(TODAY, None)}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"due_on": None}, "note_due"),
        ({"due_on": TODAY - timedelta(days=1)}, "note_due"),
        ({"owner_id": 0}, "note_owner"),
        ({"type": "secret"}, "note_type"),
        ({"is_shared": True}, "note_shared"),
    ],
)
def test_a_promise_that_cannot_be_is_refused(cast: Cast, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        promise(cast, **given)
    assert refusal.value.code == code
    assert Note.objects.count() == 0


def test_a_colleague_of_another_store_keeps_no_promise_of_ours(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        promise(cast, owner_id=cast.other_clerk.pk)
    assert refusal.value.code == "note_owner"


def test_advice_is_shared_and_other_notes_have_no_day(cast: Cast) -> None:
    advice = promise(cast, type="advice", is_shared=True)
    assert (advice.is_shared, advice.due_on, advice.owner_id) == (True, None, None)
    line = notes.newest_notes(actor=cast.actor("clerk"), customer=cast.hanako)[0]
    assert (line.type, line.is_shared) == ("advice", True)


def test_due_promises_come_oldest_first_with_masked_names(cast: Cast) -> None:
    promise(cast, due_on=TODAY + timedelta(days=3), text="三日後")
    promise(cast, due_on=TODAY, text="今日")
    promise(cast, due_on=TODAY + timedelta(days=9), text="来週")
    promise(cast, "agent", due_on=TODAY, text="本部の約束")
    found = due(cast, days=7)
    assert [(each.text, each.name, each.owner) for each in found] == [
        ("今日", "山田", "姓clerk 名"),
        ("三日後", "山田", "姓clerk 名"),
    ]
    assert [each.text for each in due(cast, "agent", days=7)] == ["本部の約束"]
    assert due(cast, "other_clerk", days=30) == []


def test_overdue_is_told(cast: Cast) -> None:
    promise(cast)
    with clock.at(NOON + timedelta(days=1)):
        found = selector.promises_due(actor=cast.actor("clerk"), until=TODAY + timedelta(days=1))
        assert [each.is_overdue for each in found] == [True]
        assert selector.promises_count(cast.actor("clerk")) == 1


def test_a_kept_promise_leaves_the_list_and_stands_on_the_timeline(cast: Cast) -> None:
    note = promise(cast)
    kept = keep(cast, note, "store_manager")
    assert kept.kept_at is not None
    assert due(cast) == []
    fact = Interaction.objects.get(kind="promise.kept")
    assert (fact.text, fact.subject_id, fact.store_id) == (note.text, note.pk, cast.shibuya.pk)
    with pytest.raises(Conflict) as refusal:
        keep(cast, note)
    assert refusal.value.code == "promise_kept"


@pytest.mark.parametrize("name", ["other_clerk", "marketer", "bare"])
def test_others_keep_nothing(cast: Cast, name: str) -> None:
    note = promise(cast)
    with pytest.raises(NotFound):
        keep(cast, note, name)
    assert Note.objects.get().kept_at is None


def test_a_note_that_promises_nothing_cannot_be_kept(cast: Cast) -> None:
    note = promise(cast, type="caution")
    with pytest.raises(NotFound):
        keep(cast, note)


def test_due_promises_cost_two_queries(cast: Cast, django_assert_num_queries: Any) -> None:
    for _number in range(4):
        promise(cast)
    # 1 promises with customer, owner, store; 2 whose pages are open to her
    with django_assert_num_queries(2):
        assert len(due(cast)) == 4


def test_the_start_page_counts_and_the_list_keeps(cast: Cast) -> None:
    # given a promise for tomorrow and one for today, as the shop's clock goes
    today = selector.today_here()
    given: dict[str, Any] = {"actor": cast.actor("clerk"), "customer_uuid": str(cast.hanako.uuid), "scope": "company"}
    for days, text in ((0, "今日の約束"), (1, "明日の約束")):
        instore.write_note(**given, text=text, type="promise", due_on=today + timedelta(days=days))
    client = client_of(cast, "clerk")
    # then
    home = client.get(reverse("home")).content.decode()
    assert f'href="{reverse("promises")}"' in home
    assert "<b>1</b>" in home
    text = client.get(reverse("promises")).content.decode()
    assert text.index("今日の約束") < text.index("明日の約束")
    assert "花子" not in text
    # when
    note = Note.objects.get(text="今日の約束")
    address = reverse("promise-keep", args=[note.uuid])
    assert client_of(cast, "other_clerk").post(address, {"key": "k"}).status_code == 404
    for _time in range(2):
        assert client.post(address, {"key": "kept-1"})["Location"] == reverse("promises")
    assert Interaction.objects.filter(kind="promise.kept").count() == 1
    assert "今日の約束" not in client.get(reverse("promises")).content.decode()


def test_the_form_writes_a_promise_and_gives_a_refused_one_back(cast: Cast) -> None:
    client = client_of(cast, "clerk")
    address = reverse("customer-note-add", args=[cast.hanako.uuid])
    form = {"key": "k-1", "text": "約束します", "scope": "store", "type": "promise", "due_on": ""}
    refused = client.post(address, form)
    assert refused.status_code == 422
    assert 'name="type" value="promise"' in refused.content.decode()
    day = selector.today_here().isoformat()
    assert client.post(address, {**form, "due_on": day, "owner": str(cast.staff["clerk"].pk)}).status_code == 302
    assert [(row.type, row.due_on) for row in Note.objects.all()] == [("promise", selector.today_here())]


@pytest.mark.parametrize("name", ["marketer", "auditor", "bare"])
def test_who_meets_nobody_has_no_list(cast: Cast, name: str) -> None:
    assert client_of(cast, name).get(reverse("promises")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_four_who_keep_at_once_keep_it_once(cast: Cast) -> None:
    note = promise(cast)
    told = at_once([partial(keep, cast, note)] * 4)
    assert [getattr(error, "code", error) for error in errors(told)] == ["promise_kept"] * 3
    assert Interaction.objects.filter(kind="promise.kept").count() == 1
