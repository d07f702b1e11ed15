"""Who they are."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.rows import LockingQuerySet, time_ordered_uuid
from customers.models.store import Store


class Customer(models.Model):
    """A person we know. The name is kept exactly as she writes it; search has columns of its own.

    `context_seq` rises with every fact that matters to whoever speaks to her next; raised under the row lock only.
    """

    class Language(models.TextChoices):
        JA = "ja", _("Japanese")
        EN = "en", _("English")
        ZH = "zh", _("Chinese")
        KO = "ko", _("Korean")
        OTHER = "other", _("Other")

    class Approach(models.TextChoices):
        UNKNOWN = "", _("Not asked yet")
        ALONE = "alone", _("Likes to browse alone")
        ADVICE = "advice", _("Likes advice")

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    member_number = models.CharField(_("member number"), max_length=20, unique=True, null=True, blank=True)
    family_name = models.CharField(_("family name"), max_length=60)
    given_name = models.CharField(_("given name"), max_length=60, blank=True)
    family_kana = models.CharField(_("family name (reading)"), max_length=60, blank=True)
    given_kana = models.CharField(_("given name (reading)"), max_length=60, blank=True)
    romaji = models.CharField(_("name in Latin letters"), max_length=120, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.JA)
    approach = models.CharField(
        _("how she likes to be approached"), max_length=10, choices=Approach, default=Approach.UNKNOWN, blank=True
    )
    home_store = models.ForeignKey(
        Store, verbose_name=_("home store"), on_delete=models.PROTECT, null=True, blank=True, related_name="customers"
    )
    member_since = models.DateField(_("member since"), null=True, blank=True)
    name_key = models.CharField(max_length=130, editable=False, default="")
    kana_key = models.CharField(max_length=130, editable=False, default="")
    context_seq = models.BigIntegerField(default=0, editable=False)
    version = models.IntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = LockingQuerySet["Customer"].as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(fields=["name_key"], name="customer_name_prefix", opclasses=["text_pattern_ops"]),
            models.Index(fields=["kana_key"], name="customer_kana_prefix", opclasses=["text_pattern_ops"]),
            models.Index(fields=["home_store", "id"], name="customer_of_store"),
        ]
        constraints = [
            models.CheckConstraint(
                name="customer_has_a_family_name",
                condition=~Q(family_name=""),
                violation_error_message=_("The family name is missing."),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"  # ids only: a name must not leak into lists, logs and pop-ups that forgot the policy

    @property
    def full_name(self) -> str:
        """Family and given name as written, one space between."""
        return f"{self.family_name} {self.given_name}".strip()

    @property
    def full_kana(self) -> str:
        """The reading in katakana as stored; empty when unknown."""
        return f"{self.family_kana} {self.given_kana}".strip()
