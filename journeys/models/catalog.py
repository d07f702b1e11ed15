"""What the retailer sells: styles, their colours and sizes, and what they cost when."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from config.lib.rows import LockingQuerySet, time_ordered_uuid


class Category(models.Model):
    """A place in the tree of goods. `is_discreet` keeps it out of what clerks and prompts see."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self", verbose_name=_("above"), on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    name_ja = models.CharField(_("name (Japanese)"), max_length=80)
    name_en = models.CharField(_("name (English)"), max_length=80, blank=True)
    is_discreet = models.BooleanField(_("discreet"), default=False)

    class Meta:
        ordering = ("code",)
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language in force; the Japanese one when there is no English one."""
        english = (get_language() or "").startswith("en") and self.name_en
        return self.name_en if english else self.name_ja


class Style(models.Model):
    """One article as a customer would name it (a wool coat). Its variants are what is stocked and sold."""

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("id at the source"), max_length=80)
    name_ja = models.CharField(_("name (Japanese)"), max_length=120)
    name_en = models.CharField(_("name (English)"), max_length=120, blank=True)
    brand = models.CharField(_("brand"), max_length=80, blank=True)
    category = models.ForeignKey(Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="styles")
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    image_url = models.CharField(_("image"), max_length=300, blank=True)
    search_key = models.CharField(max_length=260, editable=False, default="")
    is_active = models.BooleanField(_("sold"), default=True)
    updated_at = models.DateTimeField(_("updated"))

    objects = LockingQuerySet["Style"].as_manager()

    class Meta:
        ordering = ("name_ja", "id")
        verbose_name = _("style")
        verbose_name_plural = _("styles")
        indexes = [
            GinIndex(fields=["search_key"], name="style_search", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["category", "id"], name="style_of_category"),
        ]
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="style_once_per_source")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language in force; the Japanese one when there is no English one."""
        english = (get_language() or "").startswith("en") and self.name_en
        return self.name_en if english else self.name_ja


class Variant(models.Model):
    """One colour and size of a style: what has a stock-keeping number, a barcode, a price and stock.

    Prices are in the minor unit of `currency` (yen: whole yen), tax included. `cost` is for managers only.
    """

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    style = models.ForeignKey(Style, verbose_name=_("style"), on_delete=models.PROTECT, related_name="variants")
    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("id at the source"), max_length=80)
    sku = models.CharField(_("SKU"), max_length=60, unique=True)
    barcode = models.CharField(_("barcode"), max_length=40, blank=True)
    colour = models.CharField(_("colour"), max_length=40, blank=True)
    size = models.CharField(_("size"), max_length=20, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="JPY")
    price = models.BigIntegerField(_("list price"))
    cost = models.BigIntegerField(_("cost price"), null=True, blank=True)
    is_active = models.BooleanField(_("sold"), default=True)
    updated_at = models.DateTimeField(_("updated"))

    objects = LockingQuerySet["Variant"].as_manager()

    class Meta:
        ordering = ("style", "colour", "size", "id")
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        indexes = [models.Index(fields=["barcode"], name="variant_barcode", condition=~Q(barcode=""))]
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="variant_once_per_source"),
            models.CheckConstraint(
                name="variant_prices_are_not_negative",
                condition=Q(price__gte=0) & (Q(cost__isnull=True) | Q(cost__gte=0)),
                violation_error_message=_("A price cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return self.sku


class PriceChange(models.Model):
    """What a variant cost from a moment on; written with each change of price or cost."""

    variant = models.ForeignKey(Variant, verbose_name=_("variant"), on_delete=models.PROTECT, related_name="prices")
    price = models.BigIntegerField(_("list price"))
    cost = models.BigIntegerField(_("cost price"), null=True, blank=True)
    valid_from = models.DateTimeField(_("valid from"))
    source = models.CharField(_("source"), max_length=40)

    class Meta:
        ordering = ("variant", "-valid_from", "-id")
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        constraints = [models.UniqueConstraint(fields=["variant", "valid_from"], name="price_once_a_moment")]

    def __str__(self) -> str:
        return f"price #{self.pk}"


class StyleAffinity(models.Model):
    """Two styles bought by the same customers more often than chance: counted from orders, all rows at once.

    `lift` in percent of chance (100: no more often than chance); `buyers` bought both.
    """

    style = models.ForeignKey(Style, verbose_name=_("style"), on_delete=models.CASCADE, related_name="+")
    goes_with = models.ForeignKey(Style, verbose_name=_("bought with"), on_delete=models.CASCADE, related_name="+")
    buyers = models.PositiveIntegerField(_("customers who bought both"))
    lift = models.PositiveIntegerField(_("lift in percent"))
    counted_at = models.DateTimeField(_("counted"))

    class Meta:
        ordering = ("style", "-lift", "id")
        verbose_name = _("bought together")
        verbose_name_plural = _("bought together")
        constraints = [models.UniqueConstraint(fields=["style", "goes_with"], name="style_affinity_once")]

    def __str__(self) -> str:
        return f"affinity #{self.pk}"


class StylePair(models.Model):
    """Two styles the retailer says go together, best first by `rank`. Each direction is its own row."""

    style = models.ForeignKey(Style, verbose_name=_("style"), on_delete=models.CASCADE, related_name="pairs")
    goes_with = models.ForeignKey(Style, verbose_name=_("goes with"), on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveSmallIntegerField(_("rank"), default=1)

    class Meta:
        ordering = ("style", "rank", "id")
        verbose_name = _("coordination")
        verbose_name_plural = _("coordinations")
        constraints = [
            models.UniqueConstraint(fields=["style", "goes_with"], name="style_pair_once"),
            models.CheckConstraint(
                name="style_pair_of_two",
                condition=~Q(style=F("goes_with")),
                violation_error_message=_("A style does not go with itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"pair #{self.pk}"
