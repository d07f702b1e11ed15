"""Work for workers: thousands of facts with a reaction each, and what must have come of them."""

from __future__ import annotations

from tests.faults.house import House

FACTS = 4_000
ITEMS = "customers_attentionitem"  # where the work writes
TELL = """
from django.db import transaction
from config.lib import clock
from customers.models import Customer
from customers.services import locks
from journeys.services import timeline
ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:50])
with transaction.atomic():
    locks.hold_customers(customer_ids=ids)
    timeline.record_many(mode=timeline.LIVE, facts=[
        timeline.Fact("note.written", ids[n % 50], clock.now(), "phone", {name!r}, str(n),
                      subject=("note", {first} + n), text="通院のため")
        for n in range({count})
    ])
"""
RING = "from journeys import tasks; tasks.work_reactions.delay()"
OF_TEST = "FROM journeys_reaction AS r JOIN journeys_interaction AS i ON i.id = r.interaction_id WHERE i.source = %s"


def tell(house: House, name: str, first: int) -> None:
    """Tell facts that each leave a reaction, and ring."""
    house.python(TELL.format(name=name, first=first, count=FACTS))


def waiting(house: House, name: str) -> int:
    """Return how many of their reactions wait."""
    return int(house.value(f"SELECT count(*) {OF_TEST} AND r.state = 'waiting'", name))


def assert_each_flagged_once(house: House, name: str, first: int) -> None:
    """Every fact's reaction is done, and each raised one attention item."""
    assert house.rows(f"SELECT r.state, count(*) {OF_TEST} GROUP BY 1", name) == [("done", FACTS)]
    items = f"FROM {ITEMS} WHERE kind = 'note_sensitive' AND key::bigint >= %s AND key::bigint < %s"
    assert house.rows(f"SELECT count(*), count(DISTINCT key) {items}", first, first + FACTS) == [(FACTS, FACTS)]


def is_at_work(house: House) -> bool:
    """True while a worker holds reactions."""
    return bool(
        house.value("SELECT EXISTS (SELECT 1 FROM journeys_reaction WHERE lease IS NOT NULL AND leased_until > now())")
    )
