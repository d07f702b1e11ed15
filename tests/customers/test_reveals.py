"""A masked field in full: for a reason, for a minute, and never unnoticed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from config.lib import clock
from config.lib.errors import DomainError, Invalid, NotFound, Refused, TooMany
from customers import access
from customers.models import Address, Customer, Reveal
from customers.selectors import customers as people
from customers.selectors import details
from customers.services import reveals
from tests import factories
from tests.cast import Cast
from tests.factories import NOON


@pytest.fixture
def known(cast: Cast) -> Customer:
    """A customer of Shibuya of whom we know everything that can be masked."""
    found = factories.customer(
        home_store=cast.shibuya,
        phone="090-4444-1234",
        email=("mei@example.jp", "mei@example.jp"),
        birthday=date(1990, 4, 1),
    )
    Address.objects.create(
        customer=found,
        postcode="150-0041",
        prefecture="東京都",
        city="渋谷区",
        block="神南1-2-3",
        building="寄り添いビル 401",
        valid_from=date(2026, 1, 1),
        source="test",
    )
    return found


def reveal(cast: Cast, customer: Customer, role: str = "agent", **given: Any) -> reveals.Revealed:
    return reveals.reveal(
        **{
            "actor": cast.actor(role),
            "customer_uuid": str(customer.uuid),
            "field": "phone",
            "reason": "折り返しの電話",
            **given,
        }
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "090-4444-1234"),
        ("email", "mei@example.jp"),
        ("birthday", "1990/04/01"),
        ("address", "〒150-0041 東京都渋谷区神南1-2-3 寄り添いビル 401"),
    ],
)
@pytest.mark.parametrize("role", ["agent", "store_manager"])
def test_a_masked_field_is_shown_for_a_minute(cast: Cast, known: Customer, role: str, field: str, value: str) -> None:
    # when
    with clock.at(NOON):
        shown = reveal(cast, known, role, field=field)
    # then
    assert shown == reveals.Revealed(value, NOON + timedelta(seconds=60))
    row = Reveal.objects.get()
    assert (row.staff_id, row.customer, row.field, row.reason) == (cast.staff[role].pk, known, field, "折り返しの電話")


def test_pages_show_it_to_her_alone_and_mask_it_again(cast: Cast, known: Customer) -> None:
    def seen(role: str, seconds: int) -> tuple[str, str]:
        with clock.at(NOON + timedelta(seconds=seconds)):
            actor = cast.actor(role)
            profile = people.profile_of(customer=known, actor=actor)
            return profile.phone, details.details_of(customer=known, actor=actor).address

    # given
    with clock.at(NOON):
        reveal(cast, known)
        reveal(cast, known, field="address")
    # when, then
    assert seen("agent", 59) == ("090-4444-1234", "〒150-0041 東京都渋谷区神南1-2-3 寄り添いビル 401")
    assert seen("agent", 60) == ("•••1234", "東京都渋谷区")
    assert seen("store_manager", 59) == ("•••1234", "東京都渋谷区")
    assert seen("clerk", 59) == ("•••1234", "")


def test_a_profile_costs_one_query_more_where_reveals_exist(
    cast: Cast, known: Customer, django_assert_num_queries: Any
) -> None:
    known = people.customer_by_uuid(actor=cast.actor("agent"), uuid=str(known.uuid))
    # 1 identities
    with django_assert_num_queries(1):
        people.profile_of(customer=known, actor=cast.actor("clerk"))
    # 1 what was revealed  2 identities
    with django_assert_num_queries(2):
        people.profile_of(customer=known, actor=cast.actor("agent"))


@pytest.mark.parametrize("role", ["clerk", "sales", "support_lead", "marketer", "executive", "auditor", "admin"])
def test_roles_without_the_right_reveal_nothing(cast: Cast, known: Customer, role: str) -> None:
    with pytest.raises(Refused):
        reveal(cast, known, role)
    assert not Reveal.objects.exists()


def test_other_stores_and_outsiders_reveal_nothing(cast: Cast, known: Customer) -> None:
    with pytest.raises(NotFound):
        reveal(cast, cast.far, "store_manager")
    with pytest.raises(Refused):
        reveal(cast, known, actor=access.Actor(access.ANONYMOUS))
    assert not Reveal.objects.exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"reason": "  "}, "reveal_reason"),
        ({"reason": "長" * 201}, "reveal_reason"),
        ({"field": "note"}, "reveal_field"),
        ({"field": "name"}, "reveal_field"),
    ],
)
def test_what_has_no_reason_or_no_mask_is_refused(
    cast: Cast, known: Customer, given: dict[str, str], code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        reveal(cast, known, **given)
    assert caught.value.code == code
    assert not Reveal.objects.exists()


def test_what_she_sees_anyway_and_what_nobody_knows_are_not_logged(cast: Cast, known: Customer) -> None:
    with pytest.raises(Invalid) as caught:
        reveal(cast, known, "data_steward", field="birthday")
    assert caught.value.code == "reveal_field"
    with pytest.raises(Invalid) as caught:
        reveal(cast, cast.hanako, field="email")
    assert caught.value.code == "reveal_empty"
    assert not Reveal.objects.exists()


def test_twenty_an_hour_and_no_more(cast: Cast, known: Customer) -> None:
    # given: refusals use up nothing
    with pytest.raises(DomainError):
        reveal(cast, known, reason="")
    for _try in range(20):
        reveal(cast, known)
    # when
    with pytest.raises(TooMany):
        reveal(cast, known)
    # then
    assert Reveal.objects.count() == 20
    reveal(cast, known, "store_manager")


def test_the_log_cannot_be_changed(cast: Cast, known: Customer) -> None:
    reveal(cast, known)
    with pytest.raises(DatabaseError), transaction.atomic():
        Reveal.objects.update(reason="")
    with pytest.raises(DatabaseError), transaction.atomic():
        Reveal.objects.all().delete()
    assert Reveal.objects.get().reason == "折り返しの電話"
