"""Imports: choose a file, see what it would do, run it, watch it, take away what was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import formats
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from config.lib.admin import PolicyAdmin
from config.lib.errors import DomainError, NotFound
from customers import access
from journeys.models import ImportRun
from journeys.selectors import imports as reads
from journeys.services import importfiles, imports

CSV = "text/csv; charset=utf-8"
LIST, PAGE = "admin:journeys_importrun_changelist", "admin:journeys_importrun_change"
TEMPLATES = "admin/journeys/importrun"


class UploadForm(forms.Form):
    """The one field of the first step."""

    file = forms.FileField(
        label=_("CSV file"),
        error_messages={"required": _("Choose a file first.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv", "class": "yi-file"}),
    )


@admin.register(ImportRun)
class ImportAdmin(PolicyAdmin[ImportRun]):
    """Files of customers, newest first. Every act is a service; the pages only show and ask."""

    list_display = ("file_name", "word", "rows", "outcome", "requested_by", "created_at")
    list_filter = ("state",)
    list_select_related = ("requested_by",)
    search_fields = ("file_name",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> Any:
        """The imports of the policy."""
        return reads.runs_for(access.actor_of(request.user))

    @admin.display(description=_("state"), ordering="state")
    def word(self, run: ImportRun) -> str:
        """Where it stands."""
        return reads.word_of(run)[0]

    @admin.display(description=_("rows"), ordering="total")
    def rows(self, run: ImportRun) -> str | None:
        """How many rows the file has, once it was read."""
        return formats.number_format(run.total, force_grouping=True) if run.total else None

    @admin.display(description=_("result"))
    def outcome(self, run: ImportRun) -> str:
        """What it did or would do."""
        return reads.outcome_of(run)

    def get_urls(self) -> list[URLPattern]:
        """The steps of the wizard, before the admin's own catch-all."""

        def route(address: str, name: str, view: Callable[..., HttpResponseBase]) -> URLPattern:
            return path(address, self.admin_site.admin_view(view), name=f"journeys_importrun_{name}")

        return [
            route("sample/", "sample", self.sample_view),
            route("<int:run_id>/progress/", "progress", self.progress_view),
            route("<int:run_id>/start/", "start", self.start_view),
            route("<int:run_id>/discard/", "discard", self.discard_view),
            route("<int:run_id>/problems/", "problems", self.problems_view),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Step 1: choose a file; a good one leads to its page."""
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                run = imports.receive(
                    actor=access.actor_of(request.user), file_name=upload.name, chunks=upload.chunks(importfiles.CHUNK)
                )
            except DomainError as error:
                form.add_error("file", str(error.message))
            else:
                return redirect(PAGE, run.pk)
        context = {"form": form, "limit": importfiles.LARGEST, "title": _("Import customers")}
        return self._page(request, "add.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Steps 2 and 3: what the file is, what it would do, what it did."""
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET"])
        if not object_id.isdecimal() or len(object_id) > 18:
            raise NotFound("not_found", _("This import does not exist."))
        view = self._overview(request, int(object_id))
        return self._page(request, "run.html", {"view": view, "title": _("Import customers")})

    def progress_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """The part of the page that changes, asked for every two seconds while there is work."""
        view = self._overview(request, run_id)
        context = {"view": view, "is_news": request.GET.get("seen") != view.run.state}
        return TemplateResponse(request, f"{TEMPLATES}/_run.html", context)

    def start_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Step 3 begins: from here on the file is written."""
        return self._act(request, run_id, imports.start)

    def discard_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Drop a file that was only checked."""
        return self._act(request, run_id, imports.discard, done=_("The file was discarded. Nothing was written."))

    def problems_view(self, request: HttpRequest, run_id: int) -> StreamingHttpResponse:
        """The refused rows as a file to correct and upload again."""
        name, lines = reads.refused_file(actor=access.actor_of(request.user), run_id=run_id)
        return _download(name, lines)

    def sample_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """A file that can be imported as it is, in the reader's language."""
        return _download(str(_("customers sample.csv")), reads.csv_lines(iter(reads.sample_file())))

    def _overview(self, request: HttpRequest, run_id: int) -> reads.Overview:
        return reads.overview(actor=access.actor_of(request.user), run_id=run_id)

    def _act(
        self, request: HttpRequest, run_id: int, act: Callable[..., None], done: str | Promise = ""
    ) -> HttpResponse:
        try:
            act(actor=access.actor_of(request.user), run_id=run_id)
        except NotFound:
            raise
        except DomainError as error:
            self.tell(request, error)
        else:
            if done:
                self.message_user(request, str(done), messages.SUCCESS)
        return redirect(PAGE, run_id)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        shell = self.admin_site.each_context(request)
        return TemplateResponse(request, f"{TEMPLATES}/{template}", {**shell, **context})


def _download(name: str, lines: Any) -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type=CSV)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
