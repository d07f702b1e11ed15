"""What this room itself plugs into its hooks."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from config.lib import docpages
from customers import hooks
from customers.docpages import access_page, personal_page
from customers.hooks import OnClash, OnMerge
from customers.models import (
    Address,
    Anniversary,
    AttentionItem,
    AttributeValue,
    CandidateList,
    CardCode,
    ConsentEntry,
    ContactHold,
    ContextReceipt,
    Customer,
    CustomerTag,
    Identity,
    MergeCandidate,
    MergeEvent,
    Presentation,
    Reveal,
    StaffTask,
    StoreTie,
    User,
)
from customers.panels import identity as identity_panel
from customers.panels import profile as profile_panel
from customers.panels import rights as rights_panel
from customers.panels import tasks as task_panel
from customers.personal import HELD
from customers.selectors import attention as attention_list
from customers.selectors.rights import decisions, listings, rows_of

PERSONAL = (
    Address,
    Anniversary,
    AttentionItem,
    AttributeValue,
    CardCode,
    ConsentEntry,
    ContactHold,
    ContextReceipt,
    CustomerTag,
    Identity,
    Presentation,
    Reveal,
    StaffTask,
    StoreTie,
)
# Of a decision about two records only what does not tell of the other one.
MERGE_COLUMNS = ("id", "rule", "merged_at", "undone_at")
PAIR_COLUMNS = ("id", "score", "state", "found_at", "decided_at")


def register() -> None:
    """Called once from AppConfig.ready()."""
    profile_panel.register()
    identity_panel.register()
    rights_panel.register()
    task_panel.register()
    _register_tiles()
    _register_merges()
    _register_rights()
    docpages.generated_page.register("hooks", docpages.hooks_page)
    docpages.generated_page.register("access", access_page)
    docpages.generated_page.register("personal-data", personal_page)
    for held in HELD:
        hooks.field_register.register(held.model._meta.label, held)


def _register_tiles() -> None:
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


def _register_merges() -> None:
    for log in (CardCode, ConsentEntry, ContextReceipt, Presentation, Reveal):
        _merge_rule(log, how=OnMerge.CLUSTER)
    for decision, field in (
        (MergeCandidate, "left"),
        (MergeCandidate, "right"),
        (MergeEvent, "survivor"),
        (MergeEvent, "absorbed"),
    ):
        _merge_rule(decision, field=field, how=OnMerge.CLUSTER)
    _merge_rule(Customer, field="merged_into")
    _merge_rule(Identity, newer=("verified_at", "created_at"))
    _merge_rule(Address, newer=("valid_from",), clash=OnClash.END, ends="valid_to")
    _merge_rule(Anniversary, newer=("created_at",))
    _merge_rule(AttentionItem)
    _merge_rule(AttributeValue, newer=("updated_at",))
    _merge_rule(ContactHold, newer=("placed_at",), clash=OnClash.END, ends="lifted_at")
    _merge_rule(CustomerTag, newer=("added_at",))
    _merge_rule(StaffTask)
    _merge_rule(StoreTie, newer=("last_at",))
    _merge_rule(User, clash=OnClash.STAY)


def _merge_rule(model: type[Model], **given: Any) -> None:
    rule = hooks.MergeRule(model, **given)
    hooks.customer_merged.register(rule.name, rule)


def _register_rights() -> None:
    hooks.personal_data.register(Customer._meta.label, rows_of(Customer, path="pk"))
    hooks.personal_data.register(User._meta.label, rows_of(User, without={"password"}))
    hooks.personal_data.register(CandidateList._meta.label, listings())
    merged = decisions(
        MergeEvent, paths=("survivor_id", "absorbed_id"), columns=("id", "rule", "merged_at", "undone_at")
    )
    hooks.personal_data.register(MergeEvent._meta.label, merged)
    alike = decisions(
        MergeCandidate, paths=("left_id", "right_id"), columns=("id", "score", "state", "found_at", "decided_at")
    )
    hooks.personal_data.register(MergeCandidate._meta.label, alike)
    for model in PERSONAL:
        hooks.personal_data.register(model._meta.label, rows_of(model))
