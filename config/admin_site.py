"""The back office: one admin site, its navigation by policy, its sign-in with limits. Holds no business logic."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite


class AdminConfig(DjangoAdminConfig):
    """Makes ours the default site, so that every `@admin.register` lands on it."""

    default_site = "config.admin_site.YorisoiAdminSite"


class YorisoiAdminSite(UnfoldAdminSite):  # type: ignore[misc]
    """Staff only; pages and models by the policy table of customers.access."""

    enable_nav_sidebar = True

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """Send staff to the start page: its tiles are the index."""
        return redirect("home")

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff accounts enter; a shopper account never does, whatever its flags say."""
        user: Any = request.user
        return bool(user.is_active and user.is_staff and user.kind == "staff")


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar groups the actor may open, in the order of a working day."""
    from customers import access

    pages = [
        ("admin:customers_customer_changelist", _("Customers"), "group"),
        ("admin:journeys_importrun_changelist", _("Imports"), "upload_file"),
        ("admin:customers_attentionitem_changelist", _("Needs attention"), "priority_high"),
        ("admin:journeys_style_changelist", _("Styles"), "apparel"),
        ("admin:journeys_variant_changelist", _("Colours and sizes"), "sell"),
        ("admin:journeys_sourcecode_changelist", _("Source codes"), "qr_code_2"),
        ("admin:customers_store_changelist", _("Stores"), "storefront"),
        ("admin:customers_user_changelist", _("Staff accounts"), "badge"),
        ("admin:customers_contextreceipt_changelist", _("Read log"), "visibility"),
        ("admin:journeys_reaction_changelist", _("Reactions"), "sync"),
    ]
    items = [
        {"title": title, "icon": icon, "link": reverse_lazy(route)}
        for route, title, icon in pages
        if access.may_open(request.user, route, "GET")
    ]
    return [{"title": _("Back office"), "separator": False, "items": items}] if items else []
