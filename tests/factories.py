"""Rows for tests, through the public services wherever one exists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction

from config.lib import clock
from customers import access
from customers.models import Customer, Identity, Role, StaffProfile, Store, User
from customers.services import consents, contact, contactholds, locks, profiles
from journeys.models import Cart, Channel, Order, Stock, Variant
from journeys.services import carts, catalog, orders, stock, timeline

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # noon in Tokyo
_number = count(1)


def store(**given: Any) -> Store:
    """Create a store."""
    number = next(_number)
    return Store.objects.create(
        **{"code": f"S{number}", "name_ja": f"店{number}", "name_en": f"Store {number}", **given}
    )


def staff(*, username: str, role: str, store: Store | None = None) -> User:
    """Create a staff account; its password is its name."""
    user = User(username=username, is_staff=True, last_name=f"姓{username}", first_name="名")
    user.set_password(username)
    user.save(force_insert=True)
    StaffProfile.objects.create(user=user, role=Role(role), store=store)
    return User.objects.select_related("staff__store").get(pk=user.pk)


def bare_account() -> User:
    """Create an account with Django's flags and no role: they must open nothing."""
    user = User(username="bare", is_staff=True, is_superuser=True)
    user.set_password("bare")
    user.save(force_insert=True)
    return user


def shopper(*, customer: Customer) -> User:
    """Create a shopper's account."""
    return User.objects.create(username=f"shopper-{customer.pk}", kind=User.Kind.SHOPPER, customer=customer)


def profile(**given: Any) -> profiles.ProfileIn:
    """Return what a source says about a member: 山田 花子 unless told otherwise."""
    phone = given.pop("phone", None)
    home = given.pop("home_store", None)
    return profiles.ProfileIn(
        **{
            "member_number": f"8{next(_number):07d}",
            "family_name": "山田",
            "given_name": "花子",
            "family_kana": "ヤマダ",
            "given_kana": "ハナコ",
            "birthday": date(1990, 4, 1),
            "home_store_id": home.pk if home else None,
            "phone": (contact.phone(phone), phone) if phone else None,
            **given,
        }
    )


def customer(**given: Any) -> Customer:
    """Create a customer through the profile service."""
    row = profile(**given)
    profiles.upsert(
        actor=access.system(access.SYSTEM_DEMO),
        rows=[row],
        source="test:members",
        source_ids=[row.member_number],
        occurred_at=NOON,
    )
    return Customer.objects.get(member_number=row.member_number)


def interaction(*, customer: Customer, **given: Any) -> int:
    """Record one fact about a customer and return its id."""
    with transaction.atomic():
        locks.hold_customers(customer_ids=[customer.pk])
        return timeline.record(
            **{
                "kind": "call.received",
                "customer_id": customer.pk,
                "occurred_at": clock.now(),
                "channel": Channel.PHONE,
                "source": "test",
                "source_id": str(next(_number)),
                "data": {"topic": "裾上げ"} if given.get("kind", "call.received") == "call.received" else {},
                **given,
            }
        )


def variant(**given: Any) -> Variant:
    """Put a variant into the catalogue through its service: ウールコート 紺 M at 39,800 yen, a style of its own unless
    `style` names the external id of one."""
    number = next(_number)
    code = given.pop("style", f"ST{number}")
    told = {name: given.pop(name) for name in ("name_ja", "name_en", "brand", "category_code") if name in given}
    row = catalog.VariantIn(
        **{
            "external_id": f"V{number}",
            "sku": f"SKU{number}",
            "barcode": f"20000000{number:05d}",
            "colour": "紺",
            "size": "M",
            "price": 39_800,
            "cost": 15_000,
            **given,
        }
    )
    style = catalog.StyleIn(
        **{
            "external_id": code,
            "name_ja": "ウールコート",
            "name_en": "Wool coat",
            "category_code": "outer",
            "variants": (row,),
            **told,
        }
    )
    actor = access.system(access.SYSTEM_DEMO)
    catalog.put_categories(actor=actor, rows=[catalog.CategoryIn("outer", "アウター", "Outerwear")])
    catalog.put_styles(actor=actor, rows=[style], source="test:catalog")
    return Variant.objects.select_related("style").get(sku=row.sku)


def stocked(*, variant: Variant, store: Store, on_hand: int, **given: Any) -> Stock:
    """Tell the count of a variant in a store through the feed, as of now unless told otherwise."""
    count = stock.StockIn(
        **{"store_code": store.code, "sku": variant.sku, "on_hand": on_hand, "as_of": clock.now(), **given}
    )
    stock.feed(actor=access.system(access.SYSTEM_DEMO), rows=[count], source="test:stock")
    return Stock.objects.get(variant=variant, store=store)


DEMO = access.system(access.SYSTEM_DEMO)


def discreet_variant(**given: Any) -> Variant:
    """Put a variant of a discreet category into the catalogue."""
    row = catalog.CategoryIn("inner", "インナー", "Innerwear", is_discreet=True)
    catalog.put_categories(actor=DEMO, rows=[row])
    return variant(**{"category_code": "inner", "name_ja": "補正下着", "name_en": "Shapewear", **given})


def order_in(**given: Any) -> orders.OrderIn:
    """Return what a channel says about an order: one piece at 39,800 yen on the web at noon, unless told otherwise."""
    return orders.OrderIn(
        **{
            "source": "test:shop",
            "external_id": f"O{next(_number)}",
            "channel": Channel.WEB,
            "placed_at": NOON,
            "lines": (orders.LineIn(1, 39_800, 39_800),),
            **given,
        }
    )


def order(*, bought: Sequence[Variant] = (), **given: Any) -> Order:
    """Record an order of these variants, one piece each at its price."""
    lines = tuple(orders.LineIn(1, v.price, v.price, variant_id=v.pk) for v in bought)
    if lines:
        given["lines"] = lines
    return orders.record_order(actor=DEMO, order=order_in(**given)).order


def proven(*, customer: Customer, kind: str, value: str) -> Identity:
    """Give the customer a proven identifier, as the sign-in codes will."""
    row, _is_new = Identity.objects.get_or_create(
        customer=customer, kind=kind, normalised=value, defaults={"raw": value, "source": "test"}
    )
    row.assurance = Identity.Assurance.PROVEN
    row.save(update_fields=["assurance"])
    return row


def actor(user: User) -> access.Actor:
    """Return the actor of an account outside the cast's roles."""
    return access.actor_of(user)


def hold(*, customer: Customer) -> None:
    """Forbid selling to the customer for now."""
    with transaction.atomic():
        locks.hold_customers(customer_ids=[customer.pk])
        contactholds.place(actor=DEMO, customer_id=customer.pk, reason="complaint", subject="test")


def advice(*, customer: Customer, is_given: bool = True) -> None:
    """Let the customer say yes (or no) to advice in the store."""
    consents.state(
        actor=DEMO,
        customer_uuid=str(customer.uuid),
        channel="store",
        purpose="store_advice",
        is_given=is_given,
        text_version="1",
        source="test:advice",
        source_id=str(next(_number)),
    )


def cart(*variants: Variant, **given: Any) -> Cart:
    """Report a cart of these variants, one piece each: version 1 of C-1 in the web shop, three days old."""
    lines = tuple(carts.CartLineIn(1, variant.pk) for variant in variants)
    told = carts.CartIn(
        **{
            "source": "test:shop",
            "external_id": "C-1",
            "channel": Channel.WEB,
            "version": 1,
            "updated_at": clock.now() - timedelta(days=3),
            "lines": lines,
            **given,
        }
    )
    return carts.put(actor=DEMO, cart=told)
