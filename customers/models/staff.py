"""Accounts: who may sign in, as what. A person may own a staff and a shopper account under one address."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.store import Store


class Role(models.TextChoices):
    """What a member of staff works as. What each may do stands in customers/access.py."""

    CLERK = "clerk", _("Store clerk")
    STORE_MANAGER = "store_manager", _("Store manager")
    AGENT = "agent", _("Support agent")
    SUPPORT_LEAD = "support_lead", _("Support lead")
    MARKETER = "marketer", _("Marketer")
    MARKETING_MANAGER = "marketing_manager", _("Marketing manager")
    SALES = "sales", _("Sales")
    PRODUCT_DEVELOPER = "product_developer", _("Product developer")
    DATA_STEWARD = "data_steward", _("Data steward")
    EXECUTIVE = "executive", _("Executive")
    AUDITOR = "auditor", _("Auditor")
    ADMIN = "admin", _("Administrator")


STORE_ROLES = frozenset({Role.CLERK, Role.STORE_MANAGER})


class User(AbstractUser):
    """One sign-in. Kind `staff` works here; kind `shopper` is a customer and can never become staff.

    The database holds the wall: a CHECK here, and triggers on groups, permissions and staff profiles.
    """

    class Kind(models.TextChoices):
        STAFF = "staff", _("Staff")
        SHOPPER = "shopper", _("Shopper")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.STAFF)
    customer = models.OneToOneField(
        "customers.Customer",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="account",
    )
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("username",)
        verbose_name = _("staff account")
        verbose_name_plural = _("staff accounts")
        constraints = [
            models.CheckConstraint(
                name="user_shopper_is_never_staff",
                condition=~Q(kind="shopper") | Q(is_staff=False, is_superuser=False, email="", customer__isnull=False),
                violation_error_message=_(
                    "A shopper account cannot have staff rights or an e-mail address of its own."
                ),
            ),
            models.CheckConstraint(
                name="user_staff_is_no_customer",
                condition=~Q(kind="staff") | Q(customer__isnull=True),
                violation_error_message=_("A staff account is not tied to a customer."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """Family name first, as everybody here reads it; the sign-in name when there is none."""
        return f"{self.last_name} {self.first_name}".strip() or self.username


class StaffProfile(models.Model):
    """What a staff account works as, and where. Store roles have a store; others have none."""

    user = models.OneToOneField(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="staff")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    store = models.ForeignKey(
        Store, verbose_name=_("store"), on_delete=models.PROTECT, null=True, blank=True, related_name="staff"
    )

    class Meta:
        ordering = ("user__username",)
        verbose_name = _("staff profile")
        verbose_name_plural = _("staff profiles")
        constraints = [
            models.CheckConstraint(
                name="staff_store_roles_have_a_store",
                condition=(Q(role__in=["clerk", "store_manager"], store__isnull=False))
                | (~Q(role__in=["clerk", "store_manager"]) & Q(store__isnull=True)),
                violation_error_message=_("Clerks and store managers belong to one store, other roles to none."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
