"""A fact's payload in words: codes as words, goods that may not be named as goods. For the kinds of the timeline."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

from customers.models import ConsentChannel, ConsentPurpose
from journeys.models import Complaint
from journeys.selectors import tryonwords

TRYON_FIELDS = ("product", "outcome", "reason", "better_size")


def goods(data: dict[str, Any]) -> dict[str, Any]:
    """Goods that may not be named (discreet ones) are told as goods."""
    return {name: value or str(pgettext_lazy("timeline", "goods")) for name, value in data.items()}


def tryon(data: dict[str, Any]) -> dict[str, Any]:
    """Outcome, reason and better size as one phrase; goods that may not be named are told as goods."""
    data = {**data, "product": data["product"] or str(pgettext_lazy("timeline", "goods"))}
    return {**data, "outcome": tryonwords.outcome_of(**{name: str(data[name]) for name in TRYON_FIELDS[1:]})}


def complaint(data: dict[str, Any]) -> dict[str, Any]:
    """The category as a word."""
    return {**data, "category": str(dict(Complaint.Category.choices).get(str(data["category"]), data["category"]))}


def consent(data: dict[str, Any]) -> dict[str, Any]:
    """Channel and purpose of a consent as words."""
    words = {"channel": dict(ConsentChannel.choices), "purpose": dict(ConsentPurpose.choices)}
    return {**data, **{name: str(words[name].get(str(data.get(name)), "")) for name in words}}
