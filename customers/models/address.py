"""Where they live, and with whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class Address(models.Model):
    """One postal address of one customer, as she gave it. The newest without `valid_to` is the one in force.

    For delivery and for review of likely duplicates only: an address never proves that two people are one.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="addresses"
    )
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    prefecture = models.CharField(_("prefecture"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    block = models.CharField(_("town and block"), max_length=120, blank=True)
    building = models.CharField(_("building and room"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2, default="JP")
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=40)

    class Meta:
        ordering = ("customer", "-valid_from", "-id")
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        indexes = [models.Index(fields=["postcode"], name="address_postcode", condition=Q(valid_to__isnull=True))]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], name="address_one_in_force", condition=Q(valid_to__isnull=True)
            ),
            models.CheckConstraint(
                name="address_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("An address cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"address #{self.pk}"
