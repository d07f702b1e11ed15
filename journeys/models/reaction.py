"""What must still happen because something happened."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.rows import LockingQuerySet
from journeys.models.interaction import Interaction


class Reaction(models.Model):
    """One `later` plug's work on one interaction. Written with the fact, claimed by lease, retried, parked after five.

    A worker that dies leaves its lease to run out; the sweep hands the row to the next one.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        PARKED = "parked", _("Parked after repeated failures")

    interaction = models.ForeignKey(Interaction, on_delete=models.PROTECT, related_name="reactions")
    plug = models.CharField(_("reaction"), max_length=80)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"))
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True)
    problem = models.CharField(_("last problem"), max_length=200, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = LockingQuerySet["Reaction"].as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        indexes = [models.Index(fields=["due_at", "id"], name="reaction_open", condition=Q(state="waiting"))]
        constraints = [models.UniqueConstraint(fields=["interaction", "plug"], name="reaction_once")]

    def __str__(self) -> str:
        return f"{self.plug} #{self.pk}"
