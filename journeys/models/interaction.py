"""The one timeline: a row is one sentence of a customer's story."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.rows import AppendOnlyQuerySet, time_ordered_uuid
from customers.models import Customer, Store, User


class Channel(models.TextChoices):
    """Where it happened. One registry for every row of the timeline."""

    STORE = "store", _("Store")
    WEB = "web", _("Web")
    APP = "app", _("App")
    LINE = "line", _("LINE")
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    PHONE = "phone", _("Phone")
    SOCIAL = "social", _("Social media")
    MALL = "mall", _("Online mall")
    WEBINAR = "webinar", _("Webinar")
    EVENT = "event", _("Event")
    NEWSPAPER = "newspaper", _("Newspaper")
    PAMPHLET = "pamphlet", _("Pamphlet")
    PUSH = "push", _("Push notification")
    IMPORT = "import", _("Import")


class Interaction(models.Model):
    """A fact on the timeline. The domain row (Note, Order) is the truth, this is its sentence.

    Never changed or deleted (trigger); a correction is a new row with `corrects`; erasure blanks text and data through
    one database function and keeps the skeleton. Subject and products are plain numbers without foreign keys.
    `visibility` store hides the row from other stores' staff.
    """

    class Visibility(models.TextChoices):
        COMPANY = "company", _("Whole company")
        STORE = "store", _("This store only")

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=60)
    occurred_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    device = models.CharField(_("device"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=60)
    source_id = models.CharField(_("id at the source"), max_length=120)
    fingerprint = models.BinaryField(max_length=32, editable=False)
    store = models.ForeignKey(
        Store, verbose_name=_("store"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor = models.ForeignKey(
        User, verbose_name=_("by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True, blank=True)
    product_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.COMPANY)
    text = models.TextField(_("text"), blank=True)
    data = models.JSONField(default=dict, blank=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = AppendOnlyQuerySet["Interaction"].as_manager()

    class Meta:
        ordering = ("-occurred_at", "-id")
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        indexes = [
            models.Index(fields=["customer", "-occurred_at", "-id"], name="interaction_timeline"),
            BrinIndex(fields=["occurred_at"], name="interaction_time"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="interaction_once_per_source"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
