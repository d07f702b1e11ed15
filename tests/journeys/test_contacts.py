"""Contacts written down by hand, and the printed codes customers name with them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override

from config.lib.errors import Invalid, NotFound, Refused
from customers import access
from journeys.models import Interaction, SourceCode
from journeys.selectors import sourcecodes as printing
from journeys.selectors import timeline
from journeys.services import contacts, sourcecodes
from tests.cast import Cast
from tests.languages.crawl import BACKEND

pytestmark = pytest.mark.django_db


def code(cast: Cast, **given: Any) -> SourceCode:
    """Make a code of a pamphlet that counts for all of this and the next century's decades."""
    told = {"channel": "pamphlet", "label": "秋のパンフレット", "valid_from": date(2020, 1, 1), **given}
    return sourcecodes.make(actor=cast.actor("marketer"), **told)


def record(cast: Cast, who: str = "clerk", **given: Any) -> Interaction:
    """Record a contact with Hanako and return its row."""
    told = {"kind": "call", "topic": "裾上げ", **given}
    pk = contacts.record_contact(actor=cast.actor(who), customer_uuid=str(cast.hanako.uuid), **told)
    return Interaction.objects.get(pk=pk)


@pytest.mark.parametrize(
    ("who", "given", "kind", "channel"),
    [
        ("clerk", {"kind": "call"}, "call.received", "phone"),
        ("clerk", {"kind": "visit", "topic": ""}, "visit.made", "store"),
        ("clerk", {"kind": "talk"}, "talk.held", "store"),
        ("agent", {"kind": "message", "channel": "line"}, "message.received", "line"),
        ("agent", {"kind": "call"}, "call.received", "phone"),
    ],
)
def test_a_contact_stands_on_the_timeline_where_it_happened(
    cast: Cast, who: str, given: dict[str, Any], kind: str, channel: str
) -> None:
    row = record(cast, who, text="お急ぎです", **given)
    assert (row.kind, row.channel, row.text) == (kind, channel, "お急ぎです")
    assert row.store_id == (cast.shibuya.pk if who == "clerk" else None)


def test_a_contact_carries_the_printed_code_and_says_so(cast: Cast) -> None:
    made = code(cast)
    row = record(cast, code=f" {made.code[:3].lower()}-{made.code[3:].lower()} ")
    assert row.data == {"topic": "裾上げ", "source_code": made.code, "source_label": "秋のパンフレット"}
    with override("en"):
        newest = timeline.page(actor=cast.actor("clerk"), customer=cast.hanako).entries[0]
    assert newest.sentence == f"Called us about 裾上げ (code {made.code}: 秋のパンフレット)"


def test_a_code_alone_lands_on_its_own_channel(cast: Cast) -> None:
    made = code(cast, channel="newspaper", label="朝刊")
    row = record(cast, kind="code", topic="", code=made.code)
    assert (row.kind, row.channel) == ("code.named", "newspaper")


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"kind": "pigeon"}, "kind"),
        ({"topic": " "}, "topic"),
        ({"topic": "長" * 81}, "topic"),
        ({"text": "長" * 501}, "text"),
        ({"kind": "message", "channel": "store"}, "channel"),
        ({"kind": "code"}, "code"),
        ({"code": "NOSUCH"}, "source_code"),
        ({"code": "GONE22"}, "source_code"),
        ({"code": "LATER2"}, "source_code"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_told(cast: Cast, given: dict[str, Any], refused: str) -> None:
    code(cast, code="GONE22", valid_to=date(2020, 2, 1))
    code(cast, code="LATER2", valid_from=date(2099, 1, 1))
    before = Interaction.objects.count()
    with pytest.raises(Invalid) as refusal:
        record(cast, **given)
    assert refusal.value.code == refused
    assert Interaction.objects.count() == before


def test_a_code_that_ran_out_says_since_when(cast: Cast) -> None:
    code(cast, code="GONE22", valid_to=date(2020, 2, 1))
    with override("en"), pytest.raises(Invalid) as refusal:
        printing.by_code(code="gone22")
    assert str(refusal.value.message) == "Code GONE22 ran out on 2020/02/01."


def test_a_code_counts_on_its_first_and_last_day(cast: Cast) -> None:
    made = code(cast, valid_from=date(2026, 1, 5), valid_to=date(2026, 1, 6))
    for day in (date(2026, 1, 5), date(2026, 1, 6)):
        assert printing.by_code(code=made.code, on=day) == made
    for day in (date(2026, 1, 4), date(2026, 1, 7)):
        with pytest.raises(Invalid):
            printing.by_code(code=made.code, on=day)


def test_the_office_has_no_counter(cast: Cast) -> None:
    for kind in ("visit", "talk"):
        with pytest.raises(Invalid):
            record(cast, "agent", kind=kind)
    assert Interaction.objects.filter(kind__in=["visit.made", "talk.held"]).count() == 0


@pytest.mark.parametrize("name", ["other_clerk", "marketer", "data_steward", "executive", "bare"])
def test_who_does_not_meet_her_tells_nothing(cast: Cast, name: str) -> None:
    before = Interaction.objects.count()
    with pytest.raises(NotFound):
        contacts.record_contact(
            actor=access.actor_of(cast.members()[name]), customer_uuid=str(cast.hanako.uuid), kind="call", topic="x"
        )
    assert Interaction.objects.count() == before


def test_a_form_sent_twice_counts_once_and_a_refusal_keeps_what_was_typed(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["clerk"], backend=BACKEND)
    url = reverse("customer-contact-add", args=[cast.hanako.uuid])
    typed = {"key": "k-1", "way": "call", "topic": "裾上げ", "code": "NOSUCH"}
    wrong = client.post(url, typed, headers={"accept-language": "en"})
    assert wrong.status_code == 422
    text = wrong.content.decode()
    assert "There is no such code. Check it against the paper." in text
    assert 'value="裾上げ"' in text
    for _time in range(2):
        assert client.post(url, {"key": "k-2", "way": "call", "topic": "裾上げ"}).status_code == 302
    assert Interaction.objects.filter(kind="call.received").count() == 1


def test_codes_cannot_be_misread_and_none_is_given_twice(cast: Cast) -> None:
    made = [code(cast).code for _number in range(60)]
    assert len(set(made)) == 60
    assert {len(each) for each in made} == {6}
    assert set("".join(made)) & set("0O1IL") == set()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "A B#"}, "code"),
        ({"code": "taken2"}, "code"),
        ({"channel": "line"}, "channel"),
        ({"label": " "}, "label"),
        ({"address": "javascript:alert(1)"}, "address"),
        ({"valid_to": date(2019, 12, 31)}, "valid_to"),
    ],
)
def test_a_wrong_code_is_refused_with_its_field(cast: Cast, given: dict[str, Any], field: str) -> None:
    code(cast, code="TAKEN2")
    with pytest.raises(Invalid) as refusal:
        code(cast, **given)
    assert [error.pointer for error in refusal.value.fields] == [f"/{field}"]
    assert SourceCode.objects.count() == 1


@pytest.mark.parametrize("role", ["clerk", "store_manager", "agent", "admin", "executive"])
def test_who_does_not_print_makes_no_codes(cast: Cast, role: str) -> None:
    with pytest.raises(Refused):
        sourcecodes.make(actor=cast.actor(role), channel="event", label="x", valid_from=date(2026, 1, 1))
    assert SourceCode.objects.count() == 0


def test_the_qr_leads_to_the_address_and_carries_the_code(cast: Cast) -> None:
    made = code(cast, code="AUTUMN", address="https://shop.example.jp/a?x=1&source=old")
    assert printing.content_of(row=made) == "https://shop.example.jp/a?x=1&source=AUTUMN"
    assert printing.content_of(row=code(cast, code="PLAIN2")) == "PLAIN2"


def test_the_back_office_makes_draws_and_prints_a_code(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["marketer"], backend=BACKEND)
    sent = {
        "code": "",
        "channel": "pamphlet",
        "label": "秋号",
        "address": "",
        "valid_from": "2026-01-01",
        "valid_to": "",
    }
    assert client.post(reverse("admin:journeys_sourcecode_add"), sent).status_code == 302
    made = SourceCode.objects.get()
    assert len(made.code) == 6
    file = client.get(reverse("admin:journeys_sourcecode_qr", args=[made.pk]))
    assert file["Content-Type"] == "image/svg+xml"
    assert file["Content-Disposition"] == f'attachment; filename="{made.code}.svg"'
    assert b"<svg" in file.content
    sheet = client.get(reverse("admin:journeys_sourcecode_sheet")).content.decode()
    assert (made.code in sheet, sheet.count('class="yq-qr"')) == (True, 1)
    change = reverse("admin:journeys_sourcecode_change", args=[made.pk])
    moved = {"code": "OTHER2", "channel": "event", "label": "冬号", "address": "", "valid_from": "2026-01-01"}
    assert client.post(change, {**moved, "valid_to": ""}).status_code == 302
    kept = SourceCode.objects.get()
    assert (kept.code, kept.channel, kept.label) == (made.code, "pamphlet", "冬号")
