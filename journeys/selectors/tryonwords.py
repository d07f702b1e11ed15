"""How a try-on ended, in one phrase. Used by the timeline, the panel and the answer page; no query."""

from __future__ import annotations

from django.utils.translation import gettext as _

from journeys.models import TryOn


def outcome_of(*, outcome: str, reason: str, better_size: str) -> str:
    """Return the phrase in the language in force (not bought: size; 40 would fit). Unknown codes stay as they are."""
    said = str(dict(TryOn.Outcome.choices).get(outcome, outcome))
    if outcome != TryOn.Outcome.NOT_BOUGHT or not (reason or better_size):
        return said
    why = str(dict(TryOn.Reason.choices).get(reason, reason)) if reason else ""
    if not better_size:
        return _("not bought (%(reason)s)") % {"reason": why}
    if not why:
        return _("not bought (%(size)s would fit)") % {"size": better_size}
    return _("not bought (%(reason)s; %(size)s would fit)") % {"reason": why, "size": better_size}
