"""What else is known about a customer beside her profile: where she lives, what she likes, which days matter to her."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customers import access
from customers.access import Actor, Sight
from customers.models import Address, AttributeDefinition, AttributeValue, Customer, Tag
from customers.selectors import customers as people


@dataclass(frozen=True)
class Field:
    """A custom field of the retailer with this customer's answer."""

    code: str
    label: str
    value: Any


@dataclass(frozen=True)
class Details:
    """The rest of a profile as one actor may see it. `anniversaries` are (label, month, day)."""

    address: str
    gender: str
    occupation: str
    household: int
    anniversaries: list[tuple[str, int, int]]
    tags: list[str]
    interests: list[str]
    fields: list[Field]
    completeness: int
    updated_at: datetime


def details_of(*, customer: Customer, actor: Actor) -> Details:
    """Return the details with the actor's sight applied; a masked address is its prefecture and city.

    `household` counts the people who shop for one another, herself included; 0 when unknown. 4 queries, one more for
    a household and one for roles that may reveal.
    """
    address = customer.addresses.filter(valid_to__isnull=True).first()
    tags = [row.tag for row in customer.tags.select_related("tag").order_by("tag__code")]
    days = customer.anniversaries.all() if access.sight(actor, "anniversaries") is Sight.VISIBLE else []

    def seen(field: str, value: str) -> str:
        return value if access.sight(actor, field) is Sight.VISIBLE else ""

    return Details(
        address=_address(address, actor, customer) if address else "",
        gender=seen("gender", customer.gender),
        occupation=seen("occupation", customer.occupation),
        household=Customer.objects.filter(household_id=customer.household_id).count() if customer.household_id else 0,
        anniversaries=[(day.label, day.month, day.day) for day in days],
        tags=[tag.label for tag in tags if tag.kind == Tag.Kind.TAG],
        interests=[tag.label for tag in tags if tag.kind == Tag.Kind.INTEREST],
        fields=_fields(customer, access.sight(actor, "attributes")),
        completeness=customer.completeness,
        updated_at=customer.updated_at,
    )


def address_of(*, customer: Customer, actor: Actor, revealed: Collection[str]) -> str:
    """Return the address in force as the actor may see it, masked to prefecture and city. 0 or 1 query."""
    sight = access.sight(actor, "address")
    if sight is Sight.HIDDEN:
        return ""
    address = customer.addresses.filter(valid_to__isnull=True).first()
    if address is None:
        return ""
    if sight is Sight.VISIBLE or "address" in revealed:
        return people.address_line(address)
    return f"{address.prefecture}{address.city}"


def definitions() -> dict[str, AttributeDefinition]:
    """Return the custom fields in use, by code. 1 query."""
    return {row.code: row for row in AttributeDefinition.objects.filter(is_active=True)}


def _address(address: Address, actor: Actor, customer: Customer) -> str:
    sight = access.sight(actor, "address")
    if sight is Sight.VISIBLE or "address" in people.revealed_to(actor=actor, customer=customer):
        return people.address_line(address)
    return f"{address.prefecture}{address.city}" if sight is Sight.MASKED else ""


def _fields(customer: Customer, sight: Sight) -> list[Field]:
    rows = AttributeValue.objects.filter(customer=customer, definition__is_active=True).select_related("definition")
    if sight is not Sight.VISIBLE:
        rows = rows.filter(definition__is_clerk_visible=True)
    if sight is Sight.HIDDEN:
        return []
    return [Field(row.definition.code, row.definition.label, row.value) for row in rows.order_by("definition__code")]
