"""How we recognise and reach them."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class Identity(models.Model):
    """One identifier of one customer. `normalised` is what is compared, `raw` is what was given.

    An identifier that two living customers claim (a family's phone) becomes shared and stops being a key.
    The member number on Customer is the one in force, which every channel prints; old ones and barcodes stand here.
    """

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        MEMBER_NUMBER = "member_number", _("Member number")
        BARCODE = "barcode", _("Card barcode")
        LINE = "line", _("LINE")
        DEVICE = "device", _("App device")
        SHOP_ACCOUNT = "shop_account", _("Shop account")

    class Assurance(models.TextChoices):
        CLAIMED = "claimed", _("Told by the customer")
        PROVEN = "proven", _("Proven")

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="identities"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    normalised = models.CharField(_("normalised value"), max_length=254)
    raw = models.CharField(_("as given"), max_length=254)
    last_four = models.CharField(_("last four digits"), max_length=4, blank=True)
    assurance = models.CharField(_("assurance"), max_length=10, choices=Assurance, default=Assurance.CLAIMED)
    is_shared = models.BooleanField(_("shared"), default=False)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    valid_to = models.DateTimeField(_("ended"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=40)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ("customer", "kind", "id")
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        indexes = [
            models.Index(fields=["kind", "normalised"], name="identity_value"),
            models.Index(
                fields=["normalised"],
                name="identity_phone_prefix",
                opclasses=["text_pattern_ops"],
                condition=Q(kind="phone"),
            ),
            models.Index(fields=["last_four"], name="identity_last_four", condition=Q(kind="phone")),
            GinIndex(
                fields=["normalised"],
                name="identity_email_part",
                opclasses=["gin_trgm_ops"],
                condition=Q(kind="email"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "normalised"], name="identity_once_per_customer"),
            models.UniqueConstraint(
                fields=["kind", "normalised"],
                name="identity_key_is_one_persons",
                condition=Q(is_shared=False, valid_to__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
