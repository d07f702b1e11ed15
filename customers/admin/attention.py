"""The needs-attention list of one's own role."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from config.lib.admin import PolicyAdmin
from config.lib.errors import DomainError
from customers import access
from customers.models import AttentionItem
from customers.selectors import attention as attention_list
from customers.services import attention


class SettledFilter(admin.SimpleListFilter):
    """Open items first; settled ones on request."""

    title = _("state")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Open is the default and needs no entry of its own."""
        return [("yes", _("Settled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Split by whether somebody has dealt with it."""
        return queryset.filter(settled_at__isnull=self.value() != "yes")


@admin.register(AttentionItem)
class AttentionAdmin(PolicyAdmin[AttentionItem]):
    """What waits for this role, newest first; the act is to settle it."""

    list_display = ("raised_at", "title", "sentence", "store", "settled_at")
    list_display_links = None
    list_filter = (SettledFilter,)
    list_select_related = ("store",)
    actions = ("settle",)
    fields = ("raised_at", "title", "sentence", "store", "settled_at", "settled_by")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        """The actor's own list."""
        return attention_list.items_of(access.actor_of(request.user))

    @admin.display(description=_("what"))
    def title(self, item: AttentionItem) -> str:
        """The kind in words."""
        return attention_list.words_of(item)[0]

    @admin.display(description=_("details"))
    def sentence(self, item: AttentionItem) -> str:
        """What happened and what to do."""
        return attention_list.words_of(item)[1]

    @admin.action(description=_("Mark as settled"))
    def settle(self, request: HttpRequest, queryset: QuerySet[AttentionItem]) -> None:
        """Settle the chosen items."""
        try:
            ids = list(queryset.values_list("pk", flat=True))
            count = attention.settle(actor=access.actor_of(request.user), item_ids=ids)
        except DomainError as error:
            self.tell(request, error)
            return
        words = ngettext("%(count)d item settled.", "%(count)d items settled.", count) % {"count": count}
        self.message_user(request, words, messages.SUCCESS)
