"""When a store is open."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.store import Store


class OpeningHours(models.Model):
    """The usual hours of one weekday (0 Monday to 6 Sunday), in the store's own time zone. No row: closed."""

    store = models.ForeignKey(Store, verbose_name=_("store"), on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"))
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        ordering = ("store", "weekday")
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            models.UniqueConstraint(fields=["store", "weekday"], name="hours_once_a_weekday"),
            models.CheckConstraint(
                name="hours_end_after_they_begin",
                condition=Q(closes__gt=F("opens")) & Q(weekday__lte=6),
                violation_error_message=_("A store closes after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return f"hours #{self.pk}"


class SpecialDay(models.Model):
    """One date with other hours than usual, or closed (both times empty): holidays, stock-taking, sales."""

    store = models.ForeignKey(Store, verbose_name=_("store"), on_delete=models.CASCADE, related_name="special_days")
    day = models.DateField(_("date"))
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=80, blank=True)

    class Meta:
        ordering = ("store", "day")
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        constraints = [
            models.UniqueConstraint(fields=["store", "day"], name="special_day_once"),
            models.CheckConstraint(
                name="special_day_open_or_closed",
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(closes__gt=F("opens")),
                violation_error_message=_("Give both times, or none for a closed day."),
            ),
        ]

    def __str__(self) -> str:
        return f"special day #{self.pk}"
