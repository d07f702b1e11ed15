"""What she allowed: a log that only grows, with its proof, and a verdict with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from config.lib import clock
from config.lib.errors import Conflict, Invalid, NotFound, Refused
from customers import access
from customers.models import ConsentEntry, ContactHold, Customer, MergeEvent
from customers.selectors import consents as allowed
from customers.selectors import contactholds as holds
from customers.services import consents, contactholds
from journeys.models import Interaction
from tests.cast import Cast
from tests.factories import NOON

IMPORT = access.system(access.SYSTEM_IMPORT)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Five days after noon."""
    with clock.at(NOON + timedelta(days=5)):
        yield


def state(cast: Cast, *, is_given: bool = True, **given: Any) -> ConsentEntry:
    return consents.state(
        **{
            "actor": cast.actor("clerk"),
            "customer_uuid": str(cast.hanako.uuid),
            "channel": "email",
            "purpose": "marketing",
            "is_given": is_given,
            "text_version": "2026-04",
            "source": "counter",
            **given,
        }
    )


def verdict(customer: Customer, channel: str = "email", purpose: str = "marketing") -> tuple[bool, str]:
    found = allowed.may(customer_id=customer.pk, channel=channel, purpose=purpose)
    return found.is_allowed, found.reason


def said(customer: Customer, number: int = 1, **given: Any) -> consents.Statement:
    return consents.Statement(
        **{
            "customer_id": customer.pk,
            "channel": "email",
            "purpose": "marketing",
            "is_given": True,
            "text_version": "web-3",
            "source": "shop:members",
            "source_id": str(number),
            "stated_at": NOON,
            **given,
        }
    )


@pytest.mark.parametrize(
    ("purpose", "answer"),
    [
        ("service", (True, "service_default")),
        ("marketing", (False, "none")),
        ("personalisation", (False, "none")),
        ("store_advice", (False, "none")),
        ("research", (False, "none")),
        ("third_party", (False, "none")),
    ],
)
def test_without_a_record_only_service_is_allowed(cast: Cast, purpose: str, answer: tuple[bool, str]) -> None:
    assert verdict(cast.hanako, "email", purpose) == answer


def test_a_statement_allows_its_channel_and_purpose_only(cast: Cast) -> None:
    # when
    entry = state(cast)
    # then
    assert verdict(cast.hanako) == (True, "given")
    assert verdict(cast.hanako, "line") == (False, "none")
    assert verdict(cast.hanako, "email", "third_party") == (False, "none")
    assert verdict(cast.namesake) == (False, "none")
    assert (entry.text_version, entry.source, entry.actor_id) == ("2026-04", "counter", cast.staff["clerk"].pk)


def test_the_newest_statement_decides_whenever_it_arrives(cast: Cast) -> None:
    # given
    state(cast, is_given=False, stated_at=NOON)
    # when: a paper form of the day before is typed in later
    state(cast, stated_at=NOON - timedelta(days=1))
    # then
    assert verdict(cast.hanako) == (False, "withdrawn")
    # when
    state(cast)
    # then
    assert verdict(cast.hanako) == (True, "given")
    assert ConsentEntry.objects.count() == 3


def test_even_service_can_be_refused(cast: Cast) -> None:
    state(cast, is_given=False, channel="sms", purpose="service")
    assert verdict(cast.hanako, "sms", "service") == (False, "withdrawn")
    assert verdict(cast.hanako, "email", "service") == (True, "service_default")


def test_a_statement_is_told_and_matters(cast: Cast) -> None:
    # when
    state(cast)
    state(cast, is_given=False, channel="line")
    # then
    cast.hanako.refresh_from_db()
    told = Interaction.objects.filter(kind__startswith="consent.").order_by("id")
    assert [(row.kind, row.customer_id, row.actor_id) for row in told] == [
        ("consent.given", cast.hanako.pk, cast.staff["clerk"].pk),
        ("consent.withdrawn", cast.hanako.pk, cast.staff["clerk"].pk),
    ]
    assert told[0].data == {"channel": "email", "purpose": "marketing", "text_version": "2026-04"}
    assert cast.hanako.context_seq == 3  # became a member, said yes, said no


def test_the_same_statement_again_is_already_there(cast: Cast) -> None:
    first = state(cast, source_id="form-7", stated_at=NOON)
    assert state(cast, source_id="form-7", stated_at=NOON) == first
    assert (ConsentEntry.objects.count(), Interaction.objects.filter(kind="consent.given").count()) == (1, 1)


def test_the_same_source_saying_otherwise_is_a_conflict(cast: Cast) -> None:
    # given
    state(cast, source_id="form-7", stated_at=NOON)
    # when
    with pytest.raises(Conflict) as caught:
        state(cast, source_id="form-7", is_given=False)
    # then
    assert caught.value.code == "consent_differs"
    assert "2026-11-20" in str(caught.value.message)
    assert verdict(cast.hanako) == (True, "given")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("channel", "fax"),
        ("purpose", "fun"),
        ("text_version", ""),
        ("text_version", "x" * 41),
        ("source", "  "),
        ("source", "a\x00b"),
        ("stated_at", datetime(2026, 1, 1)),
        ("stated_at", datetime(2999, 1, 1, tzinfo=NOON.tzinfo)),
    ],
)
def test_a_statement_without_proof_is_refused(cast: Cast, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        state(cast, **{field: value})
    assert [error.pointer for error in caught.value.fields] == [f"/{field}"]
    assert not ConsentEntry.objects.exists()


@pytest.mark.parametrize("role", ["marketer", "executive", "auditor", "admin", "product_developer"])
def test_roles_without_the_right_write_nothing(cast: Cast, role: str) -> None:
    with pytest.raises(Refused):
        state(cast, actor=cast.actor(role))
    with pytest.raises(Refused):
        consents.state_many(actor=cast.actor(role), statements=[said(cast.hanako)])
    assert not ConsentEntry.objects.exists()


def test_another_stores_clerk_and_the_outsider_write_nothing(cast: Cast) -> None:
    with pytest.raises(NotFound):
        state(cast, actor=access.actor_of(cast.other_clerk))
    with pytest.raises(Refused):
        state(cast, actor=access.Actor(access.ANONYMOUS))
    assert not ConsentEntry.objects.exists()


def test_a_clerk_imports_nothing(cast: Cast) -> None:
    with pytest.raises(Refused):
        consents.state_many(actor=cast.actor("clerk"), statements=[said(cast.hanako)])


def test_an_import_keeps_its_proof_and_tells_each_row_its_outcome(cast: Cast) -> None:
    # given
    rows = [
        said(cast.hanako, 1),
        said(cast.namesake, 2, is_given=False),
        said(cast.far, 3, channel="fax"),
        said(cast.far, 4, text_version=""),
        said(cast.far, 5, customer_id=999_999_999),
        said(cast.hanako, 1),
        said(cast.hanako, 1, is_given=False),
    ]
    # when
    first = consents.state_many(actor=IMPORT, statements=rows)
    second = consents.state_many(actor=IMPORT, statements=rows)
    # then
    refused = ["refused:channel", "refused:text_version", "refused:customer"]
    assert first == ["created", "created", *refused, "unchanged", "refused:consent_differs"]
    assert second == ["unchanged", "unchanged", *refused, "unchanged", "refused:consent_differs"]
    assert ConsentEntry.objects.count() == 2
    entry = ConsentEntry.objects.get(source_id="1")
    assert (entry.text_version, entry.source, entry.stated_at, entry.actor) == ("web-3", "shop:members", NOON, None)
    assert (verdict(cast.hanako), verdict(cast.namesake)) == ((True, "given"), (False, "withdrawn"))
    assert Interaction.objects.filter(kind__startswith="consent.").count() == 2


def test_an_import_costs_the_same_for_any_number(cast: Cast, django_assert_max_num_queries: Any) -> None:
    everyone = [cast.hanako, cast.namesake, cast.far]
    # 1 who lives  2-3 savepoint  4 lock  5 insert  6 read back  7-9 the timeline, which numbers and counts  10 release
    with django_assert_max_num_queries(14):
        consents.state_many(actor=IMPORT, statements=[said(everyone[number % 3], number) for number in range(300)])
    assert ConsentEntry.objects.count() == 300


def test_a_verdict_costs_two_queries_for_any_number(cast: Cast, django_assert_num_queries: Any) -> None:
    ids = [cast.hanako.pk, cast.namesake.pk, cast.far.pk]
    # 1 the newest statements  2 holds
    with django_assert_num_queries(2):
        found = allowed.may_many(customer_ids=ids, channel="email", purpose="marketing")
    assert [found[pk].reason for pk in ids] == ["none", "none", "none"]
    # 1 the newest statement
    with django_assert_num_queries(1):
        allowed.may(customer_id=cast.hanako.pk, channel="email", purpose="service")


def test_the_state_names_what_decides(cast: Cast) -> None:
    # given
    state(cast, stated_at=NOON)
    latest = state(cast, is_given=False)
    line = state(cast, channel="line")
    # when, then
    assert allowed.state_of(customer_id=cast.hanako.pk) == {("email", "marketing"): latest, ("line", "marketing"): line}
    assert len(allowed.history_of(actor=cast.actor("agent"), customer=cast.hanako)) == 3
    with pytest.raises(NotFound):
        allowed.history_of(actor=cast.actor("marketer"), customer=cast.hanako)


def test_the_reason_is_told_in_words_of_the_reader(cast: Cast) -> None:
    with translation.override("en"):
        english = allowed.may(customer_id=cast.hanako.pk, channel="email", purpose="marketing").words
    assert english == "The customer has not been asked for this."


def merge(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.namesake.pk).update(merged_into=cast.hanako)
    MergeEvent.objects.create(survivor=cast.hanako, absorbed=cast.namesake, rule="hand", merged_at=NOON)


def test_after_a_merge_the_stricter_side_wins_until_she_speaks_again(cast: Cast) -> None:
    # given: she refused on one record and agreed later on the other
    hers = str(cast.namesake.uuid)
    state(cast, customer_uuid=hers, is_given=False, stated_at=NOON - timedelta(days=9))
    state(cast, stated_at=NOON - timedelta(days=1))
    # when
    merge(cast)
    # then
    assert verdict(cast.hanako) == (False, "withdrawn")
    assert len(allowed.history_of(actor=cast.actor("agent"), customer=cast.hanako)) == 2
    # when
    state(cast, stated_at=NOON + timedelta(minutes=1))
    # then
    assert verdict(cast.hanako) == (True, "given")
    # when: the merge is taken back
    Customer.objects.filter(pk=cast.namesake.pk).update(merged_into=None)
    MergeEvent.objects.update(undone_at=NOON)
    # then
    assert (verdict(cast.hanako), verdict(cast.namesake)) == ((True, "given"), (False, "withdrawn"))


def test_a_merged_records_yes_counts_where_the_other_is_silent(cast: Cast) -> None:
    state(cast, customer_uuid=str(cast.namesake.uuid), stated_at=NOON - timedelta(days=1))
    merge(cast)
    assert verdict(cast.hanako) == (True, "given")
    # and what is stated to the merged record goes to the one that stayed
    assert consents.state_many(
        actor=IMPORT, statements=[said(cast.namesake, 1, is_given=False, stated_at=clock.now())]
    ) == ["created"]
    assert ConsentEntry.objects.get(source_id="1").customer == cast.hanako
    assert verdict(cast.hanako) == (False, "withdrawn")


def place(cast: Cast, **given: Any) -> ContactHold:
    with transaction.atomic():
        return contactholds.place(
            **{
                "actor": cast.actor("clerk"),
                "customer_id": cast.hanako.pk,
                "reason": "complaint",
                "subject": "complaint:1",
                **given,
            }
        )


def test_a_hold_stops_everything_but_service(cast: Cast) -> None:
    # given
    state(cast)
    # when
    place(cast)
    # then
    assert verdict(cast.hanako) == (False, "held")
    assert verdict(cast.hanako, "line", "research") == (False, "held")
    assert verdict(cast.hanako, "email", "service") == (True, "service_default")
    assert (holds.is_held(customer_id=cast.hanako.pk), holds.is_held(customer_id=cast.namesake.pk)) == (True, False)
    assert Interaction.objects.get(kind="hold.placed").data == {"reason": "complaint"}


def test_closing_one_complaint_lifts_its_own_hold_only(cast: Cast) -> None:
    # given
    state(cast)
    first = place(cast)
    other = place(cast, subject="complaint:2")
    # when
    lifted = contactholds.lift(actor=cast.actor("clerk"), customer_id=cast.hanako.pk, subject="complaint:1")
    # then
    assert (lifted, holds.open_of(customer_id=cast.hanako.pk)) == (1, [other])
    assert verdict(cast.hanako) == (False, "held")
    # when
    contactholds.lift(actor=cast.actor("clerk"), customer_id=cast.hanako.pk, subject="complaint:2")
    # then
    assert verdict(cast.hanako) == (True, "given")
    assert contactholds.lift(actor=cast.actor("clerk"), customer_id=cast.hanako.pk, subject="complaint:2") == 0
    assert Interaction.objects.filter(kind="hold.lifted").count() == 2
    first.refresh_from_db()
    assert first.lifted_at is not None


def test_a_hold_ends_by_itself(cast: Cast) -> None:
    # given
    with clock.at(NOON):
        place(cast, until=NOON + timedelta(days=7))
        assert verdict(cast.hanako) == (False, "held")
    # when, then: and the same subject can be held again
    with clock.at(NOON + timedelta(days=7)):
        assert verdict(cast.hanako) == (False, "none")
        assert place(cast).until is None
    assert ContactHold.objects.count() == 2


def test_the_same_subject_is_held_once(cast: Cast) -> None:
    assert place(cast) == place(cast)
    assert ContactHold.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"reason": "mood"}, {"subject": "x" * 61}, {"until": NOON - timedelta(days=9999)}])
def test_a_wrong_hold_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        place(cast, **wrong)
    assert not ContactHold.objects.exists()


def test_who_may_not_hold_changes_nothing(cast: Cast) -> None:
    with pytest.raises(Refused):
        place(cast, actor=cast.actor("marketer"))
    with pytest.raises(NotFound):
        place(cast, actor=access.actor_of(cast.other_clerk))
    standing = place(cast)
    with pytest.raises(NotFound):
        contactholds.lift(actor=access.actor_of(cast.other_clerk), customer_id=cast.hanako.pk, subject="complaint:1")
    assert holds.open_of(customer_id=cast.hanako.pk) == [standing]
