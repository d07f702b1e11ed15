"""The cast of every test: the same people, in the same places, with the same rights.

Hanako is the customer. Her namesake has the same name and must never be confused with her. The clerk works in Hanako's
store, the other clerk elsewhere. The bare account has every flag and no role. The outsider is nobody: not signed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from customers import access
from customers.models import Customer, Role, Store, User
from tests import factories

STAFF_ROLES = tuple(Role.values)


@dataclass
class Cast:
    """Everybody. `staff[role]` is the account of a role; store roles work in Shibuya."""

    shibuya: Store
    umeda: Store
    hanako: Customer
    namesake: Customer
    far: Customer
    staff: dict[str, User]
    other_clerk: User
    shopper: User
    bare: User

    def actor(self, role: str) -> access.Actor:
        """Return the actor of a role."""
        return access.actor_of(self.staff[role])

    def members(self) -> dict[str, Any]:
        """Return every member of the cast who calls the product, by name; None is the outsider."""
        others = {"other_clerk": self.other_clerk, "bare": self.bare, "shopper": self.shopper, "outsider": None}
        return {**self.staff, **others}


def _let_go() -> None:
    """Forget the locks the cast was made under: a test shares its transaction, and must take its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yorisoi.held', '', true)")


def assemble() -> Cast:
    """Create the cast in the database."""
    shibuya = factories.store(code="SHIBUYA", name_ja="渋谷店", name_en="Shibuya")
    umeda = factories.store(code="UMEDA", name_ja="梅田店", name_en="Umeda")
    hanako = factories.customer(member_number="90000001", home_store=shibuya, phone="090-1111-1234")
    namesake = factories.customer(member_number="90000002", home_store=shibuya, phone="090-2222-5678")
    far = factories.customer(
        member_number="90000003", family_name="遠山", family_kana="トオヤマ", home_store=umeda, phone="090-3333-9999"
    )
    staff = {
        role: factories.staff(
            username=role, role=role, store=shibuya if role in {Role.CLERK, Role.STORE_MANAGER} else None
        )
        for role in STAFF_ROLES
    }
    _let_go()
    return Cast(
        shibuya=shibuya,
        umeda=umeda,
        hanako=hanako,
        namesake=namesake,
        far=far,
        staff=staff,
        other_clerk=factories.staff(username="other_clerk", role=Role.CLERK, store=umeda),
        shopper=factories.shopper(customer=hanako),
        bare=factories.bare_account(),
    )
