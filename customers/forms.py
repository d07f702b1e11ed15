"""The sign-in form: says why, tells nothing about who exists."""

from __future__ import annotations

from typing import Any

from unfold.forms import AuthenticationForm

from config.lib.errors import DomainError


class StaffLoginForm(AuthenticationForm):  # type: ignore[misc]
    """Staff sign-in; a used-up limit or a missing part is a message of the form."""

    def clean(self) -> dict[str, Any]:
        """Return the checked fields. A limit that is used up is told as such."""
        try:
            return dict(super().clean())
        except DomainError as error:
            self.add_error(None, str(error.message))
            return dict(self.cleaned_data)
