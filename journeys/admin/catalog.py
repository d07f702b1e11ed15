"""The catalogue in the back office: to read. It is written by its source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from config.lib.admin import ReadOnlyAdmin
from customers import access
from customers.services import names
from journeys.models import Style, Variant

COSTS = frozenset({"cost", "costs"})


@admin.register(Style)
class StyleAdmin(ReadOnlyAdmin[Style]):
    """Styles by name; found by any writing of their name, brand or number."""

    list_display = ("name_ja", "name_en", "brand", "category", "external_id", "is_active", "updated_at")
    list_filter = ("is_active",)
    list_select_related = ("category",)
    search_fields = ("search_key",)
    fields = (
        "name_ja", "name_en", "brand", "category", "details", "image_url", "is_active", "source", "external_id",
        "updated_at",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("attributes"))
    def details(self, row: Style) -> SafeString:
        """What its source tells of it: the theme would show letters of other scripts as codes."""
        return format_html_join(", ", "{}: {}", sorted(row.attributes.items()))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Style], search_term: str
    ) -> tuple[QuerySet[Style], bool]:
        """Look for the term as it is stored: one width, one kana, one case."""
        return super().get_search_results(request, queryset, names.name_key(search_term))


@admin.register(Variant)
class VariantAdmin(ReadOnlyAdmin[Variant]):
    """Colours and sizes with their prices; what they cost us only for who may see it."""

    list_display = ("sku", "style", "colour", "size", "barcode", "price", "cost", "is_active", "updated_at")
    list_filter = ("is_active",)
    list_select_related = ("style",)
    search_fields = ("=sku", "=barcode", "style__search_key")
    fields = (
        "style", "sku", "barcode", "colour", "size", "currency", "price", "cost", "prices", "costs", "is_active",
        "source", "external_id", "updated_at",
    )  # fmt: skip
    readonly_fields = fields

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Without the cost price for who may not see it."""
        return _seen(request, self.list_display)

    def get_fields(self, request: HttpRequest, obj: Variant | None = None) -> list[Any]:
        """Without the cost price for who may not see it."""
        return _seen(request, self.fields)

    get_readonly_fields = get_fields

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Variant | None:
        """With its prices, which the page shows in several places: 1 query for all of them."""
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            prefetch_related_objects([row], "prices")
        return row

    @admin.display(description=_("list price over time"))
    def prices(self, row: Variant) -> SafeString:
        """What it cost our customers when, newest first."""
        return _over_time((change.valid_from, change.price) for change in row.prices.all())

    @admin.display(description=_("cost price over time"))
    def costs(self, row: Variant) -> SafeString:
        """What it cost us when, newest first."""
        return _over_time((change.valid_from, change.cost) for change in row.prices.all() if change.cost is not None)


def _seen(request: HttpRequest, names_of_columns: Sequence[str]) -> list[Any]:
    may_see = access.may(access.actor_of(request.user), "catalog.cost")
    return [name for name in names_of_columns if may_see or name not in COSTS]


def _over_time(amounts: Iterable[tuple[datetime, int]]) -> SafeString:
    lines = ((date_format(localtime(moment), "SHORT_DATE_FORMAT"), amount) for moment, amount in amounts)
    return format_html_join(", ", "{}: {}", lines)
