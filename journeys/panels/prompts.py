"""The panel of opening lines, and this room's own sources of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers import hooks
from customers.access import Actor
from customers.models import Customer
from journeys.hooks import talk_prompt
from journeys.models import PromptAnswer
from journeys.selectors import prompts, talks, things
from journeys.services import prompts as talked

ANSWERS = (PromptAnswer.Answer.USED, PromptAnswer.Answer.LATER, PromptAnswer.Answer.WRONG)


def prompts_panel(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What to talk about. Queries: those of prompts.for_customer."""
    floor = things.floor_of(customer=customer, actor=actor)
    found = prompts.for_customer(actor=actor, customer=customer, floor=floor)
    return {
        "prompts": found,
        "answers": [(answer.value, answer.label) for answer in ANSWERS],
        "seen": [f"prompt:{each.key}" for each in found.shown],
    }


def note_prompts(*, customer: Customer, actor: Actor, data: dict[str, Any]) -> None:
    """Keep the first showing of a day. At most 1 query."""
    talked.note_shown(actor=actor, customer_id=customer.pk, shown=data["prompts"].shown)


def register() -> None:
    """Called once from plugs.register()."""
    hooks.customer_panel.register(
        "prompts",
        hooks.Panel(
            title=_("Opening lines"),
            permission="prompt.read",
            template="journeys/panels/prompts.html",
            selector=prompts_panel,
            column="left",
            note=note_prompts,
        ),
        order=8,
    )
    talk_prompt.register("journeys.promises", talks.promises, order=10)
    talk_prompt.register("journeys.tried", talks.tried, order=20)
    talk_prompt.register("journeys.wishes", talks.wishes, order=30)
    talk_prompt.register("journeys.birthday", talks.birthday, order=40)
