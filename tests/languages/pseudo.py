"""A made-up language that shows what was translated: every text of every library comes out in ⟦brackets⟧.

No files and no gettext: the translation is an object put where Django keeps the loaded languages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from gettext import GNUTranslations

import pytest
from django.utils import translation
from django.utils.translation import trans_real
from django.utils.translation.trans_real import CONTEXT_SEPARATOR, DjangoTranslation

from config.lib import edge

CODE = "xx"
OPEN, CLOSE = "⟦", "⟧"


class Pseudo(DjangoTranslation):
    """Brackets what it is asked for, and remembers it: `met` holds (context, text, plural text)."""

    def __init__(self) -> None:
        GNUTranslations.__init__(self)  # Django's own would look for files
        self.met: set[tuple[str, str, str]] = set()

    def gettext(self, message: str) -> str:
        """Return the text in brackets, without its context."""
        return self._bracket(message, "", message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return the form of this number in brackets."""
        return self._bracket(singular, plural, singular if number == 1 else plural)

    def _bracket(self, asked: str, plural: str, form: str) -> str:
        context, _gap, text = asked.rpartition(CONTEXT_SEPARATOR)
        self.met.add((context, text, plural.rpartition(CONTEXT_SEPARATOR)[2]))
        return f"{OPEN}{form.rpartition(CONTEXT_SEPARATOR)[2]}{CLOSE}"

    def language(self) -> str:
        """The made-up code."""
        return CODE

    to_language = language


@contextmanager
def spoken() -> Iterator[Pseudo]:
    """Make every request of this block, and the block itself, speak the made-up language."""
    pseudo = Pseudo()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(trans_real._translations, CODE, pseudo)
        patch.setattr(edge, "language_of", lambda cookie, accepted: CODE)
        with translation.override(CODE):
            yield pseudo
