"""What a store and a member of staff must do: the list of the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from config.lib import clock
from config.lib.errors import NotFound
from customers import access
from customers.access import Actor, Scope, Sight
from customers.models import StaffTask, User
from customers.models.staff import STORE_ROLES
from customers.selectors import customers as people

LONGEST_LIST = 200


@dataclass(frozen=True)
class TaskLine:
    """One open task as its reader may see it. `customer` is empty when it concerns nobody; `family_name` is what lists
    call her by."""

    uuid: str
    title: str
    reason: str
    due_at: datetime
    is_overdue: bool
    is_mine: bool
    store: str
    assignee: str
    customer_uuid: str
    customer: str
    customer_id: int | None = None
    family_name: str = ""


def tasks_of(actor: Actor) -> QuerySet[StaffTask]:
    """Return the tasks the actor may open and finish, by due time: her own and her store's; every task for the office.

    None for roles without `task.read`.
    """
    scope = access.scope_of(actor, "task.read")
    if scope is None:
        return StaffTask.objects.none()
    if scope is Scope.ALL:
        return StaffTask.objects.all()
    return StaffTask.objects.filter(Q(store_id=actor.own_store_id) | Q(assignee_id=actor.account_id))


def due_for(*, actor: Actor, until: datetime) -> list[TaskLine]:
    """Return the open tasks due before `until` that wait for the actor, earliest first, at most 200; overdue ones too.

    For store roles her own and her store's that nobody else has; for the office her own. Empty without `task.read`.
    1 query.
    """
    waiting = Q(assignee_id=actor.user_id)
    if actor.store_id is not None:
        waiting |= Q(store_id=actor.store_id, assignee__isnull=True)
    rows = tasks_of(actor).filter(waiting, done_at__isnull=True, due_at__lt=until)
    related = rows.select_related("store", "assignee", "customer").order_by("due_at", "id")
    return [_line(task, actor) for task in related[:LONGEST_LIST]]


def task_of(*, actor: Actor, uuid: str) -> tuple[StaffTask, TaskLine]:
    """Return one task the actor may open, finished or not, and its line. Raises NotFound. 1 query."""
    found = tasks_of(actor).filter(uuid=uuid).select_related("store", "assignee", "customer", "done_by").first()
    if found is None:
        raise NotFound("not_found", _("This task does not exist, or it is not yours."))
    return found, _line(found, actor)


def takers_for(*, actor: Actor) -> list[tuple[int, str]]:
    """Return (account, name) of whom the actor may give a task to: her store, herself first; the office herself only.

    1 query.
    """
    return takers_in(taker_rows(actor=actor), actor=actor)


def taker_rows(*, actor: Actor) -> QuerySet[User]:
    """Return the accounts of `takers_for`, not read yet."""
    rows = User.objects.filter(is_active=True, kind=User.Kind.STAFF).order_by("last_name", "first_name", "pk")
    if actor.store_id is None:
        return rows.filter(pk=actor.account_id)
    able = [role for role in STORE_ROLES if access.may(Actor(role), "task.read")]
    return rows.filter(staff__role__in=able, staff__store=actor.store_id)


def takers_in(rows: Iterable[User], *, actor: Actor) -> list[tuple[int, str]]:
    """Return (account, name) of rows, the actor first."""
    return sorted(((row.pk, str(row)) for row in rows), key=lambda pair: pair[0] != actor.user_id)


def _line(task: StaffTask, actor: Actor) -> TaskLine:
    customer = task.customer
    name = ""
    if customer is not None:
        shown = {Sight.VISIBLE: customer.full_name, Sight.MASKED: people.mask_name(customer), Sight.HIDDEN: ""}
        name = shown[access.sight(actor, "name")]
    return TaskLine(
        uuid=str(task.uuid),
        title=task.title,
        reason=task.reason,
        due_at=task.due_at,
        is_overdue=task.due_at < clock.now(),
        is_mine=task.assignee_id == actor.user_id,
        store=task.store.name if task.store else "",
        assignee=task.assignee.get_full_name() if task.assignee else "",
        customer_uuid=str(customer.uuid) if customer else "",
        customer=name,
        customer_id=task.customer_id,
        family_name=customer.family_name if customer and name else "",
    )
