"""Work for a store or a colleague: given with a reason and a time, finished with a result."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import Conflict, FieldError, Invalid, NotFound
from config.lib.parsing import check_text
from customers import access
from customers.access import Actor, Scope
from customers.hooks import customer_fact
from customers.models import StaffProfile, StaffTask, Store
from customers.selectors import customers as people
from customers.selectors import stafftasks as list_of
from customers.services import locks

TITLE_LENGTH, REASON_LENGTH = 120, 200


@transactions.retried
def give(
    *,
    actor: Actor,
    title: str,
    due_at: datetime,
    store_id: int | None = None,
    assignee_id: int | None = None,
    customer_uuid: str | None = None,
    reason: str = "",
) -> StaffTask:
    """Give a task to a store, to one person, or to one person of a store; return it.

    Store roles give tasks inside their own store. Raises Refused without `task.write`, NotFound for a customer the
    actor does not see, Invalid (`task`, naming the field).
    """
    scope = access.require(actor, "task.write")
    customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid) if customer_uuid else None
    problems = _worded(title, reason, due_at) + _placed(actor, scope, store_id, assignee_id)
    if problems:
        raise Invalid("task", problems[0].detail, fields=tuple(problems))
    with transaction.atomic():
        return StaffTask.objects.create(
            title=title.strip(),
            reason=reason.strip(),
            due_at=due_at,
            store_id=store_id,
            assignee_id=assignee_id,
            customer=people.living(customer=customer) if customer else None,
            created_by_id=actor.user_id,
            created_at=clock.now(),
        )


@transactions.retried
def finish(*, actor: Actor, task_uuid: str, result: str, note: str = "") -> StaffTask:
    """Finish one of the actor's or her store's tasks with its result; return it.

    Locks its customer, then the task; tells `task.finished` about a customer. Raises Refused without `task.write`,
    NotFound for another store's task, Invalid (`task`), Conflict (`task_finished`) naming who was first.
    """
    access.require(actor, "task.write")
    check_text(note, "/note")
    if result not in StaffTask.Result.values or len(note) > REASON_LENGTH:
        raise Invalid("task", _("Say how the task ended."), fields=(FieldError("/result", "result", _("Choose one.")),))
    concerned = list_of.tasks_of(actor).filter(uuid=task_uuid).values_list("customer_id", flat=True)
    customer_ids = [pk for pk in concerned if pk is not None]
    with transaction.atomic():
        locks.hold_customers(customer_ids=customer_ids)
        task = StaffTask.objects.locked().filter(pk__in=list_of.tasks_of(actor).values("pk"), uuid=task_uuid).first()
        if task is None:
            raise NotFound("not_found", _("This task does not exist, or it is not yours."))
        if task.done_at is not None:
            by = task.done_by.get_full_name() if task.done_by else ""
            raise Conflict("task_finished", _("%(who)s has already finished this task.") % {"who": by})
        task.result, task.result_note = result, note.strip()
        task.done_at, task.done_by_id = clock.now(), actor.user_id
        task.save(update_fields=["result", "result_note", "done_at", "done_by"])
        _tell(actor, task, customer_ids)
    return task


def _worded(title: str, reason: str, due_at: datetime) -> list[FieldError]:
    check_text(title, "/title")
    check_text(reason, "/reason")
    problems = []
    if not title.strip() or len(title) > TITLE_LENGTH:
        problems.append(FieldError("/title", "title", _("Say what is to be done, in at most 120 characters.")))
    if len(reason) > REASON_LENGTH:
        problems.append(FieldError("/reason", "reason", _("A reason has at most 200 characters.")))
    if due_at.tzinfo is None:
        problems.append(FieldError("/due_at", "due_at", _("Say when it is due, with the time zone.")))
    return problems


def _placed(actor: Actor, scope: Scope, store_id: int | None, assignee_id: int | None) -> list[FieldError]:
    if store_id is None and assignee_id is None:
        return [FieldError("/store", "task_owner", _("A task needs a store or a person."))]
    is_foreign = scope is Scope.STORE and store_id not in {None, actor.own_store_id}
    if is_foreign or (store_id is not None and not Store.objects.filter(pk=store_id, is_open=True).exists()):
        return [FieldError("/store", "store", _("This store cannot be given a task by you."))]
    if assignee_id is not None and not _may_be_given(actor, scope, store_id, assignee_id):
        return [FieldError("/assignee", "assignee", _("This person cannot be given this task."))]
    return []


def _may_be_given(actor: Actor, scope: Scope, store_id: int | None, assignee_id: int) -> bool:
    """A person who reads tasks; of the task's store when it has one, of the actor's store for store roles."""
    person = StaffProfile.objects.filter(user_id=assignee_id, user__is_active=True).first()
    if person is None or not access.may(Actor(person.role), "task.read"):
        return False
    if scope is Scope.STORE and person.store_id != actor.own_store_id:
        return False
    return store_id is None or person.store_id == store_id


def _tell(actor: Actor, task: StaffTask, customer_ids: list[int]) -> None:
    for tell in customer_fact.values() if customer_ids else []:
        tell(
            fact="task.finished",
            customer_ids=customer_ids,
            actor=actor,
            source="customers.task",
            source_ids=[str(task.uuid)],
            occurred_at=task.done_at,
            data=[{"result": task.result}],
        )
