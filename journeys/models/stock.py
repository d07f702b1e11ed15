"""What is there, and what is promised."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.rows import LockingQuerySet, time_ordered_uuid
from customers.models import Customer, Store, User
from journeys.models.catalog import Variant
from journeys.models.interaction import Channel


class Stock(models.Model):
    """One variant in one store. `on_hand` belongs to the feed (absolute, as of a moment), `reserved` to us.

    Available is the difference, never shown below 0: a feed may undercut what was promised.
    """

    store = models.ForeignKey(Store, verbose_name=_("store"), on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, verbose_name=_("variant"), on_delete=models.PROTECT, related_name="stock")
    on_hand = models.IntegerField(_("on hand"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)
    shelf = models.CharField(_("shelf"), max_length=20, blank=True)
    incoming = models.PositiveIntegerField(_("incoming"), default=0)
    incoming_on = models.DateField(_("arrives"), null=True, blank=True)
    as_of = models.DateTimeField(_("as of"))

    objects = LockingQuerySet["Stock"].as_manager()

    class Meta:
        ordering = ("variant", "store")
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints = [
            models.UniqueConstraint(fields=["variant", "store"], name="stock_once"),
            models.CheckConstraint(
                name="stock_is_not_negative",
                condition=Q(on_hand__gte=0, reserved__gte=0),
                violation_error_message=_("Stock cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"stock #{self.pk}"

    @property
    def available(self) -> int:
        """Pieces that may still be promised; 0 when the feed undercut the reservations."""
        return max(0, self.on_hand - self.reserved)


class Reservation(models.Model):
    """Pieces held for a customer in a store until a moment. `from_store` set: they come from another store first."""

    class State(models.TextChoices):
        TO_PREPARE = "to_prepare", _("To prepare")
        READY = "ready", _("Ready")
        COLLECTED = "collected", _("Collected")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, verbose_name=_("collected in"), on_delete=models.PROTECT, related_name="+")
    from_store = models.ForeignKey(
        Store, verbose_name=_("fetched from"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.TO_PREPARE)
    until = models.DateTimeField(_("held until"))
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    created_by = models.ForeignKey(
        User, verbose_name=_("by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"))
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = LockingQuerySet["Reservation"].as_manager()

    class Meta:
        ordering = ("until", "id")
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        indexes = [
            models.Index(
                fields=["store", "until"],
                name="reservation_open_of_store",
                condition=Q(state__in=["to_prepare", "ready"]),
            ),
            models.Index(fields=["store", "ended_at"], name="reservation_collected", condition=Q(state="collected")),
            models.Index(fields=["until"], name="reservation_due", condition=Q(state__in=["to_prepare", "ready"])),
            models.Index(fields=["customer", "-created_at"], name="reservation_of_customer"),
        ]

    def __str__(self) -> str:
        return f"reservation #{self.pk}"

    @property
    def is_open(self) -> bool:
        """True while its pieces are held."""
        return self.state in {self.State.TO_PREPARE, self.State.READY}


class ReservationLine(models.Model):
    """One variant of a reservation. Which store's stock it holds: `from_store` if set, else `store`."""

    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, related_name="lines")
    variant = models.ForeignKey(Variant, verbose_name=_("variant"), on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField(_("quantity"))

    class Meta:
        ordering = ("reservation", "id")
        verbose_name = _("reserved item")
        verbose_name_plural = _("reserved items")
        constraints = [
            models.UniqueConstraint(fields=["reservation", "variant"], name="reservation_line_once"),
            models.CheckConstraint(
                name="reservation_line_holds_something",
                condition=Q(quantity__gte=1, quantity__lte=99),
                violation_error_message=_("Reserve 1 to 99 pieces."),
            ),
        ]

    def __str__(self) -> str:
        return f"reserved item #{self.pk}"
