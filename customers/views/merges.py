"""The data steward's pages: pairs that may be one person, one pair side by side, and merges to take back."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from config.lib.rows import time_ordered_uuid
from customers import access, forms
from customers.models import MergeEvent
from customers.services import mergedesk, mergefields, merging, resolution


def queue(request: HttpRequest) -> HttpResponse:
    """List what waits, best first, and what was merged, with undo."""
    found = mergedesk.open_queue(actor=access.actor_of(request.user))
    return render(request, "customers/merges.html", {"found": found, "key": str(time_ordered_uuid())})


def review(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one pair side by side; both records count as opened."""
    actor = access.actor_of(request.user)
    found = mergedesk.open_review(actor=actor, candidate_uuid=str(uuid), keep=request.GET.get("keep", ""))
    may_merge = access.may(actor, "merge.do")
    context = {"found": found, "may_merge": may_merge, "key": str(time_ordered_uuid())}
    return render(request, "customers/merge.html", context)


def merge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Merge a pair as chosen; the list then says how to take it back."""
    actor = access.actor_of(request.user)
    given = {name: request.POST.get(name, "") for name in ("survivor", "absorbed")}
    sides = {name: request.POST.get(f"side-{name}", "") for name in sorted(mergefields.CHOICES)}
    choices = {name: side for name, side in sides.items() if side}

    def act() -> str:
        event: MergeEvent = merging.merge(
            actor=actor,
            survivor_uuid=_uuid(given["survivor"]),
            absorbed_uuid=_uuid(given["absorbed"]),
            choices=choices,
            candidate_uuid=str(uuid),
        )
        return str(event.uuid)

    return _done(request, act, _("Merged. It can be taken back below."), {**given, **sides})


def keep_apart(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Two people: never proposed again."""
    actor = access.actor_of(request.user)

    def act() -> str:
        merging.keep_apart(actor=actor, candidate_uuid=str(uuid))
        return ""

    return _done(request, act, _("Two people. This pair will not be proposed again."))


def undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a merge back."""
    actor = access.actor_of(request.user)

    def act() -> str:
        return str(merging.undo(actor=actor, merge_uuid=str(uuid)).uuid)

    return _done(request, act, _("Taken back. Both records are as they were."))


def propose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Tell the data steward that this customer has a second record."""
    actor = access.actor_of(request.user)
    other, reason = request.POST.get("other", ""), request.POST.get("reason", "")

    def act() -> str:
        found = resolution.propose(actor=actor, customer_uuid=str(uuid), other=other, reason=reason)
        return str(found.uuid)

    try:
        answer = forms.once(request, actor, {"other": other, "reason": reason}, act)
    except DomainError as error:
        typed = [
            forms.Line("other", _("Member number of the other record"), other),
            forms.Line("reason", _("How do you know?"), reason),
        ]
        return forms.refused(request, error, uuid=uuid, typed=typed, kept={})
    if not answer.is_replay:
        messages.success(request, _("Passed on. A data steward compares the two."))
    return redirect("customer-page", uuid=uuid)


def _done(request: HttpRequest, act: forms.Act, words: str, fields: Mapping[str, str] | None = None) -> HttpResponse:
    """Do it once, and go back to the list with what happened or why not."""
    try:
        answer = forms.once(request, access.actor_of(request.user), fields or {}, act)
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error.message))
    else:
        if not answer.is_replay:
            messages.success(request, words)
    return redirect("merges")


def _uuid(text: str) -> str:
    """A form may say anything; what is no uuid names no customer."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(UUID(int=0))
