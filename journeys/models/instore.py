"""What happened on the shop floor."""

from __future__ import annotations

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.rows import LockingQuerySet, time_ordered_uuid
from customers.models import Customer, Store, User
from journeys.models.catalog import Variant

NOTE_LENGTH = 200


class Note(models.Model):
    """What a member of staff wants the next one to know. At most 200 characters; the customer may ask to read it.

    A promise has a day and an owner, and is open until it is kept. Advice may be shared with the customer herself.
    """

    class Type(models.TextChoices):
        PREFERENCE = "preference", _("Preference")
        CAUTION = "caution", _("Caution")
        PROMISE = "promise", _("Promise")
        ADVICE = "advice", _("Advice")

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
    type = models.CharField(_("type"), max_length=12, choices=Type, default=Type.PREFERENCE)
    text = models.CharField(_("note"), max_length=NOTE_LENGTH, validators=[MaxLengthValidator(NOTE_LENGTH)])
    due_on = models.DateField(_("promised for"), null=True, blank=True)
    owner = models.ForeignKey(
        User, verbose_name=_("who keeps it"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kept_at = models.DateTimeField(_("kept"), null=True, blank=True)
    is_shared = models.BooleanField(_("shared with the customer"), default=False)
    written_at = models.DateTimeField(_("written"))

    class Meta:
        ordering = ("-written_at", "-id")
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [
            models.Index(fields=["customer", "-written_at", "-id"], name="note_of_customer"),
            models.Index(
                fields=["store", "due_on"], name="note_promise_due", condition=models.Q(type="promise", kept_at=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="note_promise_has_day_and_owner",
                condition=~models.Q(type="promise") | models.Q(due_on__isnull=False, owner__isnull=False),
                violation_error_message=_("A promise needs a day and somebody who keeps it."),
            ),
            models.CheckConstraint(
                name="note_store_scope_has_a_store",
                condition=models.Q(scope="company") | models.Q(store__isnull=False),
                violation_error_message=_("A note for one store needs that store."),
            ),
        ]

    def __str__(self) -> str:
        return f"note #{self.pk}"


class TryOn(models.Model):
    """One variant tried on in one store: how it ended and why. The later online purchase is filled in by the order."""

    class Outcome(models.TextChoices):
        OPEN = "", _("Not told yet")
        BOUGHT = "bought", _("Bought")
        NOT_BOUGHT = "not_bought", _("Not bought")
        BOUGHT_LATER = "bought_later", _("Bought later")

    class Reason(models.TextChoices):
        NONE = "", _("No reason given")
        SIZE = "size", _("Size")
        COLOUR = "colour", _("Colour")
        FIT = "fit", _("Fit")
        PRICE = "price", _("Price")
        FABRIC = "fabric", _("Fabric")
        THINKING = "thinking", _("Wants to think about it")

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, verbose_name=_("variant"), on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, verbose_name=_("store"), on_delete=models.PROTECT, related_name="+")
    staff = models.ForeignKey(User, verbose_name=_("staff"), on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, default=Outcome.OPEN, blank=True)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason, default=Reason.NONE, blank=True)
    better_size = models.CharField(_("better size"), max_length=20, blank=True)
    tried_at = models.DateTimeField(_("tried on"))
    updated_at = models.DateTimeField(_("updated"))

    objects = LockingQuerySet["TryOn"].as_manager()

    class Meta:
        ordering = ("-tried_at", "-id")
        verbose_name = _("try-on")
        verbose_name_plural = _("try-ons")
        indexes = [models.Index(fields=["customer", "-tried_at"], name="tryon_of_customer")]

    def __str__(self) -> str:
        return f"try-on #{self.pk}"


class Complaint(models.Model):
    """Something went wrong and is not settled: what to say and what not to say to her until it is.

    Opening places a contact hold, closing lifts that one. The whole story is support's; this is what a clerk needs.
    """

    class Category(models.TextChoices):
        DEFECT = "defect", _("Defect")
        LATE = "late", _("Late delivery")
        SERVICE = "service", _("Service in the store")
        WRONG_ITEM = "wrong_item", _("Wrong item")
        BILLING = "billing", _("Payment or refund")
        OTHER = "other", _("Other")

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="+")
    category = models.CharField(_("category"), max_length=12, choices=Category)
    about = models.CharField(_("about"), max_length=120)
    say = models.CharField(_("say"), max_length=200, blank=True)
    do_not_say = models.CharField(_("do not say"), max_length=200, blank=True)
    handler = models.ForeignKey(
        User, verbose_name=_("handled by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    store = models.ForeignKey(
        Store, verbose_name=_("store"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    due_at = models.DateTimeField(_("answer by"), null=True, blank=True)
    opened_by = models.ForeignKey(User, verbose_name=_("opened by"), on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    closed_by = models.ForeignKey(
        User, verbose_name=_("closed by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    outcome = models.CharField(_("how it ended"), max_length=200, blank=True)

    objects = LockingQuerySet["Complaint"].as_manager()

    class Meta:
        ordering = ("-opened_at", "-id")
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        indexes = [
            models.Index(fields=["customer"], name="complaint_open", condition=models.Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"complaint #{self.pk}"


class PromptAnswer(models.Model):
    """What a clerk did with a talk prompt. One answered "wrong", or passed over three times, is not shown again."""

    class Answer(models.TextChoices):
        USED = "used", _("Used")
        LATER = "later", _("Later")
        WRONG = "wrong", _("Wrong")
        SHOWN = "shown", _("Shown only")

    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="+")
    prompt = models.CharField(_("prompt"), max_length=120)
    answer = models.CharField(_("answer"), max_length=6, choices=Answer)
    staff = models.ForeignKey(User, verbose_name=_("staff"), on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey(
        Store, verbose_name=_("store"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered"))

    class Meta:
        ordering = ("-answered_at", "-id")
        verbose_name = _("answer to a prompt")
        verbose_name_plural = _("answers to prompts")
        indexes = [models.Index(fields=["customer", "prompt", "-answered_at"], name="prompt_answers")]

    def __str__(self) -> str:
        return f"prompt answer #{self.pk}"
