"""What happened on the shop floor."""

from __future__ import annotations

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.rows import time_ordered_uuid
from customers.models import Customer, Store, User

NOTE_LENGTH = 200


class Note(models.Model):
    """What a member of staff wants the next one to know. At most 200 characters; the customer may ask to read it."""

    class Scope(models.TextChoices):
        STORE = "store", _("This store only")
        COMPANY = "company", _("Whole company")

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(
        Store, verbose_name=_("store"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    scope = models.CharField(_("who may read it"), max_length=10, choices=Scope)
    text = models.CharField(_("note"), max_length=NOTE_LENGTH, validators=[MaxLengthValidator(NOTE_LENGTH)])
    written_at = models.DateTimeField(_("written"))

    class Meta:
        ordering = ("-written_at", "-id")
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [models.Index(fields=["customer", "-written_at", "-id"], name="note_of_customer")]
        constraints = [
            models.CheckConstraint(
                name="note_store_scope_has_a_store",
                condition=models.Q(scope="company") | models.Q(store__isnull=False),
                violation_error_message=_("A note for one store needs that store."),
            )
        ]

    def __str__(self) -> str:
        return f"note #{self.pk}"
