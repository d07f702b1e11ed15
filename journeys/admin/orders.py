"""Orders in the back office: to read. They are reported by their channels."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.lib.admin import ReadOnlyAdmin
from journeys.models import Order
from journeys.selectors import orders


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin[Order]):
    """Orders newest first; found by their number at the source. No names of customers: her page has them."""

    list_display = ("external_id", "source", "placed_at", "channel", "store", "sum_paid", "state", "is_private")
    list_filter = ("state", "channel")
    list_select_related = ("store",)
    search_fields = ("=external_id",)
    fields = (
        "external_id", "source", "channel", "store", "staff", "placed_at", "state", "tracking", "paid_at",
        "shipped_at", "delivered_at", "cancelled_at", "sum_paid", "currency", "is_tax_included", "is_private", "sold",
        "paid_with", "given_back",
    )  # fmt: skip
    readonly_fields = fields

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Order | None:
        """With what was sold, how it was paid and what came back: 5 queries, however long the order is."""
        row: Order | None = super().get_object(request, object_id, from_field)
        if row is not None:
            prefetch_related_objects([row], "lines__variant__style", "lines__returns", "tenders", "returns")
        return row

    @admin.display(description=_("total"))
    def sum_paid(self, row: Order) -> str:
        """The total as people write it."""
        return orders.money(amount=row.total, currency=row.currency)

    @admin.display(description=_("items"))
    def sold(self, row: Order) -> SafeString:
        """Each line: name, pieces, what was paid, what came back."""
        return _lines((line.name, line.words) for line in orders.sold_in(order=row))

    @admin.display(description=_("payments"))
    def paid_with(self, row: Order) -> SafeString:
        """How it was paid."""
        return _lines((words, "") for words in orders.payments_of(order=row))

    @admin.display(description=_("returns"))
    def given_back(self, row: Order) -> SafeString:
        """What came back, and the money with it."""
        return _lines((back.label, f"{back.refunded} {back.reason}") for back in orders.returns_of(order=row))


def _lines(rows: Any) -> SafeString:
    return format_html_join("\n", "<p>{} {}</p>", rows)
