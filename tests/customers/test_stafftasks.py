"""Work for a store or a colleague: given with a time, finished once, with a result."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from config.lib import clock
from config.lib.errors import Conflict, DomainError, Invalid, NotFound, Refused
from customers import access
from customers.models import StaffTask
from customers.selectors import stafftasks as todo
from customers.services import stafftasks
from journeys.models import Interaction
from tests.cast import Cast
from tests.factories import NOON


def give(cast: Cast, **given: Any) -> StaffTask:
    return stafftasks.give(
        **{
            "actor": cast.actor("store_manager"),
            "title": "お直しの出来上がりを電話で知らせる",
            "due_at": NOON + timedelta(days=1),
            "store_id": cast.shibuya.pk,
            "customer_uuid": str(cast.hanako.uuid),
            "reason": "11/18 に承ったコート",
            **given,
        }
    )


def titles(cast: Cast, role: str, *, days: int = 2) -> list[str]:
    return [line.title for line in todo.due_for(actor=cast.actor(role), until=NOON + timedelta(days=days))]


def test_a_task_stands_on_the_stores_list_until_it_is_finished(cast: Cast) -> None:
    # given
    task = give(cast)
    # when
    with clock.at(NOON + timedelta(days=1, minutes=1)):
        (line,) = todo.due_for(actor=cast.actor("clerk"), until=NOON + timedelta(days=2))
        done = stafftasks.finish(
            actor=cast.actor("clerk"), task_uuid=str(task.uuid), result="not_reached", note="留守でした"
        )
    # then
    assert (line.title, line.customer, line.store, line.is_overdue, line.is_mine) == (
        task.title, "山田 花子", "渋谷店", True, False,
    )  # fmt: skip
    assert (done.result, done.result_note, done.done_by_id) == ("not_reached", "留守でした", cast.staff["clerk"].pk)
    assert titles(cast, "clerk") == []
    told = Interaction.objects.get(kind="task.finished")
    assert (told.customer_id, told.data) == (cast.hanako.pk, {"result": "not_reached"})


def test_a_list_is_what_waits_for_its_reader(cast: Cast) -> None:
    # given
    give(cast, title="店の誰か")
    give(cast, title="店員へ", assignee_id=cast.staff["clerk"].pk)
    give(cast, title="店長へ", assignee_id=cast.staff["store_manager"].pk)
    give(cast, title="来週", due_at=NOON + timedelta(days=7))
    give(cast, actor=cast.actor("agent"), title="他店", store_id=cast.umeda.pk)
    give(cast, actor=cast.actor("agent"), title="担当へ", store_id=None, assignee_id=cast.staff["agent"].pk)
    # when, then
    assert titles(cast, "clerk") == ["店の誰か", "店員へ"]
    assert titles(cast, "store_manager") == ["店の誰か", "店長へ"]
    assert titles(cast, "agent") == ["担当へ"]
    assert titles(cast, "marketer") == []
    assert len(titles(cast, "clerk", days=9)) == 3


def test_a_list_costs_one_query(cast: Cast, django_assert_num_queries: Any) -> None:
    for _number in range(5):
        give(cast)
    # 1 tasks with store, person and customer
    with django_assert_num_queries(1):
        assert len(titles(cast, "clerk")) == 5


def test_a_task_is_finished_once(cast: Cast) -> None:
    # given
    task = give(cast)
    stafftasks.finish(actor=cast.actor("clerk"), task_uuid=str(task.uuid), result="done")
    # when
    with pytest.raises(Conflict) as caught:
        stafftasks.finish(actor=cast.actor("store_manager"), task_uuid=str(task.uuid), result="not_needed")
    # then: who was first is named
    assert caught.value.code == "task_finished"
    assert "姓clerk" in str(caught.value.message)
    assert StaffTask.objects.get().result == "done"


def test_a_task_without_a_customer_tells_nothing(cast: Cast) -> None:
    task = give(cast, customer_uuid=None)
    stafftasks.finish(actor=cast.actor("clerk"), task_uuid=str(task.uuid), result="done")
    assert not Interaction.objects.filter(kind="task.finished").exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "/title"),
        ({"title": "長" * 121}, "/title"),
        ({"reason": "長" * 201}, "/reason"),
        ({"due_at": datetime(2026, 11, 21)}, "/due_at"),
        ({"store_id": None}, "/store"),
        ({"store_id": 999_999}, "/store"),
        ({"assignee_id": 999_999}, "/assignee"),
    ],
)
def test_a_task_nobody_can_do_is_refused(cast: Cast, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        give(cast, **given)
    assert caught.value.fields[0].pointer == field
    assert not StaffTask.objects.exists()


def test_a_store_gives_tasks_inside_itself(cast: Cast) -> None:
    for given in (
        {"store_id": cast.umeda.pk},
        {"store_id": None, "assignee_id": cast.other_clerk.pk},
        {"assignee_id": cast.other_clerk.pk},
        {"assignee_id": cast.staff["marketer"].pk},
        {"assignee_id": cast.bare.pk},
    ):
        with pytest.raises(Invalid):
            give(cast, customer_uuid=None, **given)
    with pytest.raises(NotFound):
        give(cast, customer_uuid=str(cast.far.uuid))
    assert not StaffTask.objects.exists()


@pytest.mark.parametrize("role", ["marketer", "executive", "auditor", "admin", "product_developer"])
def test_roles_without_the_right_give_and_finish_nothing(cast: Cast, role: str) -> None:
    task = give(cast)
    with pytest.raises(Refused):
        give(cast, actor=cast.actor(role))
    with pytest.raises(Refused):
        stafftasks.finish(actor=cast.actor(role), task_uuid=str(task.uuid), result="done")
    assert StaffTask.objects.get().done_at is None


def test_another_store_and_the_outsider_finish_nothing(cast: Cast) -> None:
    task = give(cast)
    for actor, error in ((access.actor_of(cast.other_clerk), NotFound), (access.Actor(access.ANONYMOUS), Refused)):
        with pytest.raises(error):
            stafftasks.finish(actor=actor, task_uuid=str(task.uuid), result="done")
    assert StaffTask.objects.get().done_at is None


@pytest.mark.parametrize("given", [{"result": ""}, {"result": "maybe"}, {"note": "長" * 201}, {"note": "\x00"}])
def test_a_finish_without_a_result_is_refused(cast: Cast, given: dict[str, str]) -> None:
    task = give(cast)
    with pytest.raises(DomainError):
        stafftasks.finish(**{"actor": cast.actor("clerk"), "task_uuid": str(task.uuid), "result": "done", **given})
    assert StaffTask.objects.get().done_at is None
