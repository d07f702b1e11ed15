"""What a person gets to read of what we keep: all of hers, nothing of anybody else's."""

from __future__ import annotations

import json

import pytest

from customers.hooks import PersonalData, personal_data
from customers.models import CandidateList, ContextReceipt
from customers.services import receipts
from tests import factories
from tests.cast import Cast

PLUGS = {plug.name: plug.value for plug in personal_data.plugs()}


@pytest.mark.parametrize("plug", PLUGS.values(), ids=PLUGS)
def test_an_export_costs_one_query(plug: PersonalData, cast: Cast, django_assert_num_queries: object) -> None:
    # 1 the rows of the one model
    with django_assert_num_queries(1):  # type: ignore[operator]
        plug.export(cast.hanako.pk)


def test_exports_are_hers_alone(cast: Cast) -> None:
    # given
    for customer in (cast.hanako, cast.namesake):
        factories.interaction(customer=customer)
        receipts.issue(
            actor=cast.actor("agent"), customer=customer, surface=ContextReceipt.Surface.PAGE, items=["note:1"]
        )
    # when
    rows = {name: plug.export(cast.hanako.pk) for name, plug in PLUGS.items()}
    # then
    assert {row["id"] for row in rows["customers.Customer"]} == {cast.hanako.pk}
    assert {row["customer_id"] for row in rows["customers.ContextReceipt"]} == {cast.hanako.pk}
    assert [row["kind"] for row in rows["journeys.Interaction"]] == ["profile.created", "call.received"]
    assert "090-2222-5678" not in json.dumps(rows, default=str)


def test_a_list_that_showed_her_does_not_show_her_the_others(cast: Cast) -> None:
    # given
    agent = cast.actor("agent")
    receipts.note_candidates(actor=agent, method="name", customer_ids=[cast.hanako.pk, cast.namesake.pk])
    receipts.note_candidates(actor=agent, method="name", customer_ids=[cast.namesake.pk])
    # when
    rows = PLUGS["customers.CandidateList"].export(cast.hanako.pk)
    # then
    shown = CandidateList.objects.order_by("pk")[0]
    assert rows == [
        {"id": shown.pk, "staff_id": agent.user_id, "searched_at": shown.searched_at, "method": "name"},
    ]
