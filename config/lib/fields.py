"""Serializer fields that take what they say and nothing that merely converts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from config.lib.parsing import UNWRITABLE


class CleanCharField(serializers.CharField):
    """Text only (no numbers read as text), without characters the database refuses."""

    default_error_messages = {
        "not_text": _("Send text."),
        "unwritable": _("The text holds a character that cannot be stored."),
    }

    def to_internal_value(self, data: Any) -> str:
        """Return the trimmed text."""
        if not isinstance(data, str):
            self.fail("not_text")
        if UNWRITABLE.search(data):
            self.fail("unwritable")
        return super().to_internal_value(data)
