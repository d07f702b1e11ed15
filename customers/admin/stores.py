"""Stores."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from config.lib.admin import PolicyAdmin
from config.lib.errors import DomainError
from customers import access
from customers.models import Store
from customers.services import stores


@admin.register(Store)
class StoreAdmin(PolicyAdmin[Store]):
    """Where the retailer sells. Files and receipts name a store by its code, so the code stays as it is."""

    list_display = ("code", "name_ja", "name_en", "zone", "brand", "is_open")
    list_filter = ("is_open",)
    search_fields = ("code", "name_ja", "name_en")
    fields = ("code", "name_ja", "name_en", "zone", "brand", "is_open")

    def get_readonly_fields(self, request: HttpRequest, obj: Store | None = None) -> tuple[str, ...]:
        """The code is fixed once the store exists."""
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Store, form: Any, change: bool) -> None:
        """Save through the service."""
        try:
            stores.keep(actor=access.actor_of(request.user), store=obj, changed=form.changed_data)
        except DomainError as error:
            self.tell(request, error)
