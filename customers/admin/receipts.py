"""The read log: who opened whom, when, where. Nobody can change it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.lib.admin import ReadOnlyAdmin
from customers import access
from customers.access import Scope
from customers.models import ContextReceipt, Role


@admin.register(ContextReceipt)
class ReadLogAdmin(ReadOnlyAdmin[ContextReceipt]):
    """Newest first. Customers appear by number: the log tells who looked, not who the customer is."""

    list_display = ("opened_at", "staff", "role_name", "store", "customer_number", "surface")
    list_filter = ("surface",)
    list_select_related = ("staff", "store", "customer")
    fields = ("opened_at", "staff", "role_name", "store", "customer_number", "surface", "context_seq", "expires_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        """All rows for auditors, the own store's for store managers."""
        actor = access.actor_of(request.user)
        rows = super().get_queryset(request)
        scope = access.scope_of(actor, "readlog.read")
        if scope is None:
            return rows.none()
        return rows.filter(store_id=actor.own_store_id) if scope is Scope.STORE else rows

    @admin.display(description=_("role"))
    def role_name(self, row: ContextReceipt) -> str:
        """The role the reader had then."""
        return str(dict(Role.choices).get(row.role, row.role))

    @admin.display(description=_("customer"))
    def customer_number(self, row: ContextReceipt) -> str:
        """The member number's tail, or our own number."""
        number = row.customer.member_number
        return f"•••{number[-4:]}" if number else f"#{row.customer_id}"
