"""The wall between staff and shoppers stands in the database, not in forms."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction

from customers.models import Role, StaffProfile, User
from tests.cast import Cast


@pytest.mark.parametrize(
    "change", [{"is_staff": True}, {"is_superuser": True}, {"email": "a@example.jp"}, {"customer": None}]
)
def test_a_shopper_cannot_become_staff(cast: Cast, change: dict[str, object]) -> None:
    # when / then
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=cast.shopper.pk).update(**change)
    # and nothing changed
    kept = User.objects.get(pk=cast.shopper.pk)
    assert (kept.is_staff, kept.is_superuser, kept.email, kept.customer_id) == (False, False, "", cast.hanako.pk)


def test_a_shopper_gets_no_group(cast: Cast) -> None:
    group = Group.objects.create(name="any")
    with (
        pytest.raises(IntegrityError, match="a shopper account cannot have customers_user_groups"),
        transaction.atomic(),
    ):
        cast.shopper.groups.add(group)
    assert cast.shopper.groups.count() == 0


def test_a_shopper_gets_no_permission(cast: Cast) -> None:
    permission = Permission.objects.order_by("pk")[0]
    with pytest.raises(IntegrityError, match="customers_user_user_permissions"), transaction.atomic():
        cast.shopper.user_permissions.add(permission)
    assert cast.shopper.user_permissions.count() == 0


def test_a_shopper_gets_no_staff_profile(cast: Cast) -> None:
    before = StaffProfile.objects.count()
    with pytest.raises(IntegrityError, match="customers_staffprofile"), transaction.atomic():
        StaffProfile.objects.create(user=cast.shopper, role=Role.ADMIN)
    assert StaffProfile.objects.count() == before


def test_an_account_keeps_its_kind(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="the kind of an account never changes"), transaction.atomic():
        User.objects.filter(pk=cast.staff["agent"].pk).update(kind="shopper", is_staff=False, customer=cast.namesake)
    assert User.objects.get(pk=cast.staff["agent"].pk).kind == "staff"


def test_a_clerk_needs_a_store_and_an_agent_has_none(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffProfile.objects.filter(user=cast.staff["clerk"]).update(store=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffProfile.objects.filter(user=cast.staff["agent"]).update(store=cast.umeda)
    assert StaffProfile.objects.get(user=cast.staff["clerk"]).store_id == cast.shibuya.pk
