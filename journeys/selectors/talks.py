"""This room's talk prompts: a promise due, something tried on that is here now, a wish in stock, the birthday month.

Each rests on something she or we did openly. What she only looked at is never a source.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import access
from customers.access import Sight
from journeys.hooks import Talk
from journeys.models import TryOn
from journeys.selectors.instore import Tried, today_here
from journeys.selectors.prompts import Priority
from journeys.selectors.things import Floor, Thing

STILL_WANTS = frozenset({TryOn.Reason.NONE, TryOn.Reason.THINKING, TryOn.Reason.SIZE})


def promises(*, floor: Floor) -> list[Talk]:
    """Return promises due today or overdue that this actor may read. 1 query."""
    return [
        Talk(
            key=f"promise:{row.pk}",
            priority=Priority.PROMISE,
            label=gettext_lazy("Our promise"),
            words=_("About what we promised: %(promise)s") % {"promise": row.text},
            reason=_("A promise due on %(day)s") % {"day": _date(row.due_on)},
            reason_at=row.written_at,
            is_commercial=False,
        )
        for row in floor.promises
    ]


def tried(*, floor: Floor) -> list[Talk]:
    """Return what she tried on, did not buy, and could have here now. The floor's queries, read once."""
    return [
        Talk(
            key=f"tried:{thing.tried.id}",
            priority=Priority.TRIED,
            label=gettext_lazy("Tried on"),
            words=_tried_words(thing, thing.tried),
            reason=_("Try-on: %(outcome)s") % {"outcome": thing.tried.words},
            reason_at=thing.tried.tried_at,
        )
        for thing in floor.things
        if thing.tried and _may_come_again(thing, thing.tried)
    ]


def wishes(*, floor: Floor) -> list[Talk]:
    """Return wishes that are in stock here. The floor's queries, read once."""
    return [
        Talk(
            key=f"wish:{thing.wish.id}",
            priority=Priority.WISH,
            label=gettext_lazy("Wish"),
            words=_("We have the %(product)s here today.") % {"product": _name(thing)},
            reason=_("On the wish list (%(channel)s)") % {"channel": thing.wish.channel_label},
            reason_at=thing.wish.added_at,
        )
        for thing in floor.things
        if thing.wish and thing.is_here and not (thing.tried and _may_come_again(thing, thing.tried))
    ]


def birthday(*, floor: Floor) -> list[Talk]:
    """Return the birthday month's greeting, once a year; never the day. No query."""
    born, today = floor.customer.birthday, today_here()
    if born is None or born.month != today.month or access.sight(floor.actor, "birthday") is Sight.HIDDEN:
        return []
    return [
        Talk(
            key=f"birthday:{today.year}",
            priority=Priority.BIRTHDAY,
            label=gettext_lazy("Birthday"),
            words=_("Happy birthday this month."),
            reason=_("Birthday month (profile)"),
            reason_at=today.replace(day=1),
        )
    ]


def _may_come_again(thing: Thing, tryon: Tried) -> bool:
    """True when nothing she said stands against showing it again, and it is here: in the size that would fit."""
    if tryon.outcome != TryOn.Outcome.NOT_BOUGHT or tryon.reason not in STILL_WANTS or not thing.is_here:
        return False
    return tryon.reason != TryOn.Reason.SIZE or bool(tryon.better_size)


def _tried_words(thing: Thing, tryon: Tried) -> str:
    if tryon.better_size:
        told = {"product": _plain(thing), "size": tryon.better_size}
        return _("The %(product)s you tried on is here in %(size)s now.") % told
    return _("The %(product)s you tried on is here today as well.") % {"product": _name(thing)}


def _plain(thing: Thing) -> str:
    return " ".join(part for part in (thing.name, thing.colour) if part)


def _name(thing: Thing) -> str:
    return " ".join(part for part in (thing.name, thing.colour, thing.size) if part)


def _date(day: date | None) -> str:
    return f"{day:%Y/%m/%d}" if day else ""
