"""Goods for the permission matrix: one piece put aside on each side, and enough in stock to put more aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from config.lib import clock
from customers import access
from customers.models import Customer
from journeys.models import Cart, Order, Reservation, SourceCode, Variant
from journeys.services import reservations, sourcecodes
from tests import factories
from tests.cast import Cast

ACTS = ("ready", "collect", "extend", "cancel")


@dataclass(frozen=True)
class Goods:
    """What the routes of catalogue and reservations are called with."""

    variant: Variant
    reservations: dict[str, Reservation]
    order: Order
    carts: dict[str, Cart]
    code: SourceCode

    def models(self) -> dict[str, int]:
        """Return the ids of the admin's pages, by model."""
        return {
            "journeys_style": self.variant.style_id,
            "journeys_variant": self.variant.pk,
            "journeys_order": self.order.pk,
            "journeys_sourcecode": self.code.pk,
        }

    def urls(self, side: str) -> dict[str, dict[str, Any]]:
        """Return what the addresses of one side take, by route."""
        row = self.reservations[side]
        acts = {f"reservation-{act}": {"uuid": row.uuid} for act in ACTS}
        own = {"uuid": row.customer.uuid}
        drawn = {"code_id": self.code.pk}
        cart = self._cart_of(side)
        return {
            **acts, "customer-reserve": own, "customer-cart-close": cart, "admin:journeys_sourcecode_qr": drawn
        }  # fmt: skip

    def _cart_of(self, side: str) -> dict[str, Any]:
        cart = self.carts[side]
        assert cart.customer is not None
        return {"uuid": cart.customer.uuid, "cart": cart.uuid}

    def bodies(self, member: str, side: str) -> dict[str, dict[str, Any]]:
        """Return the forms of one side, by route."""
        acts = {f"reservation-{act}": {"key": f"{act}-{member}", "days": "7"} for act in ACTS}
        store = self.reservations[side].store_id
        form = {"key": f"reserve-{member}", "code": self.variant.sku, "quantity": "1", "days": "3", "store": store}
        printing = {"label": "冬号", "channel": "pamphlet", "valid_from": "2026-01-01"}
        return {
            **acts,
            "customer-reserve": form,
            "customer-cart-close": {"key": f"cart-{member}"},
            "admin:journeys_sourcecode_add": {**printing, "code": "WINTER"},
            "admin:journeys_sourcecode_change": printing,
        }


def seed(cast: Cast, near: str, far: str) -> Goods:
    """Put one coat aside for the customer of each side, in her store; one more is in her online cart, one bought."""
    variant = factories.variant(sku="MATRIX")
    made = {}
    for side, customer in ((near, cast.hanako), (far, cast.far)):
        store = customer.home_store
        assert store is not None
        factories.stocked(variant=variant, store=store, on_hand=5)
        made[side] = reservations.reserve(
            actor=access.system(access.SYSTEM_DEMO),
            customer_uuid=str(customer.uuid),
            store_id=store.pk,
            lines=[(variant.pk, 1)],
            until=clock.now() + timedelta(days=3),
            channel="store",
        )
    order = factories.order(bought=[variant], customer_id=cast.hanako.pk, store_id=cast.shibuya.pk)
    # Of others: complaints of these two are open, and nobody advises them then.
    elsewhere = factories.customer(
        home_store=cast.umeda, family_name="海野", family_kana="ウミノ", birthday=date(1964, 7, 9)
    )
    carts = {near: _cart(cast.namesake, variant), far: _cart(elsewhere, variant)}
    printed = sourcecodes.make(
        actor=access.system(access.SYSTEM_DEMO),
        channel="pamphlet",
        label="秋号",
        code="AUTUMN",
        valid_from=date(2026, 1, 1),
    )
    return Goods(variant, made, order, carts, printed)


def _cart(customer: Customer, variant: Variant) -> Cart:
    """An open cart of somebody who agreed to advice in the store."""
    factories.advice(customer=customer)
    return factories.cart(variant, customer_id=customer.pk, external_id=f"C{customer.pk}")
