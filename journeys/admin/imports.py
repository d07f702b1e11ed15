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
from config.lib.errors import Conflict, DomainError, Invalid, NotFound
from customers import access
from journeys.models import ImportRun
from journeys.selectors import imports as reads
from journeys.selectors import importterms
from journeys.selectors.importterms import Choices
from journeys.services import importfiles, importmatching, imports
from journeys.services.imports import FileTerms

CHARSETS = {"utf-8": "utf-8", "cp932": "windows-31j"}
LIST, PAGE = "admin:journeys_importrun_changelist", "admin:journeys_importrun_change"
TEMPLATES = "admin/journeys/importrun"


def _choice(label: Any, choices: Choices, initial: str) -> forms.ChoiceField:
    # Not told is not wrong: the usual answer stands.
    return forms.ChoiceField(label=label, choices=choices, initial=initial, required=False)


class UploadForm(forms.Form):
    """The first step: the file, and what nobody can read from it."""

    file = forms.FileField(
        label=_("CSV file"),
        error_messages={"required": _("Choose a file first.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv", "class": "yi-file"}),
    )

    def __init__(self, what: str, *args: Any) -> None:
        super().__init__(*args)
        self.what = what
        self.fields["profile"] = _choice(_("Which system wrote it"), importterms.profile_choices(what), "")
        if what in {"stock", "orders"}:
            self.fields["zone"] = _choice(_("Time zone of the file"), importterms.zone_choices(), "Asia/Tokyo")
        if what in {"products", "orders"}:
            self.fields["currency"] = _choice(_("Currency"), importterms.currency_choices(), "JPY")
        if what == "orders":
            self.fields["mode"] = _choice(_("Take it as"), importterms.mode_choices(), ImportRun.Mode.HISTORY.value)

    def terms(self) -> FileTerms:
        """What was said about the file."""
        told = {name: self.cleaned_data[name] for name in ("profile", "zone", "currency", "mode")
                if self.cleaned_data.get(name)}  # fmt: skip
        return FileTerms(what=self.what, **told)


@admin.register(ImportRun)
class ImportAdmin(PolicyAdmin[ImportRun]):
    """Files that bring data in, newest first. Every act is a service; the pages only show and ask."""

    list_display = ("file_name", "what", "word", "rows", "outcome", "requested_by", "created_at")
    list_filter = ("what", "state")
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
            route("<int:run_id>/match/", "match", self.match_view),
            route("<int:run_id>/start/", "start", self.start_view),
            route("<int:run_id>/discard/", "discard", self.discard_view),
            route("<int:run_id>/problems/", "problems", self.problems_view),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Step 1: what it holds, and the file; a good one leads to its page."""
        asked = request.POST.get("what") or request.GET.get("what", "")
        kinds = importterms.what_choices()
        what = asked if asked in dict(kinds) else ImportRun.What.CUSTOMERS.value
        form = UploadForm(what, request.POST, request.FILES) if request.method == "POST" else UploadForm(what)
        if form.is_valid():
            run = self._received(request, form)
            if run is not None:
                return redirect(PAGE, run.pk)
        context = {
            "form": form,
            "kinds": kinds,
            "hint": importterms.hint_of(what),
            "needed": importterms.needed_of(what),
            "possible": importterms.possible_of(what),
            "limit": importfiles.LARGEST,
            "title": _("Import data"),
        }
        return self._page(request, "add.html", context)

    def _received(self, request: HttpRequest, form: UploadForm) -> ImportRun | None:
        upload = form.cleaned_data["file"]
        actor, chunks = access.actor_of(request.user), upload.chunks(importfiles.CHUNK)
        try:
            return imports.receive(actor=actor, file_name=upload.name, chunks=chunks, terms=form.terms())
        except DomainError as error:
            form.add_error("file", str(error.message))
            return None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Steps 2 and 3: what the file is, what it would do, what it did."""
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET"])
        if not object_id.isdecimal() or len(object_id) > 18:
            raise NotFound("not_found", _("This import does not exist."))
        view = self._overview(request, int(object_id))
        return self._page(request, "run.html", {"view": view, "title": _("Import data")})

    def progress_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """The part of the page that changes, asked for every two seconds while there is work."""
        view = self._overview(request, run_id)
        context = {"view": view, "is_news": request.GET.get("seen") != view.run.state}
        return TemplateResponse(request, f"{TEMPLATES}/_run.html", context)

    def match_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Step 2: each column was given a field; a good answer has the file checked again."""
        chosen = request.POST.getlist("column")
        try:
            importmatching.match(actor=access.actor_of(request.user), run_id=run_id, chosen=chosen)
        except Invalid as error:
            view = reads.with_choice(self._overview(request, run_id), chosen=chosen, code=error.code)
            return self._page(request, "run.html", {"view": view, "title": _("Import data")})
        except Conflict as error:
            self.tell(request, error)
        return redirect(PAGE, run_id)

    def start_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Step 3 begins: from here on the file is written."""
        return self._act(request, run_id, imports.start)

    def discard_view(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Drop a file that was only checked."""
        return self._act(request, run_id, imports.discard, done=_("The file was discarded. Nothing was written."))

    def problems_view(self, request: HttpRequest, run_id: int) -> StreamingHttpResponse:
        """The refused rows as a file to correct and upload again."""
        name, encoding, lines = reads.refused_file(actor=access.actor_of(request.user), run_id=run_id)
        return _download(name, lines, CHARSETS[encoding])

    def sample_view(self, request: HttpRequest) -> StreamingHttpResponse:
        """A file that can be imported as it is, in the reader's language."""
        what = request.GET.get("what") or ImportRun.What.CUSTOMERS.value
        rows = reads.sample_file(what)
        name = str(_("%(what)s sample.csv")) % {"what": str(ImportRun.What(what).label)}
        return _download(name, reads.csv_lines(iter(rows)))

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


def _download(name: str, lines: Any, charset: str = "utf-8") -> StreamingHttpResponse:
    response = StreamingHttpResponse(lines, content_type=f"text/csv; charset={charset}")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
