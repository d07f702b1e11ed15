"""Opening lines for the clerk: at most three, each with its reason and date, repair first, nothing for sale while a
complaint is open. Candidates come from the hook `journeys.talk_prompt`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from django.utils.translation import gettext as _

from customers.access import Actor
from customers.models import ContactHold, Customer
from journeys.hooks import Talk, talk_prompt
from journeys.models import PromptAnswer
from journeys.selectors.instore import TOKYO, today_here
from journeys.selectors.things import Floor

PASSES = 3


class Priority(IntEnum):
    """What comes first (spec: repair, our promises, what she tried, what she wishes for, benefits, care, birthday)."""

    REPAIR = 10
    PROMISE = 20
    TRIED = 30
    WISH = 40
    EXPIRING = 50
    CARE = 60
    BIRTHDAY = 70


@dataclass(frozen=True)
class Prompt:
    """One thing to say, in quotes on the screen. `reason_on` is the day of the act that is the reason.

    `is_known` is true when it is written down already that it was shown today.
    """

    key: str
    label: str
    words: str
    reason: str
    reason_on: date
    is_known: bool = False


@dataclass(frozen=True)
class Prompts:
    """What to show, how many are held back, and why (empty when none is)."""

    shown: list[Prompt]
    held_back: int
    why_held: str


def for_customer(*, actor: Actor, customer: Customer, limit: int = 3, floor: Floor | None = None) -> Prompts:
    """Return the prompts in order of priority, the newest reason first among equals.

    Left out: used or wrong ones, those put off until tomorrow, and those passed over on three earlier days. While a
    contact hold is open commercial ones are counted, not shown. `floor` saves reading the customer's things again.
    Queries: those of the sources (at most 5 here), 1 for answers, 1 for holds.
    """
    here = floor or Floor(customer=customer, actor=actor)
    found = [talk for source in talk_prompt.values() for talk in source(floor=here)]
    if not found:
        return Prompts([], 0, "")
    found.sort(key=lambda talk: (talk.priority, -_day(talk.reason_at).toordinal(), talk.key))
    ended, known = _answers(customer, found)
    left = [talk for talk in found if talk.key not in ended]
    why = _why_held(here)
    said = [talk for talk in left if not (why and talk.is_commercial)]
    shown = [
        Prompt(
            key=talk.key,
            label=str(talk.label),
            words=talk.words,
            reason=talk.reason,
            reason_on=_day(talk.reason_at),
            is_known=talk.key in known,
        )
        for talk in said[:limit]
    ]
    held_back = len(left) - len(said)
    return Prompts(shown, held_back, why if held_back else "")


def _answers(customer: Customer, talks: Sequence[Talk]) -> tuple[set[str], set[str]]:
    """Return the keys that are not to be shown, and those written down as shown today. 1 query."""
    today = today_here()
    ended: set[str] = set()
    known: set[str] = set()
    days: dict[str, set[date]] = {}
    rows = PromptAnswer.objects.filter(customer=customer, prompt__in=[talk.key for talk in talks])
    for key, answer, at in rows.values_list("prompt", "answer", "answered_at"):
        day = _day(at)
        if answer in {PromptAnswer.Answer.USED, PromptAnswer.Answer.WRONG}:
            ended.add(key)
        elif day != today:
            days.setdefault(key, set()).add(day)
        elif answer == PromptAnswer.Answer.LATER:
            ended.add(key)
        else:
            known.add(key)
    return ended | {key for key, passed in days.items() if len(passed) >= PASSES}, known


def _why_held(floor: Floor) -> str:
    """Why nothing is to be sold to her now; empty when nothing stands in the way. 1 query."""
    reasons = {hold.reason for hold in floor.holds}
    if ContactHold.Reason.COMPLAINT in reasons:
        return _("a complaint is open")
    return _("offers are on hold for this customer") if reasons else ""


def _day(moment: datetime | date) -> date:
    return moment.astimezone(TOKYO).date() if isinstance(moment, datetime) else moment
