"""Shapes of this room's API."""

from __future__ import annotations

from rest_framework import serializers

from config.lib.fields import CleanCharField
from config.lib.shapes import StrictIn
from journeys.models import Note


class NoteIn(StrictIn):
    """A note to write. `scope` store is for store roles; `channel` says where office staff talked."""

    text = CleanCharField(max_length=2000)
    scope = serializers.ChoiceField(choices=Note.Scope.choices)
    channel = CleanCharField(max_length=12, required=False, default="")
