"""What they bought, on every channel, and what came back. Money is in the minor unit of the document's currency."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.lib.rows import LockingQuerySet, time_ordered_uuid
from customers.models import Customer, Store, User
from journeys.models.catalog import Variant
from journeys.models.interaction import Channel


class Order(models.Model):
    """A sale reported by a channel. A reported fact is never refused for a business reason.

    Without a known customer it stays a guest order (`customer` empty, `identity_hint` kept for a later claim).
    `total` is what was to pay, tax included, after discounts: the sum of the lines' `paid`.
    """

    class State(models.TextChoices):
        PLACED = "placed", _("Placed")
        PAID = "paid", _("Paid")
        SHIPPED = "shipped", _("Shipped")
        DELIVERED = "delivered", _("Delivered")
        LATE = "late", _("Late")
        CANCELLED = "cancelled", _("Cancelled")

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    source = models.CharField(_("source"), max_length=60)
    external_id = models.CharField(_("number at the source"), max_length=120)
    fingerprint = models.BinaryField(max_length=32, editable=False)
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    identity_hint = models.JSONField(default=dict, blank=True, editable=False)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    store = models.ForeignKey(
        Store, verbose_name=_("store"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    staff = models.ForeignKey(
        User, verbose_name=_("staff"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    currency = models.CharField(_("currency"), max_length=3, default="JPY")
    is_tax_included = models.BooleanField(_("prices include tax"), default=True)
    total = models.BigIntegerField(_("total"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PAID)
    is_private = models.BooleanField(_("private or gift"), default=False)
    tracking = models.CharField(_("tracking number"), max_length=60, blank=True)
    placed_at = models.DateTimeField(pgettext_lazy("order", "placed"))
    is_time_known = models.BooleanField(default=True)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"))

    objects = LockingQuerySet["Order"].as_manager()

    class Meta:
        ordering = ("-placed_at", "-id")
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["customer", "-placed_at", "-id"], name="order_of_customer"),
            models.Index(fields=["store", "-placed_at"], name="order_of_store"),
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),
            GinIndex(
                fields=["identity_hint"],
                name="order_of_guest",
                opclasses=["jsonb_path_ops"],
                condition=Q(customer__isnull=True),
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="order_once_per_source")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class OrderLine(models.Model):
    """One position. An unknown product keeps its raw code (`variant` empty). `paid` is for the whole quantity.

    Customer and time are repeated so that "bought in a category within 90 days" is one index.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField(_("line"))
    variant = models.ForeignKey(
        Variant, verbose_name=_("variant"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    raw_code = models.CharField(_("code as sent"), max_length=80, blank=True)
    name = models.CharField(_("name as sent"), max_length=120, blank=True)
    quantity = models.IntegerField(_("quantity"))
    list_price = models.BigIntegerField(_("list price"))
    discount = models.BigIntegerField(_("discount"), default=0)
    tax_rate = models.PositiveSmallIntegerField(_("tax rate in percent"), default=10)
    tax = models.BigIntegerField(_("tax"), default=0)
    paid = models.BigIntegerField(_("paid"))
    cost = models.BigIntegerField(_("cost at sale"), null=True, blank=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    placed_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ("order", "number")
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        indexes = [
            models.Index(fields=["customer", "-placed_at"], name="order_line_of_customer"),
            models.Index(fields=["variant", "-placed_at"], name="order_line_of_variant"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="order_line_once"),
            models.CheckConstraint(
                name="order_line_sells_something",
                condition=Q(quantity__gte=1, list_price__gte=0, discount__gte=0),
                violation_error_message=_("A line has at least one piece and no negative price."),
            ),
        ]

    def __str__(self) -> str:
        return f"order line #{self.pk}"


class Tender(models.Model):
    """How an order was paid: cash, card, points, gift card."""

    class Kind(models.TextChoices):
        CASH = "cash", _("Cash")
        CARD = "card", _("Card")
        POINTS = "points", _("Points")
        GIFT_CARD = "gift_card", _("Gift card")
        OTHER = "other", _("Other")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="tenders")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        ordering = ("order", "id")
        verbose_name = _("tender")
        verbose_name_plural = _("tenders")
        constraints = [models.UniqueConstraint(fields=["order", "kind"], name="tender_once_a_kind")]

    def __str__(self) -> str:
        return f"tender #{self.pk}"


class OrderReturn(models.Model):
    """Pieces that came back, or a whole order cancelled before delivery. Append-only: a mistake is a new order."""

    class Kind(models.TextChoices):
        RETURN = "return", _("Return")
        CANCELLATION = "cancellation", _("Cancellation")

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    order = models.ForeignKey(Order, verbose_name=_("order"), on_delete=models.PROTECT, related_name="returns")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    source = models.CharField(_("source"), max_length=60)
    external_id = models.CharField(_("number at the source"), max_length=120)
    fingerprint = models.BinaryField(max_length=32, editable=False)
    refunded = models.BigIntegerField(_("refunded"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    store = models.ForeignKey(
        Store, verbose_name=_("store"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    returned_at = models.DateTimeField(_("returned"))
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        ordering = ("-returned_at", "-id")
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="return_once_per_source")]

    def __str__(self) -> str:
        return f"return #{self.pk}"


class ReturnLine(models.Model):
    """How many pieces of a line came back, and the yen paid back for them."""

    order_return = models.ForeignKey(OrderReturn, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="returns")
    quantity = models.PositiveIntegerField(_("quantity"))
    amount = models.BigIntegerField(_("amount"))
    tax = models.BigIntegerField(_("tax"), default=0)

    class Meta:
        ordering = ("order_return", "id")
        verbose_name = _("returned item")
        verbose_name_plural = _("returned items")
        constraints = [
            models.UniqueConstraint(fields=["order_return", "line"], name="return_line_once"),
            models.CheckConstraint(
                name="return_line_returns_something",
                condition=Q(quantity__gte=1, amount__gte=0),
                violation_error_message=_("A return has at least one piece."),
            ),
        ]

    def __str__(self) -> str:
        return f"returned item #{self.pk}"
