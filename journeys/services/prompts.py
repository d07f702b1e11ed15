"""What a clerk did with a talk prompt, and that it was shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock, transactions
from config.lib.errors import FieldError, Invalid
from customers import access
from customers.access import Actor
from customers.models import Customer
from customers.selectors import customers as people
from customers.services import locks
from journeys.models import PromptAnswer
from journeys.selectors import prompts

KEY = re.compile(r"^[a-z_]{1,40}:[0-9a-z:-]{1,70}$")
SAID = (PromptAnswer.Answer.USED, PromptAnswer.Answer.LATER, PromptAnswer.Answer.WRONG)


@transactions.retried
def answer(*, actor: Actor, customer_uuid: str, prompt: str, answer: str) -> PromptAnswer:
    """Keep what the clerk answered to a prompt: used, later or wrong. Locks the customer.

    Used and wrong end it; later puts it off to another day and counts as passed over. Raises NotFound without
    `prompt.answer` or sight of the customer, Invalid for an answer or a prompt that cannot be.
    """
    access.require(actor, "prompt.answer", hidden=True)
    if answer not in SAID:
        message = _("Answer with used, later or wrong.")
        raise Invalid("prompt_answer", message, fields=(FieldError("/answer", "choice", message),))
    if not KEY.match(prompt):
        message = _("There is no such prompt.")
        raise Invalid("prompt", message, fields=(FieldError("/prompt", "unknown", message),))
    with transaction.atomic():
        customer: Customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
        locks.hold_customers(customer_ids=[customer.pk])
        return PromptAnswer.objects.create(
            customer=customer,
            prompt=prompt,
            answer=answer,
            staff_id=actor.account_id,
            store_id=actor.store_id,
            answered_at=clock.now(),
        )


def note_shown(*, actor: Actor, customer_id: int, shown: Sequence[prompts.Prompt]) -> None:
    """Write down that these prompts were shown, once a prompt and day. At most 1 query; none when all are known.

    Takes no lock: a second row of the same day, written by a rival, counts no more than the first.
    """
    fresh = [each.key for each in shown if not each.is_known]
    if not fresh:
        return
    now = clock.now()
    with transaction.atomic():
        PromptAnswer.objects.bulk_create(
            [
                PromptAnswer(
                    customer_id=customer_id,
                    prompt=key,
                    answer=PromptAnswer.Answer.SHOWN,
                    staff_id=actor.account_id,
                    store_id=actor.store_id,
                    answered_at=now,
                )
                for key in fresh
            ]
        )
