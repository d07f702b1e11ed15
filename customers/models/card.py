"""Member cards on a phone, and the devices of a store."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.staff import User
from customers.models.store import Store


class CardCode(models.Model):
    """A rotating code that was used. The signed code itself needs no row; its use does, so that it works once."""

    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="+")
    nonce = models.UUIDField(unique=True)
    store = models.ForeignKey(
        Store, verbose_name=_("store"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    staff = models.ForeignKey(
        User, verbose_name=_("staff"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    redeemed_at = models.DateTimeField(_("used"))

    class Meta:
        ordering = ("-redeemed_at", "-id")
        verbose_name = _("used card code")
        verbose_name_plural = _("used card codes")
        indexes = [models.Index(fields=["redeemed_at"], name="card_code_age")]

    def __str__(self) -> str:
        return f"card code #{self.pk}"


class StoreDevice(models.Model):
    """A tablet or phone of a store, enrolled by its manager: on it staff come back by PIN. Ended, never deleted."""

    store = models.ForeignKey(Store, verbose_name=_("store"), on_delete=models.PROTECT, related_name="devices")
    label = models.CharField(_("label"), max_length=60)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    enrolled_by = models.ForeignKey(User, verbose_name=_("enrolled by"), on_delete=models.PROTECT, related_name="+")
    enrolled_at = models.DateTimeField(_("enrolled"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        ordering = ("store", "label", "id")
        verbose_name = _("store device")
        verbose_name_plural = _("store devices")

    def __str__(self) -> str:
        return self.label


class StaffPin(models.Model):
    """A member of staff's own PIN for enrolled devices, after one full sign-in a day. Worth nothing elsewhere."""

    user = models.OneToOneField(User, verbose_name=_("account"), on_delete=models.CASCADE, related_name="pin")
    pin_hash = models.CharField(max_length=128, editable=False)
    set_at = models.DateTimeField(_("set"))

    class Meta:
        ordering = ("user",)
        verbose_name = _("PIN")
        verbose_name_plural = _("PINs")

    def __str__(self) -> str:
        return f"PIN #{self.pk}"
