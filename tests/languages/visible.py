"""What a reader of a page gets to see or hear, and which of it is neither translated nor data."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.languages.pseudo import CLOSE, OPEN

# Written the same in every language.
PROPER_NAMES = {"English", "日本語", "ja", "en", "example.jp", "esc"}
SPOKEN = {"title", "placeholder", "alt", "label", "aria-label", "aria-description", "aria-valuetext", "content"}
SHOWN_BY_SCRIPTS = {"data-label", "data-once", "data-confirm", "data-placeholder", "data-title"}
FETCHED = {"src", "href", "srcset", "poster", "data", "style"}
BUTTONS = {"submit", "button", "reset"}
UNREAD = {"script", "style"}
ICON_FONT = "material-symbols"  # its texts are the names of drawings
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Data of the crawled shop, and what is left to see of a stored password.
DATA = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]+|\S+\*{6,}")
LETTERS = re.compile(r"[^\W\d_]")


class Page(HTMLParser):
    """One document.

    `bare` lists the texts outside brackets, each with the place it stands in; `buttons` what can be pressed, brackets
    and all; `addresses` whatever may make a browser fetch something.
    """

    def __init__(self, html: str, known: frozenset[str] = frozenset()) -> None:
        super().__init__()
        words = sorted(PROPER_NAMES | known, key=len, reverse=True)
        self.known = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words))
        self.bare: list[str] = []
        self.brackets: list[int] = []  # how deep in the document each open bracket was met
        self.inside: list[tuple[str, bool]] = []
        self.addresses: list[str] = []
        self.buttons: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read what this element says by its attributes."""
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            is_unread = tag in UNREAD or ICON_FONT in given.get("class", "")
            self.inside.append((tag, is_unread or self._is_unread()))
        self.addresses += [given[name] for name in FETCHED & given.keys()]
        for name in (SPOKEN | SHOWN_BY_SCRIPTS) & given.keys():
            if name == "content" and not (tag == "meta" and "description" in given.get("name", "")):
                continue
            self._judge(f"<{tag} {name}>", _outside(given[name]))
        if tag == "input" and given.get("type") in BUTTONS:
            self._judge("<input value>", _outside(given.get("value", "")))
            self.buttons.append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """Leave the element; a bracket that opened in it (and was cut off by an ellipsis) ends with it."""
        if tag not in [name for name, _unread in self.inside]:
            return
        while self.inside.pop()[0] != tag:
            pass
        self.brackets = [depth for depth in self.brackets if depth <= len(self.inside)]

    def handle_data(self, data: str) -> None:
        """Judge a text; a bracket may open before an inner element and close after it."""
        if self.inside and self.inside[-1][0] == "style":
            self.addresses.append(data)
        if self._is_unread():
            return
        outside = []
        for letter in data:
            if letter == OPEN:
                self.brackets.append(len(self.inside))
            elif letter == CLOSE and self.brackets:
                self.brackets.pop()
            elif not self.brackets:
                outside.append(letter)
        self._judge(f"<{self.inside[-1][0] if self.inside else '-'}>", "".join(outside))
        if any(tag in {"button", "summary"} for tag, _unread in self.inside) and data.strip():
            self.buttons.append(data.strip())

    def _is_unread(self) -> bool:
        return bool(self.inside) and self.inside[-1][1]

    def _judge(self, place: str, text: str) -> None:
        left = DATA.sub("", text)
        left = self.known.sub("", left)
        if LETTERS.search(left):
            self.bare.append(f"{place} {' '.join(text.split())}")


def _outside(text: str) -> str:
    """Return what stands outside brackets in a text of its own."""
    depth, left = 0, []
    for letter in text:
        depth += (letter == OPEN) - (letter == CLOSE)
        if depth == 0 and letter != CLOSE:
            left.append(letter)
    return "".join(left)


def bare_text(text: str) -> bool:
    """Return whether a single text (of a JSON answer) is neither translated nor data."""
    return bool(LETTERS.search(DATA.sub("", _outside(text))))
