"""What every room's request bodies are made of. Shape only: no save(), services write."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.fields import empty

from config.lib.parsing import refuse_unknown


class StrictIn(serializers.Serializer[Any]):
    """A body whose unknown fields are refused with their path."""

    def run_validation(self, data: Any = empty) -> Any:
        """Check shape first, `null` included; raise ValidationError naming each unknown field."""
        if data is not empty:
            refuse_unknown(data, set(self.fields))
        return super().run_validation(data)
