"""Tasks: the list, giving one, and finishing one with its result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from config.lib import clock
from config.lib.errors import DomainError, FieldError, Invalid
from customers import access, forms
from customers.access import Actor
from customers.models import StaffTask
from customers.selectors import customers as people
from customers.selectors import stafftasks as list_of
from customers.services import stafftasks
from customers.services.stafftasks import REASON_LENGTH, TITLE_LENGTH

AHEAD = timedelta(days=60)
WHOLE_STORE = "store"
FIELDS = ("title", "reason", "due_at", "taker")


def tasks(request: HttpRequest) -> HttpResponse:
    """List what waits for the actor in the coming weeks; by POST give a task."""
    actor = access.actor_of(request.user)
    if request.method == "POST":
        return _give(request, actor, None)
    return _list(request, actor, {"key": str(uuid4())})


def give_about(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give a task about a customer, from her page."""
    return _give(request, access.actor_of(request.user), uuid)


def task(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one task with its results to choose from; by POST finish it."""
    actor = access.actor_of(request.user)
    if request.method == "POST":
        return _finish(request, actor, uuid)
    return _one(request, actor, uuid, {"key": str(uuid4())})


def _one(request: HttpRequest, actor: Actor, uuid: UUID, more: Mapping[str, object], status: int = 200) -> HttpResponse:
    found, line = list_of.task_of(actor=actor, uuid=str(uuid))
    about = found.customer_id
    is_open = about is not None and people.visible_to(actor).filter(pk=about).exists()
    context = {
        "task": found,
        "line": line,
        "is_open_page": is_open,
        "results": StaffTask.Result.choices,
        "longest": REASON_LENGTH,
        **more,
    }
    return render(request, "customers/task.html", context, status=status)


def _list(request: HttpRequest, actor: Actor, more: Mapping[str, object], status: int = 200) -> HttpResponse:
    context = {
        "tasks": list_of.due_for(actor=actor, until=clock.now() + AHEAD),
        "takers": list_of.takers_for(actor=actor),
        "whole_store": actor.store_id is not None,
        "longest": TITLE_LENGTH,
        "longest_reason": REASON_LENGTH,
        **more,
    }
    return render(request, "customers/tasks.html", context, status=status)


def _give(request: HttpRequest, actor: Actor, about: UUID | None) -> HttpResponse:
    fields = forms.fields_of(request, *FIELDS)

    def give() -> str:
        given = stafftasks.give(
            actor=actor,
            title=fields["title"],
            reason=fields["reason"],
            due_at=_due(fields["due_at"]),
            store_id=actor.store_id,
            assignee_id=_taker(actor, fields["taker"]),
            customer_uuid=str(about) if about else None,
        )
        return str(given.uuid)

    try:
        answer = forms.once(request, actor, fields, give)
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        typed = {"problem": error.message, "typed": fields, "key": request.POST.get("key", ""), "about": about}
        return _list(request, actor, typed, error.status)
    if not answer.is_replay:
        messages.success(request, _("The task is on the list."))
    return redirect("customer-page", uuid=about) if about else redirect("tasks")


def _finish(request: HttpRequest, actor: Actor, uuid: UUID) -> HttpResponse:
    fields = forms.fields_of(request, "result", "note")

    def finish() -> str:
        done = stafftasks.finish(actor=actor, task_uuid=str(uuid), result=fields["result"], note=fields["note"])
        return str(done.uuid)

    try:
        answer = forms.once(request, actor, fields, finish)
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        typed = {"problem": error.message, "note": fields["note"], "key": str(uuid4())}
        return _one(request, actor, uuid, typed, error.status)
    if not answer.is_replay:
        messages.success(request, _("The task is finished."))
    return redirect("home")


def _due(text: str) -> datetime:
    due = forms.moment_of(text)
    if due is None:
        words = _("Say when it is due: a day and an hour.")
        raise Invalid("task", words, fields=(FieldError("/due_at", "due_at", words),))
    return due


def _taker(actor: Actor, text: str) -> int | None:
    """Nobody in particular for a store's task; the office gives tasks to itself. 0, which is nobody's, when unknown."""
    if text in {"", WHOLE_STORE}:
        return None if actor.store_id is not None else actor.user_id
    return forms.number_of(text) or 0
