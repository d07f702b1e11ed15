"""Who looked at whom, having seen what: the read log and the context receipt are one row."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.rows import AppendOnlyQuerySet, time_ordered_uuid
from customers.models.customer import Customer
from customers.models.staff import User
from customers.models.store import Store


class ContextReceipt(models.Model):
    """One opening of one customer by one member of staff. Append-only (trigger); kept three years.

    `context_seq` and `items_hash` say what was on the screen; a reply or delivery later points here to prove that its
    author had seen the history. `expires_at` ends its use as a receipt, never the log row.
    """

    class Surface(models.TextChoices):
        PAGE = "page", _("Customer page")
        API = "api", _("API")
        ADMIN = "admin", _("Back office")

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    staff = models.ForeignKey(User, verbose_name=_("staff"), on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=20)
    store = models.ForeignKey(
        Store, verbose_name=_("store"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="receipts"
    )
    surface = models.CharField(_("where"), max_length=10, choices=Surface)
    context_seq = models.BigIntegerField(_("state seen"))
    items_hash = models.CharField(_("fingerprint of what was shown"), max_length=64)
    opened_at = models.DateTimeField(_("opened"))
    expires_at = models.DateTimeField(_("valid until"))

    objects = AppendOnlyQuerySet["ContextReceipt"].as_manager()

    class Meta:
        ordering = ("-opened_at", "-id")
        verbose_name = _("read of a customer")
        verbose_name_plural = _("read log")
        indexes = [
            models.Index(fields=["customer", "-opened_at"], name="receipt_of_customer"),
            models.Index(fields=["staff", "-opened_at"], name="receipt_of_staff"),
            models.Index(fields=["-opened_at", "-id"], name="receipt_newest"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class Presentation(models.Model):
    """A customer showed her card or named her number here: her page opens for this store for 30 minutes."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="presentations"
    )
    store = models.ForeignKey(Store, verbose_name=_("store"), on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(User, verbose_name=_("staff"), on_delete=models.PROTECT, related_name="+")
    presented_at = models.DateTimeField(_("presented"))
    until = models.DateTimeField(_("open until"))

    class Meta:
        ordering = ("-presented_at", "-id")
        verbose_name = _("card presentation")
        verbose_name_plural = _("card presentations")
        indexes = [models.Index(fields=["customer", "store", "-until"], name="presentation_open")]

    def __str__(self) -> str:
        return f"presentation #{self.pk}"


class CandidateList(models.Model):
    """One list of masked candidates a search showed. Append-only (trigger); the terms themselves are not kept."""

    staff = models.ForeignKey(User, verbose_name=_("staff"), on_delete=models.PROTECT, related_name="+")
    searched_at = models.DateTimeField(_("searched"))
    method = models.CharField(_("searched by"), max_length=20)
    customer_ids = models.JSONField(_("customers shown"), default=list)

    objects = AppendOnlyQuerySet["CandidateList"].as_manager()

    class Meta:
        ordering = ("-searched_at", "-id")
        verbose_name = _("candidate list")
        verbose_name_plural = _("candidate lists")

    def __str__(self) -> str:
        return f"candidates #{self.pk}"
