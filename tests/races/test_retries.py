"""What PostgreSQL ends because of a deadlock is run again; what cannot be run again goes up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction

from config.lib import transactions
from customers.models import Customer
from customers.services import attention, idempotency, locks, profiles
from journeys.services import instore, timeline
from tests.cast import Cast
from tests.races.crowd import Meeting, at_once, errors, rounds, seeds, values

pytestmark = pytest.mark.django_db(transaction=True)


def crossing(meeting: Meeting, tried: list[int]) -> Callable[[int, int], None]:
    """Return a service that raises the version of two customers, locking them in the order it is given.

    Called by two at once in opposite orders, each has its first row before either asks for the second.
    """

    def cross(first: int, second: int) -> None:
        tried.append(first)
        with transaction.atomic():
            connection.cursor().execute("SET LOCAL deadlock_timeout = '50ms'")
            locks.hold_customers(customer_ids=[first])
            meeting.wait()
            locks.hold_customers(customer_ids=[second])
            for customer in Customer.objects.filter(pk__in=[first, second]):
                Customer.objects.filter(pk=customer.pk).update(version=customer.version + 1)

    return cross


def versions(cast: Cast) -> list[int]:
    """Return the versions of the two customers."""
    return list(Customer.objects.filter(pk__in=[cast.hanako.pk, cast.namesake.pk]).values_list("version", flat=True))


def sqlstates(told: list[BaseException]) -> list[str | None]:
    """Return PostgreSQL's code of each error."""
    return [getattr(error.__cause__, "sqlstate", None) for error in told]


@rounds
def test_the_victim_of_a_deadlock_is_run_again(cast: Cast, rounds: int) -> None:
    one, two = cast.hanako.pk, cast.namesake.pk
    for number, seed in enumerate(seeds(rounds)):
        tried: list[int] = []
        service = transactions.retried(crossing(Meeting(2), tried))
        # when
        values(at_once([partial(service, one, two), partial(service, two, one)], seed=seed))
        # then both did their work, one of them at the second try
        assert sorted(Counter(tried).values()) == [1, 2]
        assert versions(cast) == [1 + 2 * (number + 1)] * 2


def test_control_without_it_the_victim_fails(cast: Cast) -> None:
    service = crossing(Meeting(2), [])
    told = at_once(
        [partial(service, cast.hanako.pk, cast.namesake.pk), partial(service, cast.namesake.pk, cast.hanako.pk)]
    )
    assert sqlstates(errors(told)) == ["40P01"]
    assert versions(cast) == [2, 2]


def test_inside_an_outer_transaction_it_goes_up(cast: Cast) -> None:
    # given an inner service that may be run again, inside outer ones that have not ended
    tried: list[int] = []
    service = transactions.retried(crossing(Meeting(2), tried))

    def outer(first: int, second: int) -> None:
        with transaction.atomic():
            service(first, second)

    one, two = cast.hanako.pk, cast.namesake.pk
    # when
    told = at_once([partial(outer, one, two), partial(outer, two, one)])
    # then the victim was tried once only
    assert sqlstates(errors(told)) == ["40P01"]
    assert sorted(tried) == sorted([one, two])
    assert versions(cast) == [2, 2]
    # and an outer one that may be run again does it all again
    again = crossing(Meeting(2), [])
    outermost = transactions.retried(lambda first, second: outer_of(again, first, second))
    values(at_once([partial(outermost, one, two), partial(outermost, two, one)]))
    assert versions(cast) == [4, 4]


def outer_of(service: Callable[[int, int], None], first: int, second: int) -> None:
    """Call a service inside a transaction of our own."""
    with transaction.atomic():
        service(first, second)


def test_a_lock_that_is_not_given_is_not_asked_for_again(cast: Cast) -> None:
    tried: list[int] = []

    @transactions.retried
    def impatient() -> None:
        tried.append(1)
        with transaction.atomic():
            connection.cursor().execute("SET LOCAL lock_timeout = '50ms'")
            locks.hold_customers(customer_ids=[cast.hanako.pk])

    with transaction.atomic():
        locks.hold_customers(customer_ids=[cast.hanako.pk])
        told = at_once([impatient])
    assert sqlstates(errors(told)) == ["55P03"]
    assert tried == [1]


def test_after_four_tries_the_error_goes_up(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)

    class Deadlock(Exception):
        sqlstate = "40P01"

    @transactions.retried
    def unlucky() -> None:
        raise OperationalError from Deadlock()

    with pytest.raises(OperationalError):
        unlucky()
    assert len(waits) == 3
    assert [0.02, 0.04, 0.08] < waits < [0.04, 0.08, 0.16]


def test_the_services_that_lock_are_run_again() -> None:
    services = [idempotency.run, attention.settle, profiles.upsert, instore.write_note, timeline.erase]
    assert [service.__name__ for service in services if not hasattr(service, "__wrapped__")] == []
