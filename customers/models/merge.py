"""When two records turn out to be one person: proposed, decided, and taken back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib.rows import LockingQuerySet, time_ordered_uuid
from customers.models.customer import Customer
from customers.models.staff import User


class MergeCandidate(models.Model):
    """A pair that may be one person, with what speaks for and against. `left` is the older record.

    "Not the same" is remembered for good: the pair's row stays and is never proposed again.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To decide")
        DISTINCT = "distinct", _("Not the same person")
        MERGED = "merged", _("Merged")

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    left = models.ForeignKey(Customer, verbose_name=_("older"), on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(Customer, verbose_name=_("newer"), on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField(_("score"))
    evidence = models.JSONField(_("evidence"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    found_at = models.DateTimeField(_("found"))
    proposed_by = models.ForeignKey(
        User, verbose_name=_("proposed by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, verbose_name=_("by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LockingQuerySet["MergeCandidate"].as_manager()

    class Meta:
        ordering = ("-score", "id")
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        indexes = [models.Index(fields=["-score", "id"], name="merge_candidate_open", condition=Q(state="open"))]
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="merge_candidate_once"),
            models.CheckConstraint(
                name="merge_candidate_in_order",
                condition=Q(left__lt=F("right")),
                violation_error_message=_("A customer cannot be her own duplicate."),
            ),
        ]

    def __str__(self) -> str:
        return f"candidate #{self.pk}"


class MergeEvent(models.Model):
    """One merge: who stayed, who was absorbed, why, and every row as it was before. Undo puts each back.

    `moved` holds per table the rows' before-images; `choices` says which side each field was taken from.
    """

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    survivor = models.ForeignKey(Customer, verbose_name=_("kept"), on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Customer, verbose_name=_("absorbed"), on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(_("rule"), max_length=40)
    evidence = models.JSONField(_("evidence"), default=list)
    score = models.PositiveSmallIntegerField(_("score"), default=0)
    choices = models.JSONField(_("choices"), default=dict)
    moved = models.JSONField(_("moved rows"), default=dict)
    actor = models.ForeignKey(
        User, verbose_name=_("by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    merged_at = models.DateTimeField(_("merged"))
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    undone_by = models.ForeignKey(
        User, verbose_name=_("taken back by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LockingQuerySet["MergeEvent"].as_manager()

    class Meta:
        ordering = ("-merged_at", "-id")
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"], name="merge_absorbed_once", condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(
                name="merge_of_two",
                condition=~Q(survivor=F("absorbed")),
                violation_error_message=_("A customer cannot be merged with herself."),
            ),
        ]

    def __str__(self) -> str:
        return f"merge #{self.pk}"


class Reveal(models.Model):
    """One masked field shown in full to one member of staff, with her reason. Append-only (trigger)."""

    staff = models.ForeignKey(User, verbose_name=_("staff"), on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="+")
    field = models.CharField(_("field"), max_length=20)
    reason = models.CharField(_("reason"), max_length=200)
    revealed_at = models.DateTimeField(_("shown"))
    until = models.DateTimeField(_("until"))

    class Meta:
        ordering = ("-revealed_at", "-id")
        verbose_name = _("revealed field")
        verbose_name_plural = _("revealed fields")
        indexes = [models.Index(fields=["staff", "customer", "-until"], name="reveal_open")]

    def __str__(self) -> str:
        return f"reveal #{self.pk}"
