"""Who they are."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractDay, ExtractMonth
from django.utils.translation import gettext_lazy as _

from config.lib.rows import LockingQuerySet, time_ordered_uuid
from customers.models.household import Household
from customers.models.store import Store


class Customer(models.Model):
    """A person we know. The name is kept exactly as she writes it; search has columns of its own.

    `grams` holds the pairs of characters of her names, and single-character names whole, so that short names are found
    by an index. A customer absorbed by a merge stays as a signpost (`merged_into`); nothing new is written to her.
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
    romaji_key = models.CharField(max_length=130, editable=False, default="")
    grams = ArrayField(models.CharField(max_length=4), default=list, editable=False)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    gender = models.CharField(_("gender (as she states it)"), max_length=40, blank=True)
    occupation = models.CharField(_("occupation"), max_length=80, blank=True)
    household = models.ForeignKey(
        Household,
        verbose_name=_("household"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
    )
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
    completeness = models.PositiveSmallIntegerField(_("completeness in percent"), default=0, editable=False)
    merged_into = models.ForeignKey(
        "self", verbose_name=_("merged into"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
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
            models.Index(fields=["romaji_key"], name="customer_romaji_prefix", opclasses=["text_pattern_ops"]),
            models.Index(ExtractMonth("birthday"), ExtractDay("birthday"), name="customer_birth_day"),
            GinIndex(fields=["grams"], name="customer_grams"),
            GinIndex(
                OpClass(F("name_key"), name="gin_trgm_ops"),
                OpClass(F("kana_key"), name="gin_trgm_ops"),
                name="customer_name_part",
            ),
            models.Index(fields=["home_store", "id"], name="customer_of_store"),
            models.Index(fields=["merged_into"], name="customer_absorbed", condition=Q(merged_into__isnull=False)),
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
