"""What they allowed: an append-only log, and the times when nobody may sell to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.rows import AppendOnlyQuerySet, time_ordered_uuid
from customers.models.customer import Customer
from customers.models.staff import User


class ConsentChannel(models.TextChoices):
    """Ways to reach a customer that she allows or refuses one by one."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    LINE = "line", _("LINE")
    PUSH = "push", _("Push notification")
    POST = "post", _("Post")
    PHONE = "phone", _("Phone")
    STORE = "store", _("In store")


class ConsentPurpose(models.TextChoices):
    """What we would use it for."""

    SERVICE = "service", _("Service")
    MARKETING = "marketing", _("Marketing")
    PERSONALISATION = "personalisation", _("Personal offers")
    STORE_ADVICE = "store_advice", _("Advice in the store")
    RESEARCH = "research", _("Research")
    THIRD_PARTY = "third_party", _("Advertising by others")


class ConsentEntry(models.Model):
    """One statement of one customer about one channel and purpose. Append-only (trigger); the newest decides.

    `text_version` names the words she saw, `source` where she said it; both are the proof.
    """

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="consents"
    )
    channel = models.CharField(_("channel"), max_length=10, choices=ConsentChannel)
    purpose = models.CharField(_("purpose"), max_length=20, choices=ConsentPurpose)
    is_given = models.BooleanField(_("given"))
    text_version = models.CharField(_("version of the text"), max_length=40)
    source = models.CharField(_("source"), max_length=60)
    source_id = models.CharField(_("id at the source"), max_length=120)
    actor = models.ForeignKey(
        User, verbose_name=_("by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    stated_at = models.DateTimeField(_("stated"))
    recorded_at = models.DateTimeField(_("recorded"))

    objects = AppendOnlyQuerySet["ConsentEntry"].as_manager()

    class Meta:
        ordering = ("-stated_at", "-id")
        verbose_name = _("consent statement")
        verbose_name_plural = _("consent log")
        indexes = [
            models.Index(fields=["customer", "channel", "purpose", "-stated_at", "-id"], name="consent_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="consent_once_per_source"),
            models.CheckConstraint(
                name="consent_has_its_proof",
                condition=~Q(text_version="") & ~Q(source=""),
                violation_error_message=_("A consent needs the version of its text and its source."),
            ),
        ]

    def __str__(self) -> str:
        return f"consent #{self.pk}"


class ContactHold(models.Model):
    """A time in which nobody sells to this customer (an open complaint, mourning). Service messages still go.

    `subject` names what opened it, so that closing the complaint lifts its own hold only.
    """

    class Reason(models.TextChoices):
        COMPLAINT = "complaint", _("Open complaint")
        REQUEST = "request", _("At the customer's request")
        OTHER = "other", _("Other")

    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    subject = models.CharField(max_length=60, blank=True)
    placed_at = models.DateTimeField(_("placed"))
    placed_by = models.ForeignKey(
        User, verbose_name=_("by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    until = models.DateTimeField(_("until"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    class Meta:
        ordering = ("-placed_at", "-id")
        verbose_name = _("contact hold")
        verbose_name_plural = _("contact holds")
        indexes = [models.Index(fields=["customer"], name="hold_open", condition=Q(lifted_at__isnull=True))]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "subject"],
                name="hold_once_per_subject",
                condition=Q(lifted_at__isnull=True) & ~Q(subject=""),
            )
        ]

    def __str__(self) -> str:
        return f"hold #{self.pk}"
