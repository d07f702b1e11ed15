"""What a store or a colleague must do, and for whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.rows import LockingQuerySet, time_ordered_uuid
from customers.models.customer import Customer
from customers.models.staff import User
from customers.models.store import Store


class StaffTask(models.Model):
    """One thing to do by a store or by one person (at least one of both), about a customer or not."""

    class Result(models.TextChoices):
        DONE = "done", _("Done")
        NOT_REACHED = "not_reached", _("Not reached")
        NOT_NEEDED = "not_needed", _("Not needed any more")

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    store = models.ForeignKey(
        Store, verbose_name=_("store"), on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    assignee = models.ForeignKey(
        User, verbose_name=_("who"), on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    title = models.CharField(_("what"), max_length=120)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    due_at = models.DateTimeField(_("due"))
    created_by = models.ForeignKey(
        User, verbose_name=_("by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"))
    result = models.CharField(_("result"), max_length=12, choices=Result, blank=True)
    result_note = models.CharField(_("note"), max_length=200, blank=True)
    done_at = models.DateTimeField(_("finished"), null=True, blank=True)
    done_by = models.ForeignKey(
        User, verbose_name=_("finished by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LockingQuerySet["StaffTask"].as_manager()

    class Meta:
        ordering = ("due_at", "id")
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index(fields=["store", "due_at"], name="task_of_store", condition=Q(done_at__isnull=True)),
            models.Index(fields=["assignee", "due_at"], name="task_of_person", condition=Q(done_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="task_is_somebodys",
                condition=Q(store__isnull=False) | Q(assignee__isnull=False),
                violation_error_message=_("A task needs a store or a person."),
            ),
            models.CheckConstraint(
                name="task_result_when_finished",
                condition=Q(done_at__isnull=True, result="") | (Q(done_at__isnull=False) & ~Q(result="")),
                violation_error_message=_("A finished task has a result."),
            ),
        ]

    def __str__(self) -> str:
        return f"task #{self.pk}"
