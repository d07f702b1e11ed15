"""The profile on the customer page: masked as the role may see it, shown in full for a reason and a minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from config.lib import clock
from config.lib.rows import time_ordered_uuid
from customers import access, hooks
from customers.access import Actor, Sight
from customers.models import Customer
from customers.selectors import customers as people
from customers.selectors import details
from customers.services import reveals

LABELS = {"phone": _("Phone"), "email": _("E-mail"), "address": _("Address"), "birthday": _("Birthday")}


@dataclass(frozen=True)
class Line:
    """One field that may be masked. `seconds` is how long it stays readable, 0 when it was not revealed."""

    field: str
    label: str
    value: str
    may_reveal: bool
    seconds: int


def selector(*, customer: Customer, actor: Actor, params: dict[str, str]) -> dict[str, Any]:
    """What the profile panel shows. 1 query; one more where the role sees addresses, and one where it may reveal."""
    shown = people.reveals_of(actor=actor, customer=customer)
    profile = people.profile_of(customer=customer, actor=actor, revealed=shown)
    values = {
        "phone": profile.phone,
        "email": profile.email,
        "address": details.address_of(customer=customer, actor=actor, revealed=shown),
        "birthday": profile.birthday,
    }
    may_reveal, now = access.may(actor, "customer.reveal"), clock.now()
    lines = [
        Line(
            field=name,
            label=str(LABELS[name]),
            value=value,
            may_reveal=may_reveal and name not in shown and access.sight(actor, name) is Sight.MASKED,
            seconds=int((shown[name] - now).total_seconds()) + 1 if name in shown else 0,
        )
        for name, value in values.items()
        if value
    ]
    left = [line.seconds for line in lines if line.seconds]
    return {
        "profile": profile,
        "lines": lines,
        "masks_in": min(left, default=0),
        "shortest": reveals.SHORTEST_REASON,
        "longest": reveals.REASON_LENGTH,
        "key": str(time_ordered_uuid()),
        "seen": [f"profile:{customer.version}"],
    }


def register() -> None:
    """Called once from plugs.register()."""
    hooks.customer_panel.register(
        "profile",
        hooks.Panel(
            title=_("Profile"),
            permission="customer.read",
            template="customers/panels/profile.html",
            selector=selector,
            column="beside",
        ),
        order=10,
    )
