"""Every kind of the timeline is complete, and whatever is registered has its icon."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils.translation import gettext_lazy, override

from customers.hooks import customer_action, home_tile
from journeys.hooks import WITH_CUSTOMER, Kind, interaction_kinds
from tests.architecture.conftest import ROOT
from tests.architecture.rules import kinds

ICONS = kinds.icons_in(ROOT / "static" / "yorisoi" / "icons.svg")
GOOD = Kind(
    name="product.viewed",
    label=gettext_lazy("Product viewed"),
    icon="eye",
    sentence=gettext_lazy("Looked at %(product)s"),
    retention=WITH_CUSTOMER,
    fields=("product",),
    erase=lambda data: {},
)


@pytest.mark.parametrize("kind", interaction_kinds.values(), ids=lambda kind: kind.name)
def test_the_kind_is_complete(kind: Kind) -> None:
    with override("en"):
        assert kinds.flaws(kind, icons=ICONS) == []


def test_actions_and_tiles_have_icons() -> None:
    used = {entry.icon for hook in (customer_action, home_tile) for entry in hook.values()}
    assert used - ICONS == set()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (replace(GOOD, label="Only English"), "label has no Japanese"),
        (replace(GOOD, sentence="Looked at %(product)s too"), "sentence has no Japanese"),
        (replace(GOOD, label=" "), "label has no Japanese"),
        (replace(GOOD, fields=()), "sentence names product, which is no field"),
        (replace(GOOD, sentence="100% of %(product)s"), "sentence cannot be filled"),
        (replace(GOOD, icon="unicorn"), "icon unicorn is not in icons.svg"),
        (replace(GOOD, retention=timedelta(0)), "is kept for no time"),
        (replace(GOOD, erase=None), "does not say how it is erased"),
        (replace(GOOD, erase=lambda data: {"name": "x"}), "erase makes up fields"),
        (replace(GOOD, erase=lambda data: data), "is personal and keeps its payload when erased"),
    ],
)
def test_what_a_kind_lacks_is_found(kind: Kind, words: str) -> None:
    with override("en"):
        told = kinds.flaws(kind, icons=ICONS)
    assert any(words in entry for entry in told)


def test_a_japanese_sentence_that_tells_other_fields_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_japanese", lambda text: "商品をご覧になりました")
    with override("en"):
        told = kinds.flaws(GOOD, icons=ICONS)
    assert told == ["product.viewed: sentence tells other fields in Japanese than in English"]


def test_a_complete_kind_is_left_alone() -> None:
    with override("en"):
        assert kinds.flaws(GOOD, icons=ICONS) == []
        assert kinds.flaws(replace(GOOD, erase=lambda data: data, is_personal=False), icons=ICONS) == []


def test_a_kind_must_say_how_long_it_is_kept() -> None:
    with pytest.raises(TypeError, match="retention"):
        Kind(name="a.b", label="a", icon="eye", sentence="b")  # type: ignore[call-arg]
