"""Rows for tests, through the public services wherever one exists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.db import transaction

from config.lib import clock
from customers import access
from customers.models import Customer, Role, StaffProfile, Store, User
from customers.services import contact, locks, profiles
from journeys.models import Channel
from journeys.services import timeline

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
