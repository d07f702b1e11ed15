"""What else is known about them: anniversaries, interests and tags, and fields the retailer defines herself."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.staff import User


class Anniversary(models.Model):
    """A day of the year that matters to a customer, in her words (wedding day, a child's birthday)."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="anniversaries"
    )
    label = models.CharField(_("what it is"), max_length=60)
    month = models.PositiveSmallIntegerField(_("month"))
    day = models.PositiveSmallIntegerField(_("day"))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=40)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ("customer", "month", "day", "id")
        verbose_name = _("anniversary")
        verbose_name_plural = _("anniversaries")
        indexes = [models.Index(fields=["month", "day"], name="anniversary_day")]
        constraints = [
            models.UniqueConstraint(fields=["customer", "label", "month", "day"], name="anniversary_once"),
            models.CheckConstraint(
                name="anniversary_is_a_day",
                condition=Q(month__gte=1, month__lte=12, day__gte=1, day__lte=31),
                violation_error_message=_("This is not a day of the year."),
            ),
        ]

    def __str__(self) -> str:
        return f"anniversary #{self.pk}"


class Tag(models.Model):
    """A word put on customers: an interest she told us (`interest`) or a label of ours (`tag`)."""

    class Kind(models.TextChoices):
        TAG = "tag", _("Tag")
        INTEREST = "interest", _("Interest")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TAG)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    label_ja = models.CharField(_("label (Japanese)"), max_length=60)
    label_en = models.CharField(_("label (English)"), max_length=60, blank=True)

    class Meta:
        ordering = ("kind", "code")
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The label in the language in force; the Japanese one when there is no English one."""
        english = (get_language() or "").startswith("en") and self.label_en
        return self.label_en if english else self.label_ja


class CustomerTag(models.Model):
    """One tag on one customer, with who put it there."""

    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="tags")
    tag = models.ForeignKey(Tag, verbose_name=_("tag"), on_delete=models.PROTECT, related_name="customers")
    source = models.CharField(_("source"), max_length=40)
    added_by = models.ForeignKey(
        User, verbose_name=_("by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField(_("added"))

    class Meta:
        ordering = ("customer", "tag")
        verbose_name = _("tag of a customer")
        verbose_name_plural = _("tags of customers")
        constraints = [models.UniqueConstraint(fields=["customer", "tag"], name="customer_tag_once")]

    def __str__(self) -> str:
        return f"customer tag #{self.pk}"


class AttributeDefinition(models.Model):
    """A field the retailer adds to customers (shoe size, favourite cut), with its type and its reason to exist."""

    class Type(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        YES_NO = "yes_no", _("Yes or no")
        CHOICE = "choice", _("Choice")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    label_ja = models.CharField(_("label (Japanese)"), max_length=60)
    label_en = models.CharField(_("label (English)"), max_length=60, blank=True)
    type = models.CharField(_("type"), max_length=10, choices=Type)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    purpose = models.CharField(_("why we keep it"), max_length=200)
    retention_days = models.PositiveIntegerField(_("kept for days"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    is_clerk_visible = models.BooleanField(_("shown to clerks"), default=False)

    class Meta:
        ordering = ("code",)
        verbose_name = _("customer field")
        verbose_name_plural = _("customer fields")
        constraints = [
            models.CheckConstraint(
                name="attribute_has_a_purpose",
                condition=~Q(purpose=""),
                violation_error_message=_("Say why this field is kept."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The label in the language in force; the Japanese one when there is no English one."""
        english = (get_language() or "").startswith("en") and self.label_en
        return self.label_en if english else self.label_ja


class AttributeValue(models.Model):
    """What one customer's field says. `value` is JSON of the definition's type; dates are ISO text."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="attributes"
    )
    definition = models.ForeignKey(
        AttributeDefinition, verbose_name=_("field"), on_delete=models.PROTECT, related_name="values"
    )
    value = models.JSONField(_("value"))
    source = models.CharField(_("source"), max_length=40)
    updated_at = models.DateTimeField(_("updated"))

    class Meta:
        ordering = ("customer", "definition")
        verbose_name = _("customer field value")
        verbose_name_plural = _("customer field values")
        constraints = [models.UniqueConstraint(fields=["customer", "definition"], name="attribute_value_once")]

    def __str__(self) -> str:
        return f"attribute value #{self.pk}"
