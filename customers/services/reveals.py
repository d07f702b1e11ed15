"""Showing one masked field in full: for a reason, for a minute, and written down.

The value travels in the answer only; while the minute lasts, selectors show it too, so that a page can be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.lib import clock, limits
from config.lib.errors import FieldError, Invalid, Refused
from config.lib.parsing import check_text
from customers import access
from customers.access import Actor, Sight
from customers.models import Reveal
from customers.selectors import customers as people

SECONDS = 60
REVEALS_AN_HOUR = 20
REASON_LENGTH = 200
SHORTEST_REASON = 5


@dataclass(frozen=True)
class Revealed:
    """What was masked, in full, and until when it stays readable."""

    value: str
    until: datetime


def reveal(*, actor: Actor, customer_uuid: str, field: str, reason: str) -> Revealed:
    """Show a field the actor's role sees masked, for 60 seconds, and log who, whose, which and why.

    Raises Refused without `customer.reveal` or for a field hidden from the role, NotFound, Invalid (`reveal_reason`,
    `reveal_field`; `reveal_empty` when we do not know it), TooMany after 20 in an hour, Unavailable. What is refused
    uses up nothing and is not logged.
    """
    access.require(actor, "customer.reveal")
    customer = people.customer_by_uuid(actor=actor, uuid=customer_uuid)
    check_text(reason, "/reason")
    if not SHORTEST_REASON <= len(reason.strip()) <= REASON_LENGTH:
        message = _("Say why you need to see it, in 5 to 200 characters.")
        raise Invalid("reveal_reason", message, fields=(FieldError("/reason", "reveal_reason", message),))
    if field not in people.REVEALABLE:
        raise Invalid("reveal_field", _("This cannot be shown in full."))
    sight = access.sight(actor, field)
    if sight is Sight.HIDDEN:
        raise Refused("not_allowed", _("Your role does not include this. Ask an administrator for access."))
    if sight is Sight.VISIBLE:
        raise Invalid("reveal_field", _("You see this in full already."))
    value = people.in_full(customer=customer, field=field)
    if not value:
        raise Invalid("reveal_empty", _("We do not know this about the customer."))
    limits.take("customer-reveal", str(actor.account_id), limit=REVEALS_AN_HOUR, seconds=3600)
    now = clock.now()
    with transaction.atomic():
        row = Reveal.objects.create(
            staff_id=actor.account_id,
            customer=customer,
            field=field,
            reason=reason.strip(),
            revealed_at=now,
            until=now + timedelta(seconds=SECONDS),
        )
    return Revealed(value, row.until)
