"""Codes printed where no click can be measured."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from journeys.models.interaction import Channel


class SourceCode(models.Model):
    """A code printed where no click can be measured (a pamphlet, a newspaper): whoever names it came from there."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    label = models.CharField(_("where it is printed"), max_length=120)
    address = models.CharField(_("address it leads to"), max_length=300, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("source code")
        verbose_name_plural = _("source codes")
        constraints = [
            models.CheckConstraint(
                name="source_code_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("A code cannot end before it begins."),
            )
        ]

    def __str__(self) -> str:
        return self.code
