"""What they are about to buy."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.rows import LockingQuerySet, time_ordered_uuid
from customers.models import Customer, Store
from journeys.models.catalog import Variant
from journeys.models.interaction import Channel


class Cart(models.Model):
    """One open basket on any channel, whole at each version: an older version never overwrites a newer one."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        BOUGHT = "bought", _("Bought")
        RECOVERED = "recovered", _("Bought in the store")
        EMPTIED = "emptied", _("Emptied")

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    source = models.CharField(_("source"), max_length=60)
    external_id = models.CharField(_("id at the source"), max_length=120)
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    version = models.BigIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    recovered_in = models.ForeignKey(
        Store, verbose_name=_("closed in"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    updated_at = models.DateTimeField(_("updated"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = LockingQuerySet["Cart"].as_manager()

    class Meta:
        ordering = ("-updated_at", "-id")
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        indexes = [
            models.Index(fields=["customer", "-updated_at"], name="cart_open_of_customer", condition=Q(state="open"))
        ]
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="cart_once_per_source")]

    def __str__(self) -> str:
        return f"cart #{self.pk}"


class CartLine(models.Model):
    """One variant in a cart; replaced with every version."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, verbose_name=_("variant"), on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField(_("quantity"))

    class Meta:
        ordering = ("cart", "id")
        verbose_name = _("item in a cart")
        verbose_name_plural = _("items in carts")
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="cart_line_once"),
            models.CheckConstraint(
                name="cart_line_holds_something",
                condition=Q(quantity__gte=1),
                violation_error_message=_("A cart line has at least one piece."),
            ),
        ]

    def __str__(self) -> str:
        return f"cart line #{self.pk}"
