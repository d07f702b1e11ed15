"""Files that bring data in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.rows import LockingQuerySet, time_ordered_uuid
from customers.models import User


class ImportRun(models.Model):
    """One file on its way in: uploaded, checked (dry run), run by a worker in batches, finished.

    `next_line` is where a worker goes on after a crash: it moves in the transaction of each batch. Counts of the check
    and of the run are kept apart, so that what was promised can be compared with what was done.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        MATCHING = "matching", _("Columns to be matched")
        CHECKED = "checked", _("Checked, nothing written yet")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Cannot be read")
        DISCARDED = "discarded", _("Discarded")

    class What(models.TextChoices):
        CUSTOMERS = "customers", _("Customers")
        PRODUCTS = "products", _("Products")
        STORES = "stores", _("Stores")
        STOCK = "stock", _("Stock")
        ORDERS = "orders", _("Orders")

    class Mode(models.TextChoices):
        HISTORY = "history", _("History: nobody reacts to it")
        LIVE = "live", _("Live: as if it happened now")

    class Encoding(models.TextChoices):
        UTF8 = "utf-8", _("UTF-8")
        CP932 = "cp932", _("Shift_JIS (Windows, cp932)")

    uuid = models.UUIDField(default=time_ordered_uuid, unique=True, editable=False)
    what = models.CharField(_("what it holds"), max_length=12, choices=What, default=What.CUSTOMERS)
    profile = models.CharField(_("profile"), max_length=40, blank=True)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode, default=Mode.HISTORY)
    zone = models.CharField(_("time zone of the file"), max_length=40, default="Asia/Tokyo")
    currency = models.CharField(_("currency"), max_length=3, default="JPY")
    file_name = models.CharField(_("file"), max_length=200)
    path = models.CharField(max_length=200, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.BigIntegerField(_("size in bytes"))
    encoding = models.CharField(_("characters"), max_length=10, choices=Encoding, blank=True)
    columns = models.JSONField(_("columns"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CHECKING)
    failure = models.CharField(_("why it cannot be read"), max_length=60, blank=True)
    total = models.IntegerField(_("rows"), default=0)
    would_create = models.IntegerField(default=0)
    would_update = models.IntegerField(default=0)
    would_leave = models.IntegerField(default=0)
    would_refuse = models.IntegerField(default=0)
    created = models.IntegerField(_("new"), default=0)
    updated = models.IntegerField(_("changed"), default=0)
    unchanged = models.IntegerField(_("already there"), default=0)
    refused = models.IntegerField(_("refused"), default=0)
    next_line = models.IntegerField(default=0)
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(User, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("uploaded"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = LockingQuerySet["ImportRun"].as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} #{self.pk}"


class ImportMapping(models.Model):
    """Which column of a file means what, as somebody decided it; used again for every file with the same headings."""

    what = models.CharField(_("what it holds"), max_length=12, choices=ImportRun.What)
    headings = models.CharField(max_length=64, editable=False)
    profile = models.CharField(_("profile"), max_length=40, blank=True)
    fields = models.JSONField(_("columns"), default=dict)
    updated_by = models.ForeignKey(User, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(_("updated"))

    class Meta:
        ordering = ("what", "id")
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        constraints = [models.UniqueConstraint(fields=["what", "headings"], name="import_mapping_once")]

    def __str__(self) -> str:
        return f"mapping #{self.pk}"


class ImportProblem(models.Model):
    """One refused row: its line in the file, the column, what it said and why not. The good rows went in."""

    class Phase(models.TextChoices):
        CHECK = "check", _("Check")
        RUN = "run", _("Run")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    phase = models.CharField(max_length=10, choices=Phase)
    line = models.IntegerField(_("line"))
    column = models.CharField(_("column"), max_length=80, blank=True)
    value = models.CharField(_("what it says"), max_length=120, blank=True)
    code = models.CharField(_("reason"), max_length=60)

    class Meta:
        ordering = ("run", "phase", "line", "id")
        verbose_name = _("refused row")
        verbose_name_plural = _("refused rows")
        constraints = [models.UniqueConstraint(fields=["run", "phase", "line", "column"], name="import_problem_once")]

    def __str__(self) -> str:
        return f"line {self.line}"
