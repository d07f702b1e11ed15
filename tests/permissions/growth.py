"""Fifty more of everything a page may list: what a query per row would show."""

from __future__ import annotations

from datetime import timedelta

from config.lib import clock
from customers import access
from customers.models import ContextReceipt, Customer, Role, Store
from customers.services import attention, profiles, receipts, stafftasks
from journeys.models import ImportProblem, PriceChange, Reaction, Variant
from journeys.selectors.instore import today_here
from journeys.services import complaints, imports, instore, orders, reservations, wishlists
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
    _happen_often(world, _add_customers(world))
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


def _happen_often(world: World, others: list[Customer]) -> None:
    """Fifty goods, each wished for, tried on, put aside and complained about by Hanako, and put aside for and promised
    to somebody else; fifty prices of one of them."""
    near, store = world.customers[NEAR], world.cast.shibuya
    hers = {"actor": world.cast.actor("clerk"), "customer_uuid": str(near.uuid)}
    for number, other in enumerate(others):
        goods = factories.variant(size=f"{number}")
        factories.stocked(variant=goods, store=store, on_hand=9)
        wishlists.wish(**hers, style_id=goods.style_id, variant_id=goods.pk, channel="store")
        wishlists.save_interest(
            **hers, category_id=goods.style.category_id, attributes={"size": f"{number}"}, channel="store"
        )
        instore.record_tryon(**hers, variant_id=goods.pk)
        _buy(near, goods, store)
        complaints.open_complaint(**hers, category="late", about=f"遅れ{number}", say="", do_not_say="")
        for uuid in (str(near.uuid), str(other.uuid)):
            given = {"actor": world.cast.actor("clerk"), "customer_uuid": uuid}
            instore.write_note(**given, text=f"約束{number}", scope="company", type="promise", due_on=today_here())
            stafftasks.give(**given, title=f"用{number}", due_at=clock.now(), store_id=store.pk)
            reservations.reserve(
                **given,
                store_id=store.pk,
                lines=[(goods.pk, 1)],
                until=clock.now() + timedelta(days=3),
                channel="store",
            )
    PriceChange.objects.bulk_create(
        PriceChange(variant=world.goods.variant, valid_from=clock.now() + timedelta(days=day), price=100, cost=50)
        for day in range(1, MANY + 1)
    )


def _buy(customer: Customer, goods: Variant, store: Store) -> None:
    """An order, a piece of it that came back, a cart and a look, of one variant."""
    bought = factories.order(bought=[goods, goods], customer_id=customer.pk, channel="store", store_id=store.pk)
    back = orders.ReturnIn(
        "test", f"R{bought.pk}", clock.now(), (orders.ReturnLineIn(1, 1),), order_uuid=str(bought.uuid)
    )
    orders.record_return(actor=factories.DEMO, back=back)
    factories.cart(goods, customer_id=customer.pk, external_id=f"more-{bought.pk}")


def _add_customers(world: World) -> list[Customer]:
    rows = [
        factories.profile(home_store=world.cast.shibuya, phone=f"090-4444-{1000 + number}") for number in range(MANY)
    ]
    profiles.upsert(
        actor=access.system(access.SYSTEM_DEMO),
        rows=rows,
        source="test:more",
        source_ids=[row.member_number for row in rows],
    )
    return list(Customer.objects.filter(member_number__in=[row.member_number for row in rows]))


def _add_imports(world: World) -> None:
    for number in range(MANY):
        imports.receive(actor=world.cast.actor("data_steward"), file_name=f"more-{number}.csv", chunks=[MEMBERS_FILE])
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(run=world.run, phase="check", line=100 + number, column="姓", value="x", code="family_name")
            for number in range(MANY)
        ]
    )
