"""Fifty more of everything a page may list: what a query per row would show."""

from __future__ import annotations

from datetime import timedelta

from config.lib import clock
from customers import access
from customers.models import ContextReceipt, Role
from customers.services import attention, profiles, receipts
from journeys.models import ImportProblem, Reaction
from journeys.services import imports, instore
from tests import factories
from tests.permissions.world import MEMBERS_FILE, NEAR, World

MANY = 50


def grow(world: World) -> None:
    """Add fifty notes, facts, openings, items, imports, refused rows, customers, stores, accounts and reactions."""
    near, clerk = world.customers[NEAR], world.cast.actor("clerk")
    for number in range(MANY):
        written = instore.write_note(actor=clerk, customer_uuid=str(near.uuid), text=f"メモ{number}", scope="company")
        Reaction.objects.filter(interaction_id=written.interaction_id).update(state=Reaction.State.PARKED)
        factories.interaction(customer=near, actor=world.cast.actor("agent"), store_id=world.cast.umeda.pk)
        factories.store()
        factories.staff(username=f"more-{number}", role=Role.CLERK, store=world.cast.shibuya)
        for role in (Role.STORE_MANAGER, Role.SUPPORT_LEAD, Role.DATA_STEWARD, Role.ADMIN):
            attention.raise_item(
                kind="note_sensitive",
                key=f"more-{role}-{number}",
                owner_role=role,
                store_id=world.cast.shibuya.pk if role == Role.STORE_MANAGER else None,
                customer_id=near.pk,
                data={"note": number},
            )
    _open_often(world)
    _add_customers(world)
    _add_imports(world)


def _open_often(world: World) -> None:
    """Openings of the past, each of another customer's: none of them is still open."""
    with clock.at(clock.now() - timedelta(days=1)):
        for _number in range(MANY):
            receipts.issue(
                actor=world.cast.actor("clerk"),
                customer=world.customers[NEAR],
                surface=ContextReceipt.Surface.PAGE,
                items=["x"],
            )


def _add_customers(world: World) -> None:
    rows = [
        factories.profile(home_store=world.cast.shibuya, phone=f"090-4444-{1000 + number}") for number in range(MANY)
    ]
    profiles.upsert(
        actor=access.system(access.SYSTEM_DEMO),
        rows=rows,
        source="test:more",
        source_ids=[row.member_number for row in rows],
    )


def _add_imports(world: World) -> None:
    for number in range(MANY):
        imports.receive(actor=world.cast.actor("data_steward"), file_name=f"more-{number}.csv", chunks=[MEMBERS_FILE])
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(run=world.run, phase="check", line=100 + number, column="姓", value="x", code="family_name")
            for number in range(MANY)
        ]
    )
