"""What somebody must look at: one list for conflicts, overruns, refused reactions, dead letters."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.staff import Role, User
from customers.models.store import Store


class AttentionItem(models.Model):
    """One thing that waits for a person of `owner_role` (of `store`, if set).

    `kind` names an entry of the hook `customers.attention_item`; `key` makes the same trouble one item, not many.
    `data` carries ids and counts for the sentence, never personal data.
    """

    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("key"), max_length=120)
    owner_role = models.CharField(_("for"), max_length=20, choices=Role)
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    store = models.ForeignKey(
        Store, verbose_name=_("store"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    data = models.JSONField(_("details"), default=dict, blank=True)
    raised_at = models.DateTimeField(_("raised"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = models.ForeignKey(
        User, verbose_name=_("settled by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ("-raised_at", "-id")
        verbose_name = _("item that needs attention")
        verbose_name_plural = _("needs attention")
        indexes = [
            models.Index(
                fields=["owner_role", "-raised_at"], name="attention_open", condition=Q(settled_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], name="attention_once_while_open", condition=Q(settled_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"
