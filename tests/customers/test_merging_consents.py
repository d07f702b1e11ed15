"""After a merge the stricter side wins, until she says something new to the record that stayed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.lib import clock
from customers.models import Customer
from customers.selectors import consents as verdicts
from customers.services import consents
from tests.cast import Cast
from tests.customers.test_merging import merge, undo
from tests.factories import NOON

ASKED = {"channel": "email", "purpose": "marketing"}


def say(cast: Cast, customer: Customer, *, is_given: bool, hours: int) -> None:
    with clock.at(NOON + timedelta(hours=hours)):
        consents.state(
            actor=cast.actor("agent"),
            customer_uuid=str(customer.uuid),
            is_given=is_given,
            text_version="v1",
            source="test",
            **ASKED,
        )


def verdict(customer: Customer) -> str:
    return verdicts.may(customer_id=customer.pk, **ASKED).reason


@pytest.mark.parametrize(("mine", "theirs"), [(True, False), (False, True), (False, False)])
def test_a_refusal_on_either_side_wins(cast: Cast, mine: bool, theirs: bool) -> None:
    # given
    say(cast, cast.hanako, is_given=mine, hours=1)
    say(cast, cast.far, is_given=theirs, hours=2)
    # when
    with clock.at(NOON + timedelta(hours=3)):
        event = merge(cast, cast.hanako, cast.far)
    # then
    assert verdict(cast.hanako) == "withdrawn"
    say(cast, cast.hanako, is_given=True, hours=4)
    assert verdict(cast.hanako) == "given"
    undo(cast, event)
    assert verdict(cast.far) == ("given" if theirs else "withdrawn")


def test_a_refusal_travels_through_a_chain_of_merges(cast: Cast) -> None:
    # given: the namesake refused, and was merged into Hanako before the far customer agreed
    say(cast, cast.namesake, is_given=False, hours=1)
    with clock.at(NOON + timedelta(hours=2)):
        merge(cast, cast.hanako, cast.namesake)
    say(cast, cast.far, is_given=True, hours=3)
    # when: only now are both hers
    with clock.at(NOON + timedelta(hours=4)):
        second = merge(cast, cast.far, cast.hanako)
    # then
    assert verdict(cast.far) == "withdrawn"
    assert verdicts.state_of(customer_id=cast.far.pk)["email", "marketing"].customer_id == cast.namesake.pk
    undo(cast, second)
    assert (verdict(cast.far), verdict(cast.hanako)) == ("given", "withdrawn")
