"""Merges at the same moment: exactly one, and no row is written to a record that is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from config.lib.errors import Conflict, DomainError
from customers.models import Customer, MergeEvent
from customers.services import merging
from journeys.models import Note
from journeys.services import instore
from tests import cast as people
from tests import factories
from tests.cast import Cast
from tests.races.crowd import at_once, errors, rounds, seeds

pytestmark = pytest.mark.django_db(transaction=True)


def merger(cast: Cast, survivor: Customer, absorbed: Customer) -> Callable[[], Any]:
    return lambda: merging.merge(
        actor=cast.actor("data_steward"),
        survivor_uuid=str(survivor.uuid),
        absorbed_uuid=str(absorbed.uuid),
        choices={},
    )


@rounds
def test_of_two_merges_of_one_record_exactly_one_happens(rounds: int) -> None:
    cast = people.assemble()
    for seed in seeds(rounds):
        # given
        one, two, three = (factories.customer() for _each in range(3))
        # when: into two others, and the other way round
        outcomes = at_once([merger(cast, one, two), merger(cast, three, two), merger(cast, two, one)], seed=seed)
        # then
        told = [error.code for error in errors(outcomes) if isinstance(error, DomainError)]
        events = MergeEvent.objects.filter(absorbed__in=[one, two, three])
        assert told in (["merge_absorbed"] * 2, ["merge_absorbed"])
        assert len(told) == 3 - events.count()
        absorbed = set(events.values_list("absorbed_id", flat=True))
        assert set(Customer.objects.filter(merged_into__isnull=False).values_list("pk", flat=True)) >= absorbed
        assert len(absorbed) == events.count()
        assert Customer.objects.filter(pk__in=[one.pk, two.pk, three.pk], merged_into__isnull=True).count() >= 1


@rounds
def test_a_note_written_during_a_merge_is_never_left_at_the_signpost(rounds: int) -> None:
    cast = people.assemble()
    for seed in seeds(rounds):
        # given
        stays, goes = factories.customer(), factories.customer()

        def write(uuid: str = str(goes.uuid)) -> Any:
            return instore.write_note(actor=cast.actor("agent"), customer_uuid=uuid, text="同時", scope="company")

        # when
        outcomes = at_once([merger(cast, stays, goes), write, write], seed=seed)
        # then: written before and moved, written after to her who stayed, or refused
        told = errors(outcomes)
        assert all(isinstance(error, Conflict) and error.code == "customer_merged" for error in told)
        assert Note.objects.filter(customer=goes).count() == 0
        assert Note.objects.filter(customer=stays).count() == 2 - len(told)


@rounds
def test_of_two_undos_exactly_one_happens(rounds: int) -> None:
    cast = people.assemble()
    for seed in seeds(rounds):
        event = merger(cast, factories.customer(), factories.customer())()

        def undo(uuid: str = str(event.uuid)) -> Any:
            return merging.undo(actor=cast.actor("data_steward"), merge_uuid=uuid)

        outcomes = at_once([undo, undo], seed=seed)
        assert [error.code for error in errors(outcomes) if isinstance(error, DomainError)] == ["merge_undone"]
        assert Customer.objects.get(pk=event.absorbed_id).merged_into_id is None
