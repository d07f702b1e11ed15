"""The rest of a profile: where she lives, which days matter, what she likes, and the retailer's own fields.

Each function locks the customer, changes one thing, and tells `profile.corrected`; saying what is already so changes
nothing. All raise Refused without `customer.correct` (or for what is hidden from the actor) and NotFound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib import clock, parsing, transactions
from config.lib.errors import FieldError, Invalid, Refused
from customers import access
from customers.access import Actor, Sight
from customers.models import (
    Address,
    Anniversary,
    AttributeDefinition,
    AttributeValue,
    Customer,
    CustomerTag,
    Household,
    Tag,
)
from customers.selectors import customers as people
from customers.selectors import details
from customers.services import contact, corrections, locks

LARGEST_NUMBER = 10**12
LONGEST = {"postcode": 10, "prefecture": 20, "city": 60, "block": 120, "building": 120, "country": 2}


@dataclass(frozen=True)
class AddressIn:
    """An address as she gives it. A Japanese postcode in any usual form."""

    postcode: str = ""
    prefecture: str = ""
    city: str = ""
    block: str = ""
    building: str = ""
    country: str = "JP"


@transactions.retried
def set_address(*, actor: Actor, customer_uuid: str, address: AddressIn, source: str) -> Address:
    """Make this the address in force; the one before it ends today and stays on record. Return it.

    Raises Invalid (`address`, `postcode`).
    """
    wanted = checked(address)
    with _edited(actor, customer_uuid, "address") as (customer, touched):
        standing = Address.objects.filter(customer=customer, valid_to__isnull=True).first()
        if standing is not None and all(getattr(standing, name) == value for name, value in wanted.items()):
            return standing
        today = timezone.localdate(clock.now())
        Address.objects.filter(customer=customer, valid_to__isnull=True).update(valid_to=today)
        touched.append("address")
        return Address.objects.create(customer=customer, valid_from=today, source=source, **wanted)


@transactions.retried
def add_anniversary(
    *,
    actor: Actor,
    customer_uuid: str,
    label: str,
    month: int,
    day: int,
    year: int | None = None,
    source: str,
) -> Anniversary:
    """Remember a day of the year that matters to her; 29 February is one. Raises Invalid (`anniversary`)."""
    try:
        date(year or 2000, month, day)
    except (ValueError, TypeError, OverflowError) as error:
        raise _wrong("anniversary", "/day", _("This is not a day of the year.")) from error
    label = _text(label, 60, "anniversary", "/label", required=True)
    with _edited(actor, customer_uuid, "anniversaries") as (customer, touched):
        found, is_new = Anniversary.objects.get_or_create(
            customer=customer, label=label, month=month, day=day, defaults={"year": year, "source": source}
        )
        if is_new:
            touched.append("anniversaries")
        return found


@transactions.retried
def set_tags(*, actor: Actor, customer_uuid: str, kind: str, codes: Sequence[str], source: str) -> list[str]:
    """Make these the customer's tags (or interests) of this kind; return their codes in order.

    Tags of the other kind stay. Raises Invalid (`tag`) for a code that does not exist or is of another kind.
    """
    wanted = {tag.code: tag for tag in Tag.objects.filter(kind=kind, code__in=codes)}
    if set(codes) - set(wanted):
        raise _wrong("tag", "/codes", _("This tag does not exist."))
    with _edited(actor, customer_uuid) as (customer, touched):
        mine = CustomerTag.objects.filter(customer=customer, tag__kind=kind)
        held = set(mine.values_list("tag__code", flat=True))
        gone, fresh = held - set(wanted), set(wanted) - held
        mine.filter(tag__code__in=gone).delete()
        CustomerTag.objects.bulk_create(
            [
                CustomerTag(
                    customer=customer,
                    tag=wanted[code],
                    source=source,
                    added_by_id=actor.user_id,
                    added_at=clock.now(),
                )
                for code in sorted(fresh)
            ]
        )
        if gone or fresh:
            touched.append("interests" if kind == Tag.Kind.INTEREST else "tags")
    return sorted(wanted)


@transactions.retried
def set_attributes(*, actor: Actor, customer_uuid: str, values: Mapping[str, object], source: str) -> list[str]:
    """Set the retailer's own fields of a customer, None clears one; return the codes that changed, in order.

    Each value is checked by its field's type. Raises Invalid (`attribute`) naming every wrong one; clerks set only
    fields shown to clerks.
    """
    known = details.definitions()
    checked, problems = {}, []
    for code, value in values.items():
        try:
            checked[code] = _attribute(known[code], value)
        except (KeyError, ValueError, TypeError, Invalid):
            problems.append(FieldError(f"/{code}", "attribute", _("This value does not fit this field.")))
    if problems:
        raise Invalid("attribute", _("Nothing was saved. Correct the marked fields."), fields=tuple(problems))
    if access.sight(actor, "attributes") is not Sight.VISIBLE and actor.user_id is not None:
        _only_shown([known[code] for code in checked])
    with _edited(actor, customer_uuid) as (customer, touched):
        held = dict(
            AttributeValue.objects.filter(customer=customer, definition__code__in=checked).values_list(
                "definition__code", "value"
            )
        )
        changed = [code for code in sorted(checked) if held.get(code) != checked[code]]
        for code in changed:
            _store(customer, known[code], checked[code], source)
        touched.extend(f"attribute:{code}" for code in changed)
    return changed


@transactions.retried
def join_household(*, actor: Actor, customer_uuid: str, with_uuid: str) -> Household:
    """Note that two customers shop for one another, as they told us; return their household.

    The second's household is kept if she has one, else the first's, else a new one. Locks both. Raises Invalid
    (`household`) for one and the same customer.
    """
    access.require(actor, "customer.correct")
    other = people.living(customer=people.customer_by_uuid(actor=actor, uuid=with_uuid))
    with transaction.atomic():
        first = people.living(customer=people.customer_by_uuid(actor=actor, uuid=customer_uuid))
        if first.pk == other.pk:
            raise _wrong("household", "/with", _("A household has at least two people."))
        locks.hold_customers(customer_ids=[first.pk, other.pk])
        both = {row.pk: row for row in Customer.objects.filter(pk__in=[first.pk, other.pk])}
        shared = both[other.pk].household or both[first.pk].household or Household.objects.create()
        for row in both.values():
            if row.household_id != shared.pk:
                row.household = shared
                row.save(update_fields=["household"])
                corrections.touch(actor=actor, customer=row, fields=["household"])
    return shared


@contextmanager
def _edited(actor: Actor, customer_uuid: str, field: str = "") -> Iterator[tuple[Customer, list[str]]]:
    """One change in one transaction: the held customer, and a list for what was touched; if any, the change is told."""
    access.require(actor, "customer.correct")
    if field and actor.user_id is not None and access.sight(actor, field) is Sight.HIDDEN:
        raise Refused("field_not_yours", _("Your role does not include this. Ask an administrator for access."))
    owner = people.living(customer=people.customer_by_uuid(actor=actor, uuid=customer_uuid))
    touched: list[str] = []
    with transaction.atomic():
        locks.hold_customers(customer_ids=[owner.pk])
        owner.refresh_from_db(fields=["version"])
        yield owner, touched
        if touched:
            corrections.touch(actor=actor, customer=owner, fields=touched)


def checked(address: AddressIn) -> dict[str, str]:
    """Return the parts of an address as they are stored. Raises Invalid (`address`, `postcode`)."""
    wanted = asdict(address)
    if not any(wanted[name].strip() for name in ("postcode", "prefecture", "city", "block")):
        raise _wrong("address", "/block", _("This address is empty."))
    for name, value in wanted.items():
        wanted[name] = _text(value, LONGEST[name], "address", f"/{name}")
    if wanted["country"] == "JP" and wanted["postcode"]:
        wanted["postcode"] = contact.postcode(wanted["postcode"])
    return wanted


def _attribute(definition: AttributeDefinition, value: object) -> object:
    return None if value is None else TYPES[definition.type](definition, value)


def _text_value(_definition: AttributeDefinition, value: object) -> object:
    return _text(str(value), 500, "attribute", "/value", required=True)


def _number(_definition: AttributeDefinition, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST_NUMBER:
        raise ValueError  # NaN is not smaller either
    return value


def _date(_definition: AttributeDefinition, value: object) -> object:
    return value.isoformat() if isinstance(value, date) else date.fromisoformat(str(value)).isoformat()


def _yes_no(_definition: AttributeDefinition, value: object) -> object:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _choice(definition: AttributeDefinition, value: object) -> object:
    if value not in definition.choices:
        raise ValueError
    return value


TYPES: dict[str, Callable[[AttributeDefinition, object], object]] = {
    AttributeDefinition.Type.TEXT.value: _text_value,
    AttributeDefinition.Type.NUMBER.value: _number,
    AttributeDefinition.Type.DATE.value: _date,
    AttributeDefinition.Type.YES_NO.value: _yes_no,
    AttributeDefinition.Type.CHOICE.value: _choice,
}


def _only_shown(definitions: Sequence[AttributeDefinition]) -> None:
    if not all(definition.is_clerk_visible for definition in definitions):
        raise Refused("field_not_yours", _("Your role does not include this. Ask an administrator for access."))


def _store(customer: Customer, definition: AttributeDefinition, value: Any, source: str) -> None:
    if value is None:
        AttributeValue.objects.filter(customer=customer, definition=definition).delete()
        return
    AttributeValue.objects.update_or_create(
        customer=customer,
        definition=definition,
        defaults={"value": value, "source": source, "updated_at": clock.now()},
    )


def _text(value: str, longest: int, code: str, pointer: str, *, required: bool = False) -> str:
    text = value.strip()
    if len(text) > longest or (required and not text) or parsing.UNWRITABLE.search(text):
        raise _wrong(code, pointer, _("This text is empty or too long."))
    return text


def _wrong(code: str, pointer: str, message: str) -> Invalid:
    return Invalid(code, message, fields=(FieldError(pointer, code, message),))
