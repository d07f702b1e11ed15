"""What they wish for."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.rows import LockingQuerySet, time_ordered_uuid
from customers.models import Customer
from journeys.models.catalog import Category, Style, Variant
from journeys.models.interaction import Channel


class WishItem(models.Model):
    """One style (and variant, once chosen) a customer marked. `price_then` tells later whether it became cheaper."""

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="+")
    style = models.ForeignKey(Style, verbose_name=_("style"), on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey(
        Variant, verbose_name=_("variant"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    price_then = models.BigIntegerField(_("price then"), null=True, blank=True)
    added_at = models.DateTimeField(_("added"))
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    objects = LockingQuerySet["WishItem"].as_manager()

    class Meta:
        ordering = ("-added_at", "-id")
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        indexes = [
            models.Index(fields=["customer", "-added_at"], name="wish_open", condition=Q(removed_at__isnull=True)),
            models.Index(fields=["style"], name="wish_of_style", condition=Q(removed_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "style", "variant"],
                name="wish_once",
                condition=Q(removed_at__isnull=True),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"wish #{self.pk}"


class SavedInterest(models.Model):
    """What she is looking for in general: a category with attributes (coats, navy, size M)."""

    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="+")
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    saved_at = models.DateTimeField(_("saved"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        ordering = ("-saved_at", "-id")
        verbose_name = _("saved interest")
        verbose_name_plural = _("saved interests")
        indexes = [models.Index(fields=["customer", "-saved_at"], name="interest_of_customer")]

    def __str__(self) -> str:
        return f"interest #{self.pk}"
