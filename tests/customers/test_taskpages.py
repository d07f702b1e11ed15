"""Tasks on their pages: given, opened in one tap, finished in the second."""

from __future__ import annotations

import pytest
from django.urls import reverse

from config.lib import clock
from customers.models import StaffTask
from customers.services import stafftasks
from journeys.models import Interaction
from tests.cast import Cast
from tests.customers.test_worklist import client_of

DUE = "2026-12-01T19:00"


def given(cast: Cast, **more: object) -> StaffTask:
    """A task of Shibuya about Hanako."""
    return stafftasks.give(
        actor=cast.actor("clerk"),
        title="お直しのお電話",
        due_at=clock.now(),
        store_id=cast.shibuya.pk,
        customer_uuid=str(cast.hanako.uuid),
        **more,  # type: ignore[arg-type]
    )


def test_a_task_is_finished_in_two_taps(cast: Cast) -> None:
    # given the page of one task: the first tap
    row, client = given(cast), client_of(cast, "clerk")
    address = reverse("task", args=[row.uuid])
    page = client.get(address).content.decode()
    assert all(f'name="result" value="{value}"' in page for value in StaffTask.Result.values)
    # when a result is chosen: the second
    for _twice in range(2):
        answer = client.post(address, {"key": "one", "result": "not_reached", "note": "不在"}, follow=True)
    # then it is finished once, told on her timeline, and gone from the list
    row.refresh_from_db()
    assert (row.result, row.result_note, row.done_by_id) == ("not_reached", "不在", cast.staff["clerk"].pk)
    assert Interaction.objects.filter(kind="task.finished", customer=cast.hanako).count() == 1
    assert answer.redirect_chain == [(reverse("home"), 302)]
    assert "お直しのお電話" not in answer.content.decode()
    assert "Not reached" in client.get(address).content.decode()


def test_who_comes_second_is_told_who_was_first(cast: Cast) -> None:
    row = given(cast)
    stafftasks.finish(actor=cast.actor("store_manager"), task_uuid=str(row.uuid), result="done")
    answer = client_of(cast, "clerk").post(reverse("task", args=[row.uuid]), {"key": "x", "result": "done"})
    assert answer.status_code == 409
    assert "姓store_manager 名 has already finished this task." in answer.content.decode()
    row.refresh_from_db()
    assert row.done_by_id == cast.staff["store_manager"].pk


def test_a_task_is_given_from_the_customers_page(cast: Cast) -> None:
    client, give = client_of(cast, "clerk"), reverse("customer-task-give", args=[cast.hanako.uuid])
    body = {"key": "k", "title": "入荷の連絡", "reason": "紺のM", "due_at": DUE, "taker": cast.staff["clerk"].pk}
    for _twice in range(2):
        answer = client.post(give, body)
    assert (answer.status_code, answer["Location"]) == (302, reverse("customer-page", args=[cast.hanako.uuid]))
    row = StaffTask.objects.get()
    assert (row.title, row.reason, row.customer_id, row.assignee_id, row.store_id) == (
        "入荷の連絡",
        "紺のM",
        cast.hanako.pk,
        cast.staff["clerk"].pk,
        cast.shibuya.pk,
    )
    assert row.due_at.isoformat() == "2026-12-01T10:00:00+00:00"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"title": "", "due_at": DUE}, "Say what is to be done"),
        ({"title": "用", "due_at": ""}, "Say when it is due"),
        ({"title": "用", "due_at": "0001-01-01T00:00"}, "Say when it is due"),
        ({"title": "用", "due_at": DUE, "taker": "999999"}, "This person cannot be given this task."),
    ],
)
def test_a_refused_task_keeps_what_was_typed(cast: Cast, body: dict[str, str], words: str) -> None:
    answer = client_of(cast, "clerk").post(reverse("tasks"), {"key": "k", "reason": "急ぎ", **body})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="急ぎ"' in answer.content.decode()
    assert not StaffTask.objects.exists()


def test_a_colleague_of_another_store_neither_sees_nor_finishes_it(cast: Cast) -> None:
    row, client = given(cast), client_of(cast, "other_clerk")
    address = reverse("task", args=[row.uuid])
    assert client.get(address).status_code == 404
    assert client.post(address, {"key": "k", "result": "done"}).status_code == 404
    row.refresh_from_db()
    assert row.done_at is None
    give, body = reverse("customer-task-give", args=[cast.hanako.uuid]), {"key": "k", "title": "用", "due_at": DUE}
    assert client.post(give, body).status_code == 404
    assert StaffTask.objects.count() == 1


def test_the_office_gives_tasks_to_itself(cast: Cast) -> None:
    client_of(cast, "agent").post(reverse("tasks"), {"key": "k", "title": "折り返し", "due_at": DUE})
    row = StaffTask.objects.get()
    assert (row.assignee_id, row.store_id) == (cast.staff["agent"].pk, None)
