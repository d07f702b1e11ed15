"""Reactions: what waits, what was parked and why."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from config.lib.admin import PolicyAdmin, UncountedPaginator
from journeys.models import Reaction
from journeys.services import reactions


@admin.register(Reaction)
class ReactionAdmin(PolicyAdmin[Reaction]):
    """The queue in PostgreSQL, oldest first; parked rows can be put back."""

    paginator = UncountedPaginator
    list_display = ("number", "plug", "state", "attempts", "due_at", "problem", "done_at")
    list_display_links = None
    list_filter = ("state",)
    actions = ("put_back",)
    fields = ("plug", "state", "attempts", "due_at", "leased_until", "problem", "done_at")
    readonly_fields = fields

    @admin.display(description=_("number"), ordering="id")
    def number(self, row: Reaction) -> int:
        """Its place in the queue."""
        return row.pk

    @admin.action(description=_("Put back in the queue"))
    def put_back(self, request: HttpRequest, queryset: QuerySet[Reaction]) -> None:
        """Give parked rows fresh tries."""
        count = reactions.retry(reaction_ids=list(queryset.values_list("pk", flat=True)))
        words = ngettext("%(count)d reaction put back.", "%(count)d reactions put back.", count) % {"count": count}
        self.message_user(request, words, messages.SUCCESS)
