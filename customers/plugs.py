"""What this room itself plugs into its hooks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from config.lib import docpages
from customers import hooks
from customers.access import Actor
from customers.docpages import access_page
from customers.models import AttentionItem, CandidateList, ContextReceipt, Customer, Identity, Presentation, User
from customers.selectors import attention as attention_list
from customers.selectors import customers as people
from customers.selectors.rights import listings, rows_of


def profile_panel(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What the profile panel shows. 1 query."""
    return {"profile": people.profile_of(customer=customer, actor=actor), "seen": [f"profile:{customer.version}"]}


def register() -> None:
    """Called once from AppConfig.ready()."""
    hooks.customer_panel.register(
        "profile",
        hooks.Panel(
            title=_("Profile"),
            permission="customer.read",
            template="customers/panels/profile.html",
            selector=profile_panel,
            column="side",
        ),
        order=10,
    )
    hooks.home_tile.register(
        "attention",
        hooks.Tile(
            title=_("Needs attention"),
            permission="attention.read",
            route="admin:customers_attentionitem_changelist",
            icon="alert",
            count=attention_list.open_count,
        ),
        order=20,
    )
    hooks.home_tile.register(
        "stores",
        hooks.Tile(
            title=_("Stores"),
            permission="store.read",
            route="admin:customers_store_changelist",
            icon="store",
            count=lambda actor: None,
        ),
        order=60,
    )
    hooks.home_tile.register(
        "staff",
        hooks.Tile(
            title=_("Staff accounts"),
            permission="staff.manage",
            route="admin:customers_user_changelist",
            icon="person",
            count=lambda actor: None,
        ),
        order=70,
    )
    hooks.home_tile.register(
        "readlog",
        hooks.Tile(
            title=_("Read log"),
            permission="readlog.read",
            route="admin:customers_contextreceipt_changelist",
            icon="eye",
            count=lambda actor: None,
        ),
        order=80,
    )
    _register_rights()
    docpages.generated_page.register("hooks", docpages.hooks_page)
    docpages.generated_page.register("access", access_page)


def _register_rights() -> None:
    hooks.personal_data.register(Customer._meta.label, rows_of(Customer, path="pk"))
    hooks.personal_data.register(User._meta.label, rows_of(User))
    hooks.personal_data.register(CandidateList._meta.label, listings())
    for model in (Identity, ContextReceipt, Presentation, AttentionItem):
        hooks.personal_data.register(model._meta.label, rows_of(model))
