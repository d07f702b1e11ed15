"""Which records are proposed as one person, why, and which are merged without asking."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from config.lib import clock
from config.lib.errors import Conflict, DomainError, Invalid, NotFound, Refused
from customers.models import Address, Customer, Identity, MergeCandidate, MergeEvent
from customers.services import merging, resolution
from customers.tasks import look_for_duplicates
from tests import factories
from tests.cast import Cast
from tests.customers import crowd
from tests.factories import NOON

RARE = {"family_name": "勅使河原", "family_kana": "テシガワラ", "given_name": "澪", "given_kana": "ミオ"}
EMAIL = ("mio@example.jp", "mio@example.jp")


def pair(first: dict[str, Any], second: dict[str, Any]) -> tuple[Customer, Customer]:
    return factories.customer(**{**RARE, **first}), factories.customer(**{**RARE, **second})


def without_number(customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(member_number=None)


def proven(*customers: Customer, kind: str = "line", value: str = "U123", at: Any = NOON) -> None:
    for customer in customers:
        Identity.objects.create(
            customer=customer, kind=kind, normalised=value, raw=value, assurance="proven", verified_at=at,
            is_shared=True, source="test",
        )  # fmt: skip


def told(candidates: list[MergeCandidate]) -> list[tuple[int, list[str]]]:
    return [(row.score, [each["code"] for each in row.evidence]) for row in candidates]


def look(*customers: Customer) -> list[MergeCandidate]:
    return resolution.look(customer_ids=[customer.pk for customer in customers])


def test_a_claimed_address_and_an_equal_reading_are_proposed(db: None) -> None:
    one, two = pair({"email": EMAIL, "birthday": None}, {"email": EMAIL, "birthday": None})
    (found,) = look(two)
    assert told([found]) == [(75, ["same_email", "rare_reading", "name", "two_numbers"])]
    assert (found.left_id, found.right_id, found.state, found.proposed_by_id) == (one.pk, two.pk, "open", None)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # a mobile in common, other birthdays: against
        (
            {"phone": "090-1000-0001", "birthday": date(1980, 1, 1)},
            {"phone": "090-1000-0001", "birthday": date(1981, 1, 1)},
            [],
        ),
        # a mobile and a birthday, but two names: a family's phone would look so
        (
            {"phone": "090-1000-0001"},
            {"phone": "090-1000-0001", "given_name": "渚", "given_kana": "ナギサ"},
            [(50, ["same_phone", "two_names", "birthday", "two_numbers"])],
        ),
        # a household's telephone says little
        (
            {"phone": "03-1000-0001", "birthday": None},
            {"phone": "03-1000-0001", "birthday": None, "given_name": "渚", "given_kana": "ナギサ"},
            [],
        ),
        # likeness alone: a rare reading and a birthday, written otherwise
        ({}, {"given_name": "美緒"}, [(50, ["rare_reading", "birthday", "two_numbers"])]),
        # nothing in common but the name
        ({"birthday": None}, {"birthday": None}, []),
    ],
)
def test_scores(db: None, first: dict[str, Any], second: dict[str, Any], expected: list[Any]) -> None:
    assert told(look(*pair(first, second))) == expected


def test_a_common_name_weighs_less_than_a_rare_one(db: None) -> None:
    # given: a hundred of one name, born on different days
    for number in range(101):
        factories.customer(birthday=date(1960, 1, 1) + timedelta(days=number))
    one, two = factories.customer(birthday=date(2001, 2, 3)), factories.customer(birthday=date(2001, 2, 3))
    # when, then: 3 for the reading, 25 for the birthday, 5 for the spelling are too few
    assert look(one, two) == []


def test_reading_last_four_and_postcode(db: None) -> None:
    one, two = pair({"phone": "090-1000-1234", "birthday": None}, {"phone": "080-2000-1234", "birthday": None})
    for customer in (one, two):
        Address.objects.create(customer=customer, postcode="150-0041", valid_from=NOON.date(), source="test")
    assert told(look(one)) == [(60, ["rare_reading", "name", "place", "address", "two_numbers"])]


def test_an_identifier_of_three_is_nobodys_key(db: None) -> None:
    people = [factories.customer(**RARE, birthday=None, email=EMAIL) for _each in range(3)]
    assert look(*people) == []


def test_two_people_are_never_proposed_again_not_even_after_a_merge(cast: Cast) -> None:
    # given
    one, two = pair({"email": EMAIL}, {"email": EMAIL})
    (found,) = look(one, two)
    merging.keep_apart(actor=cast.actor("data_steward"), candidate_uuid=str(found.uuid))
    assert look(one, two) == []
    # when: one of them becomes part of a third record
    third = factories.customer(family_name="別", birthday=None)
    merging.merge(
        actor=cast.actor("data_steward"), survivor_uuid=str(third.uuid), absorbed_uuid=str(two.uuid),
        choices={"name": "absorbed", "reading": "absorbed", "birthday": "absorbed"},
    )  # fmt: skip
    # then
    assert look(one, third) == []
    assert MergeCandidate.objects.filter(state="open").count() == 0


def test_looking_again_changes_the_score_and_nothing_else(cast: Cast) -> None:
    one, two = pair({"email": EMAIL, "birthday": None}, {"email": EMAIL, "birthday": None})
    (first,) = look(one)
    Customer.objects.filter(pk__in=[one.pk, two.pk]).update(birthday=date(1999, 9, 9))
    (second,) = look(one)
    assert (second.pk, second.uuid, second.score) == (first.pk, first.uuid, 100)
    assert MergeCandidate.objects.count() == 1


def test_only_a_proven_key_without_contradiction_is_merged_by_itself(db: None) -> None:
    # given
    one, two = pair({}, {})
    without_number(two)
    proven(one, two)
    # when
    with clock.at(NOON):
        resolution.work()
    # then
    event = MergeEvent.objects.get()
    assert (event.survivor_id, event.absorbed_id, event.rule, event.actor_id) == (one.pk, two.pk, "proven", None)
    assert [each["code"] for each in event.evidence] == ["proven", "rare_reading", "name", "birthday"]
    assert MergeCandidate.objects.get().state == "merged"


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        ({"member_number": "70000009"}, "line"),  # two member numbers
        ({"birthday": date(1950, 1, 1), "member_number": ""}, "line"),
        ({"given_name": "渚", "given_kana": "ナギサ", "member_number": ""}, "phone"),
    ],
)
def test_a_contradiction_waits_for_the_data_steward(db: None, second: dict[str, Any], kind: str) -> None:
    has_number = bool(second.pop("member_number"))
    one, two = pair({}, second)
    if not has_number:
        without_number(two)
    proven(one, two, kind=kind, value="+819010000001" if kind == "phone" else "U123")
    with clock.at(NOON):
        resolution.work()
    assert not MergeEvent.objects.exists()
    assert Customer.objects.filter(merged_into__isnull=False).count() == 0


def test_a_silent_proven_phone_is_a_claimed_one(db: None) -> None:
    one, two = pair({}, {})
    without_number(two)
    proven(one, two, kind="phone", value="+819010000001", at=NOON - timedelta(days=366))
    with clock.at(NOON):
        resolution.work()
    assert not MergeEvent.objects.exists()
    assert MergeCandidate.objects.get().evidence[0]["code"] == "same_phone"


def test_nobody_grows_beyond_four_records_by_itself(db: None) -> None:
    one, two = pair({}, {})
    without_number(two)
    for _each in range(3):
        old = factories.customer(family_name="旧")
        Customer.objects.filter(pk=old.pk).update(merged_into=one)
    proven(one, two)
    with clock.at(NOON):
        resolution.work()
    assert not MergeEvent.objects.exists()


def test_the_nightly_job_runs_once_and_looks_at_what_changed(db: None) -> None:
    # given
    one, two = pair({"email": EMAIL}, {"email": EMAIL})
    old, older = pair({"email": ("o@example.jp", "o")}, {"email": ("o@example.jp", "o")})
    long_ago = timezone.now() - timedelta(days=9)
    Customer.objects.filter(pk__in=[old.pk, older.pk]).update(updated_at=long_ago, birthday=None, kana_key="ムカシ")
    Identity.objects.filter(customer__in=[old, older]).update(created_at=long_ago)
    # when
    look_for_duplicates()
    # then
    assert set(MergeCandidate.objects.values_list("left_id", "right_id")) == {(one.pk, two.pk)}
    MergeCandidate.objects.all().delete()
    look_for_duplicates()
    assert not MergeCandidate.objects.exists()


def propose(cast: Cast, role: str = "clerk", **given: Any) -> MergeCandidate:
    return resolution.propose(
        **{
            "actor": cast.actor(role),
            "customer_uuid": str(cast.hanako.uuid),
            "other": "９０００００02",
            "reason": "同じカードを2枚お持ちでした",
            **given,
        }
    )


def test_staff_who_noticed_propose_a_pair(cast: Cast) -> None:
    # when
    with clock.at(NOON):
        found = propose(cast)
    # then
    assert (found.left_id, found.right_id) == (cast.hanako.pk, cast.namesake.pk)
    assert (found.score, found.proposed_by_id, found.found_at) == (55, cast.staff["clerk"].pk, NOON)
    assert found.evidence[-1] == {"code": "staff", "reason": "同じカードを2枚お持ちでした"}
    # and looking again keeps what was said
    assert look(cast.hanako)[0].evidence[-1]["code"] == "staff"


@pytest.mark.parametrize(
    ("given", "wanted", "code"),
    [
        ({"reason": "同じ"}, Invalid, "merge_reason"),
        ({"reason": "長" * 201}, Invalid, "merge_reason"),
        ({"other": "99999999"}, Invalid, "merge_other"),
        ({"other": "山田"}, Invalid, "merge_other"),
        ({"other": "90000001"}, Invalid, "merge_itself"),
        ({"customer_uuid": "00000000-0000-7000-8000-000000000000"}, NotFound, "not_found"),
        ({"role": "data_steward"}, Refused, "not_allowed"),
        ({"role": "marketer"}, Refused, "not_allowed"),
    ],
)
def test_what_cannot_be_proposed_is_refused(
    cast: Cast, given: dict[str, Any], wanted: type[DomainError], code: str
) -> None:
    with pytest.raises(wanted) as caught:
        propose(cast, **given)
    assert caught.value.code == code
    assert not MergeCandidate.objects.exists()


def test_a_clerk_of_another_store_proposes_nothing(cast: Cast) -> None:
    with pytest.raises(NotFound):
        propose(cast, customer_uuid=str(cast.far.uuid))
    assert not MergeCandidate.objects.exists()


def test_what_was_decided_stays_decided(cast: Cast) -> None:
    merging.keep_apart(actor=cast.actor("data_steward"), candidate_uuid=str(propose(cast).uuid))
    with pytest.raises(Conflict) as caught:
        propose(cast)
    assert caught.value.code == "merge_distinct"
    assert MergeCandidate.objects.get().state == "distinct"


def test_looking_costs_the_same_for_one_and_for_many(cast: Cast, django_assert_max_num_queries: Any) -> None:
    people = [factories.customer(**RARE, email=(f"{n}@example.jp", "x"), birthday=None) for n in range(6) for _ in "ab"]
    # 1 identifiers 2 readings 3 decided 4 identities 5 homes 6 customers 7 frequencies 8 insert 9 open ones 10 answer,
    # and two savepoints
    with django_assert_max_num_queries(14):
        assert len(look(*people)) == 6


def test_it_finds_by_indexes(db: None) -> None:
    crowd.fill(many=8000)
    ids = list(Customer.objects.order_by("-pk").values_list("pk", flat=True)[:20])
    for statement in (resolution.BY_IDENTIFIER, resolution.BY_READING):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", [ids])
            plan = str(cursor.fetchone()[0])
        assert re.findall(r"Seq Scan", plan) == []
