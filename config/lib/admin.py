"""Admin bases: rights from the policy table, no COUNT on big tables, append-only rows read-only.

The policy lives in a room above this layer, so the bases are told who decides by `rights` (set once at start).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import SuspiciousOperation
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.text import capfirst
from unfold.admin import ModelAdmin as UnfoldModelAdmin

from config.lib.errors import DomainError

M = TypeVar("M", bound=Model)
ROW_NUMBER = re.compile(r"[0-9]{1,18}")
MOST_PAGES = 2_000  # a page further back costs the database more than a filter costs the reader

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _TypedAdmin

    class _Base(_TypedAdmin[M]): ...

    _Pages = Paginator[Any]
else:

    class _Base(UnfoldModelAdmin, Generic[M]): ...

    _Pages = Paginator


class _Rights:
    """Answers whether a user may call an admin route; refuses everything until the policy is plugged in."""

    decide: Callable[[Any, str, str], bool] = staticmethod(lambda user, route, method: False)


rights = _Rights()


class PolicyAdmin(_Base[M]):
    """An admin page whose every right is a row of the policy table; flags and Django permissions mean nothing."""

    list_per_page = 50
    show_full_result_count = False
    actions_selection_counter = False
    compressed_fields = True

    def _route(self, page: str) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return rights.decide(request.user, self._route("changelist"), "GET")

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return rights.decide(request.user, self._route("change"), "POST")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return rights.decide(request.user, self._route("add"), "POST")

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return rights.decide(request.user, self._route("delete"), "POST")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only the filters the list itself declares: any other lookup would read hidden fields bit by bit."""
        declared = [getattr(item, "parameter_name", item) for item in self.get_list_filter(request)]  # type: ignore[arg-type]
        paths = {str(item[0] if isinstance(item, list | tuple) else item) for item in declared}
        return lookup in paths or lookup.rpartition("__")[0] in paths

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Name a list by what stands in it ("Stores"), not by what to do ("Select store to change")."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> M | None:
        """Find by the primary key when `_to_field` is empty: Django would look for a field without a name and fail."""
        return super().get_object(request, object_id, from_field or None)

    def response_action(self, request: HttpRequest, queryset: QuerySet[M]) -> HttpResponse | None:  # type: ignore[override]
        """Run the chosen action. Chosen rows are numbers: Django would ask the database for anything."""
        if not all(ROW_NUMBER.fullmatch(pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise SuspiciousOperation("a chosen row is not a number")
        return super().response_action(request, queryset)

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Tell a paginator that does not count which page is asked for."""
        paginator: Any = super().get_paginator(request, *args, **kwargs)
        page = request.GET.get("p", "")
        # At least one: a count of one page would make the list show the whole table at once.
        paginator.asked = max(1, min(int(page), MOST_PAGES)) if ROW_NUMBER.fullmatch(page) else 1
        return paginator

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Django's own log would keep names outside the policy; services keep their own history."""
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def tell(self, request: HttpRequest, error: DomainError) -> None:
        """Show a domain error as a message of the page, in place of Django's word of success."""
        self.message_user(request, str(error.message), messages.ERROR)
        request.was_refused = True  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: M, post_url_continue: str | None = None) -> HttpResponse:
        return _same_page(request) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: M) -> HttpResponse:
        return _same_page(request) or super().response_change(request, obj)


def _same_page(request: HttpRequest) -> HttpResponse | None:
    """The form again when a service refused what it holds; None when it did not."""
    return redirect(request.get_full_path()) if getattr(request, "was_refused", False) else None


class UncountedPaginator(_Pages):
    """Pages of a table too big to count: knows the pages up to the one after the `asked` one."""

    asked = 1

    @cached_property
    def count(self) -> int:
        """Rows up to the end of the next page; never the table. 1 query."""
        return int(self.object_list[: (self.asked + 1) * self.per_page].count())  # type: ignore[attr-defined]


class ReadOnlyAdmin(PolicyAdmin[M]):
    """For append-only rows: nothing to add, change or delete."""

    paginator = UncountedPaginator
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False
