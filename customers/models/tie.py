"""Which stores know a customer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.store import Store


class StoreTie(models.Model):
    """A customer was served in a store: an order, a visit, a try-on or a reservation, last at `last_at`.

    For 24 months after it the store's staff see her. Kept by the timeline with each such fact.
    """

    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, verbose_name=_("store"), on_delete=models.PROTECT, related_name="+")
    last_at = models.DateTimeField(_("last served"))

    class Meta:
        ordering = ("customer", "store")
        verbose_name = _("tie to a store")
        verbose_name_plural = _("ties to stores")
        indexes = [models.Index(fields=["store", "-last_at"], name="store_tie_of_store")]
        constraints = [models.UniqueConstraint(fields=["customer", "store"], name="store_tie_once")]

    def __str__(self) -> str:
        return f"tie #{self.pk}"
