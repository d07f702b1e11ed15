"""The rest of a profile: addresses, days, tags, the retailer's own fields, households."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from config.lib import clock
from config.lib.errors import Invalid, NotFound, Refused
from customers import access
from customers.models import (
    Address,
    Anniversary,
    AttributeDefinition,
    AttributeValue,
    Customer,
    CustomerTag,
    Household,
    Tag,
)
from customers.selectors import details
from customers.services import profileedits as edits
from journeys.models import Interaction
from tests.cast import Cast
from tests.factories import NOON

HOME = edits.AddressIn(
    postcode="１５０−００４１", prefecture="東京都", city="渋谷区", block="神南1-2-3", building="401"
)


def set_address(cast: Cast, role: str = "agent", address: edits.AddressIn = HOME, **given: Any) -> Address:
    told = {"actor": cast.actor(role), "customer_uuid": str(cast.hanako.uuid), "address": address, "source": "desk"}
    return edits.set_address(**{**told, **given})


def set_attributes(cast: Cast, role: str = "agent", **values: Any) -> list[str]:
    return edits.set_attributes(
        actor=cast.actor(role), customer_uuid=str(cast.hanako.uuid), values=values, source="desk"
    )


def told_fields() -> list[list[str]]:
    return [row.data["fields"] for row in Interaction.objects.filter(kind="profile.corrected").order_by("id")]


@pytest.fixture
def tags(db: None) -> None:
    """Two interests and one tag."""
    for code, kind in (("golf", "interest"), ("travel", "interest"), ("vip", "tag")):
        Tag.objects.create(code=code, kind=kind, label_ja=code)


@pytest.fixture
def fields(db: None) -> None:
    """One field of each type; clerks are shown the shoe size."""
    for code, kind in (
        ("shoe", "number"),
        ("club", "yes_no"),
        ("met", "date"),
        ("word", "text"),
        ("cut", "choice"),
    ):
        AttributeDefinition.objects.create(
            code=code,
            label_ja=code,
            type=kind,
            purpose="接客",
            choices=["slim", "wide"] if kind == "choice" else [],
            is_clerk_visible=code == "shoe",
        )
    AttributeDefinition.objects.create(code="old", label_ja="old", type="text", purpose="接客", is_active=False)


def test_a_new_address_ends_the_old_one(cast: Cast) -> None:
    # given
    with clock.at(NOON):
        first = set_address(cast)
        # when
        second = set_address(cast, address=edits.AddressIn(prefecture="大阪府", city="大阪市"))
    # then
    first.refresh_from_db()
    assert (first.postcode, first.valid_to) == ("150-0041", date(2026, 11, 20))
    assert (second.valid_from, second.valid_to) == (date(2026, 11, 20), None)
    assert told_fields() == [["address"], ["address"]]
    now = Customer.objects.get(pk=cast.hanako.pk)
    assert (now.version, now.completeness) == (3, 65)


def test_the_same_address_again_changes_nothing(cast: Cast) -> None:
    assert set_address(cast) == set_address(cast)
    assert (Address.objects.count(), told_fields()) == (1, [["address"]])


@pytest.mark.parametrize(
    "wrong",
    [{}, {"postcode": "150-004"}, {"city": "区" * 61}, {"block": "a\x00"}, {"block": "1-2-3", "country": "JPN"}],
)
def test_a_wrong_address_is_refused(cast: Cast, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        set_address(cast, address=edits.AddressIn(**wrong))
    assert not Address.objects.exists()


@pytest.mark.parametrize("role", ["clerk", "sales", "marketer", "executive", "auditor", "admin"])
def test_roles_that_see_no_address_write_none(cast: Cast, role: str) -> None:
    with pytest.raises(Refused):
        set_address(cast, role)
    assert (Address.objects.count(), told_fields()) == (0, [])


def test_other_stores_and_outsiders_edit_nothing(cast: Cast, tags: None) -> None:
    for actor, error in ((access.actor_of(cast.other_clerk), NotFound), (access.Actor(access.ANONYMOUS), Refused)):
        with pytest.raises(error):
            edits.set_tags(
                actor=actor, customer_uuid=str(cast.hanako.uuid), kind="interest", codes=["golf"], source="x"
            )
    assert (CustomerTag.objects.count(), told_fields()) == (0, [])


@pytest.mark.parametrize(("month", "day", "fits"), [(2, 29, True), (2, 30, False), (13, 1, False), (0, 1, False)])
def test_an_anniversary_is_a_day_of_the_year(cast: Cast, month: int, day: int, fits: bool) -> None:
    def add() -> Anniversary:
        return edits.add_anniversary(
            actor=cast.actor("clerk"),
            customer_uuid=str(cast.hanako.uuid),
            label=" 結婚記念日 ",
            month=month,
            day=day,
            source="counter",
        )

    if fits:
        assert add() == add()
        assert (Anniversary.objects.get().label, told_fields()) == ("結婚記念日", [["anniversaries"]])
    else:
        with pytest.raises(Invalid):
            add()
        assert not Anniversary.objects.exists()


def test_tags_are_replaced_within_their_kind(cast: Cast, tags: None) -> None:
    def put(kind: str, *codes: str) -> list[str]:
        return edits.set_tags(
            actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), kind=kind, codes=codes, source="counter"
        )

    # given
    put("tag", "vip")
    put("interest", "golf")
    before = Customer.objects.get(pk=cast.hanako.pk).completeness
    # when
    assert put("interest", "travel", "golf") == ["golf", "travel"]
    assert put("interest", "golf", "travel") == ["golf", "travel"]
    put("interest")
    # then
    assert list(CustomerTag.objects.values_list("tag__code", flat=True)) == ["vip"]
    assert told_fields() == [["tags"], ["interests"], ["interests"], ["interests"]]
    assert (before, Customer.objects.get(pk=cast.hanako.pk).completeness) == (55, 50)


def test_an_unknown_tag_is_refused(cast: Cast, tags: None) -> None:
    for codes in (["ski"], ["golf", "vip"]):
        with pytest.raises(Invalid):
            edits.set_tags(
                actor=cast.actor("agent"), customer_uuid=str(cast.hanako.uuid), kind="interest", codes=codes, source="x"
            )
    assert not CustomerTag.objects.exists()


def test_fields_take_what_their_type_says(cast: Cast, fields: None) -> None:
    # when
    changed = set_attributes(cast, shoe=24.5, club=True, met=date(2020, 2, 29), word="青", cut="slim")
    # then
    assert changed == ["club", "cut", "met", "shoe", "word"]
    kept = dict(AttributeValue.objects.values_list("definition__code", "value"))
    assert kept == {"shoe": 24.5, "club": True, "met": "2020-02-29", "word": "青", "cut": "slim"}
    # when, then: again nothing, then one cleared
    assert set_attributes(cast, shoe=24.5) == []
    assert set_attributes(cast, shoe=None) == ["shoe"]
    assert AttributeValue.objects.count() == 4
    assert told_fields()[-1] == ["attribute:shoe"]


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("shoe", "24.5"),
        ("shoe", True),
        ("shoe", float("nan")),
        ("shoe", float("inf")),
        ("club", 1),
        ("met", "2021-02-29"),
        ("word", ""),
        ("word", "長" * 501),
        ("word", "a\x00"),
        ("cut", "round"),
        ("old", "x"),
        ("none", "x"),
    ],
)
def test_a_value_of_another_type_is_refused(cast: Cast, fields: None, code: str, value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        set_attributes(cast, **{"club": True, code: value})
    assert [error.pointer for error in caught.value.fields] == [f"/{code}"]
    assert not AttributeValue.objects.exists()


def test_a_clerk_writes_and_sees_only_fields_shown_to_clerks(cast: Cast, fields: None) -> None:
    # given
    set_attributes(cast, shoe=24, word="青")
    # when, then
    with pytest.raises(Refused):
        set_attributes(cast, "clerk", word="赤")
    assert set_attributes(cast, "clerk", shoe=25) == ["shoe"]
    assert seen(cast, "clerk").fields == [details.Field("shoe", "shoe", 25)]
    assert [field.code for field in seen(cast, "agent").fields] == ["shoe", "word"]


def seen(cast: Cast, role: str) -> details.Details:
    customer = Customer.objects.get(pk=cast.hanako.pk)
    return details.details_of(customer=customer, actor=cast.actor(role))


def test_details_are_what_a_role_may_see(cast: Cast, tags: None, django_assert_num_queries: Any) -> None:
    # given
    set_address(cast)
    Customer.objects.filter(pk=cast.hanako.pk).update(gender="女性", occupation="教員")
    edits.set_tags(
        actor=cast.actor("agent"), customer_uuid=str(cast.hanako.uuid), kind="interest", codes=["golf"], source="x"
    )
    # when, then
    agent, clerk, lead = seen(cast, "agent"), seen(cast, "clerk"), seen(cast, "support_lead")
    assert (agent.address, clerk.address) == ("東京都渋谷区", "")
    assert lead.address == "〒150-0041 東京都渋谷区神南1-2-3 401"
    assert (agent.gender, agent.occupation, clerk.gender, clerk.occupation) == ("女性", "教員", "", "")
    assert (agent.interests, clerk.interests, agent.tags, agent.completeness) == (["golf"], ["golf"], [], 80)
    # 1 the customer  2 address  3 tags  4 anniversaries  5 fields
    with django_assert_num_queries(5):
        seen(cast, "clerk")


def test_a_household_is_shared(cast: Cast) -> None:
    def join(first: Customer, second: Customer) -> Household:
        return edits.join_household(
            actor=cast.actor("agent"), customer_uuid=str(first.uuid), with_uuid=str(second.uuid)
        )

    # when
    home = join(cast.hanako, cast.namesake)
    assert join(cast.far, cast.hanako) == home
    assert join(cast.far, cast.hanako) == home
    # then
    assert seen(cast, "agent").household == 3
    assert told_fields() == [["household"]] * 3
    with pytest.raises(Invalid):
        join(cast.hanako, cast.hanako)
    assert Household.objects.count() == 1


def test_the_day_is_the_one_in_japan(cast: Cast) -> None:
    # given: 8 in the morning of the 21st in Tokyo is still the 20th in UTC
    with clock.at(NOON.replace(hour=23)):
        assert set_address(cast).valid_from == timezone.localdate(clock.now()) == date(2026, 11, 21)
