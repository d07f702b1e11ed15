"""Source codes: made for a printing, with a QR to place on it and a sheet to hang up or cut."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import segno
from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES

from config.lib import clock
from config.lib.admin import PolicyAdmin
from config.lib.errors import DomainError
from customers import access
from journeys.models import SourceCode
from journeys.selectors import sourcecodes as printing
from journeys.services import sourcecodes


class ValidFilter(admin.SimpleListFilter):
    """Those that count today, or not any more."""

    title = _("validity")
    parameter_name = "valid"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Two answers; without one, all."""
        return [("yes", _("Valid today")), ("no", _("Run out"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SourceCode]) -> QuerySet[SourceCode]:
        """Split by today's date in the shop."""
        today = timezone.localdate(clock.now())
        if self.value() == "no":
            return queryset.filter(valid_to__lt=today)
        if self.value() == "yes":
            return queryset.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today), valid_from__lte=today)
        return queryset


@admin.register(SourceCode)
class SourceCodeAdmin(PolicyAdmin[SourceCode]):
    """Newest first. Code and channel stand on paper and stay as they are; the rest may be corrected."""

    list_display = ("code", "label", "channel", "valid_from", "valid_to", "address")
    list_filter = (ValidFilter, "channel")
    search_fields = ("code", "label")
    ordering = ("-created_at", "-id")
    actions = None
    # The browser's own picker: it speaks the reader's language without a script of the admin's.
    formfield_overrides = {
        models.DateField: {
            "widget": forms.DateInput(attrs={"type": "date", "class": " ".join(INPUT_CLASSES)}, format="%Y-%m-%d")
        }
    }

    class Media:
        css = {"all": ("yorisoi/sourcecodes.css",)}

    def get_fields(self, request: HttpRequest, obj: SourceCode | None = None) -> tuple[str, ...]:
        """The QR once there is a code to draw."""
        fields = ("code", "channel", "label", "address", "valid_from", "valid_to")
        return (*fields, "qr") if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: SourceCode | None = None) -> tuple[str, ...]:
        """What is on paper already."""
        return ("code", "channel", "qr") if obj else ()

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only channels of paper and voice are offered."""
        kwargs["choices"] = [("", "---------"), *((channel.value, channel.label) for channel in sourcecodes.OFFLINE)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A code may be left to us."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "code":
            field.required = False
            field.help_text = _("Leave it empty for one that cannot be misread.")
        if field is not None and db_field.name == "address":
            field.help_text = _("The QR opens this page and carries the code. Without it the QR holds the code alone.")
        return field

    @admin.display(description=_("QR code"))
    def qr(self, row: SourceCode) -> SafeString:
        """The drawing, and what to do with it."""
        return format_html(
            '<img class="yq-qr" src="{0}" alt="{1}"><p><a href="{0}" download>{2}</a> · <a href="{3}">{4}</a></p>',
            reverse("admin:journeys_sourcecode_qr", args=[row.pk]),
            _("QR code %(code)s") % {"code": row.code},
            _("Download as SVG"),
            reverse("admin:journeys_sourcecode_sheet") + f"?code={row.code}",
            _("Print sheet"),
        )

    def get_urls(self) -> list[URLPattern]:
        """The drawing and the sheet, before the admin's own catch-all."""

        def route(address: str, name: str, view: Callable[..., HttpResponseBase]) -> URLPattern:
            return path(address, self.admin_site.admin_view(view), name=f"journeys_sourcecode_{name}")

        return [
            route("sheet/", "sheet", self.sheet_view),
            route("<int:code_id>/qr/", "qr", self.qr_view),
            *super().get_urls(),
        ]

    def qr_view(self, request: HttpRequest, code_id: int) -> HttpResponse:
        """The QR as a file for the printer."""
        row = printing.one(actor=access.actor_of(request.user), code_id=code_id)
        response = HttpResponse(drawing(row), content_type="image/svg+xml")
        name = content_disposition_header(as_attachment=True, filename=f"{row.code}.svg")
        response["Content-Disposition"] = name or "attachment"
        return response

    def sheet_view(self, request: HttpRequest) -> HttpResponse:
        """One code large, or those that count today and in the coming weeks, to print and cut."""
        rows = printing.to_print(actor=access.actor_of(request.user), code=request.GET.get("code", ""))
        context = {
            "codes": rows,
            "title": _("Print sheet"),
            **self.admin_site.each_context(request),
        }
        return TemplateResponse(request, "admin/journeys/sourcecode/sheet.html", context)

    def save_model(self, request: HttpRequest, obj: SourceCode, form: Any, change: bool) -> None:
        """Save through the service."""
        actor = access.actor_of(request.user)
        try:
            if change:
                sourcecodes.keep(actor=actor, row=obj, changed=form.changed_data)
                return
            made = sourcecodes.make(
                actor=actor,
                code=obj.code,
                channel=obj.channel,
                label=obj.label,
                address=obj.address,
                valid_from=obj.valid_from,
                valid_to=obj.valid_to,
            )
        except DomainError as error:
            self.tell(request, error)
            return
        obj.pk, obj.code, obj._state.adding = made.pk, made.code, False


def drawing(row: SourceCode) -> bytes:
    """Return the QR as an SVG file: black on white, with the quiet zone readers need."""
    file = BytesIO()
    drawn = segno.make(printing.content_of(row=row), error="m", micro=False)
    drawn.save(file, kind="svg", scale=5, border=4, light="#fff", lineclass=None, svgclass=None)
    return file.getvalue()
