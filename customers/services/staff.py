"""Staff accounts: hired, moved, left."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.lib.errors import FieldError, Invalid
from customers import access
from customers.access import Actor
from customers.models import Role, StaffProfile, Store, User
from customers.models.staff import STORE_ROLES

OWN_FIELDS = frozenset({"username", "last_name", "first_name", "is_active"})


def misplaced(*, role: Role, store: Store | None) -> Promise | None:
    """Return why this role and store do not fit, or None when they do."""
    if (role in STORE_ROLES) == (store is not None):
        return None
    return _("Clerks and store managers belong to one store, other roles to none.")


def weaknesses(*, password: str) -> list[str]:
    """Return what is wrong with a password, in words; empty when it is good."""
    try:
        validate_password(password)
    except ValidationError as error:
        return list(error.messages)
    return []


def hire(
    *,
    actor: Actor,
    username: str,
    password: str,
    role: Role,
    store: Store | None = None,
    family_name: str = "",
    given_name: str = "",
) -> User:
    """Create a staff account with its role.

    Raises Refused without `staff.manage`; Invalid for a taken name, a weak password or a store that does not fit.
    """
    access.require(actor, "staff.manage")
    problems = [FieldError("/password", "weak", message) for message in weaknesses(password=password)]
    if User.objects.filter(username=username).exists():
        problems.append(FieldError("/username", "taken", _("This sign-in name is taken.")))
    unfit = misplaced(role=role, store=store)
    if unfit:
        problems.append(FieldError("/store", "store", unfit))
    if problems:
        raise Invalid("staff_account", _("The account was not created."), fields=tuple(problems))
    with transaction.atomic():
        user = User(username=username, is_staff=True, last_name=family_name, first_name=given_name)
        user.set_password(password)
        user.save(force_insert=True)
        StaffProfile.objects.create(user=user, role=role, store=store)
    return user


def move(*, actor: Actor, user: User, role: Role, store: Store | None, changed: Sequence[str]) -> None:
    """Save the account's changed fields and its role and store.

    Raises Refused without `staff.manage`, Invalid for a store that does not fit or for ending one's own account.
    """
    access.require(actor, "staff.manage")
    unfit = misplaced(role=role, store=store)
    if unfit:
        raise Invalid("staff_account", unfit)
    if actor.user_id == user.pk and (not user.is_active or role != Role.ADMIN):
        raise Invalid("own_account", _("You cannot take your own access away. Ask another administrator."))
    own = [name for name in changed if name in OWN_FIELDS]
    with transaction.atomic():
        if own:
            user.save(update_fields=own)
        StaffProfile.objects.update_or_create(user=user, defaults={"role": role, "store": store})
