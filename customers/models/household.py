"""People who shop for one another."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.rows import time_ordered_uuid


class Household(models.Model):
    """A group of customers who told us that they belong together. Holds no name: the members have theirs."""

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    note = models.CharField(_("note"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("household")
        verbose_name_plural = _("households")

    def __str__(self) -> str:
        return f"household #{self.pk}"
