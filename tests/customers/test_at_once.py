"""Two tills, one customer: what may happen once happens once, and nobody's words are lost silently."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from config.lib.errors import Conflict, DomainError
from customers.models import Address, CardCode, ConsentEntry, ContactHold, Customer, Presentation, StaffTask
from customers.services import cards, consents, contactholds, profileedits, profiles, stafftasks
from journeys.models import Interaction
from tests.cast import Cast
from tests.factories import NOON
from tests.races.crowd import Meeting, Outcome, at_once, errors, rounds, seeds, values

pytestmark = pytest.mark.django_db(transaction=True)


def codes(outcomes: list[Outcome]) -> Counter[str]:
    found = [error.code if isinstance(error, DomainError) else repr(error) for error in errors(outcomes)]
    return Counter(found)


@rounds
def test_a_card_code_opens_one_page_however_many_scan_it(cast: Cast, rounds: int) -> None:
    for number, seed in enumerate(seeds(rounds), 1):
        code = cards.issue(customer_id=cast.hanako.pk).code
        outcomes = at_once([partial(cards.redeem, actor=cast.actor("clerk"), code=code)] * 12, seed=seed)
        assert codes(outcomes) == {"card_used": 11}
        assert (CardCode.objects.count(), Presentation.objects.count()) == (number, number)


@rounds
def test_a_task_has_one_result(cast: Cast, rounds: int) -> None:
    for seed in seeds(rounds):
        task = stafftasks.give(
            actor=cast.actor("clerk"),
            title="電話",
            due_at=NOON,
            store_id=cast.shibuya.pk,
            customer_uuid=str(cast.hanako.uuid),
        )
        finish = partial(stafftasks.finish, actor=cast.actor("clerk"), task_uuid=str(task.uuid))
        outcomes = at_once([partial(finish, result=result) for result in ("done", "not_reached") * 4], seed=seed)
        assert codes(outcomes) == {"task_finished": 7}
        won = next(outcome.value.result for outcome in outcomes if outcome.error is None)
        assert StaffTask.objects.get(pk=task.pk).result == won
    assert Interaction.objects.filter(kind="task.finished").count() == rounds


@rounds
def test_one_statement_sent_twice_at_once_is_one(cast: Cast, rounds: int) -> None:
    for seed in seeds(rounds):
        say = partial(
            consents.state,
            actor=cast.actor("agent"),
            customer_uuid=str(cast.hanako.uuid),
            channel="email",
            purpose="marketing",
            text_version="1",
            source="web",
            source_id=str(seed),
            stated_at=NOON,
        )
        outcomes = at_once([partial(say, is_given=given) for given in (True, False) * 4], seed=seed)
        assert codes(outcomes) == {"consent_differs": 4}
    assert ConsentEntry.objects.count() == Interaction.objects.filter(kind__startswith="consent.").count() == rounds


def test_one_import_in_two_workers_writes_each_row_once(cast: Cast) -> None:
    rows = [
        consents.Statement(
            customer_id=[cast.hanako, cast.namesake, cast.far][number % 3].pk,
            channel="email",
            purpose="marketing",
            is_given=True,
            text_version="1",
            source="file",
            source_id=str(number),
            stated_at=NOON,
        )
        for number in range(90)
    ]
    load = partial(consents.state_many, actor=cast.actor("data_steward"))
    told = values(at_once([partial(load, statements=rows), partial(load, statements=rows[::-1])]))
    assert [sorted(row) for row in zip(told[0], told[1][::-1], strict=True)] == [["created", "unchanged"]] * 90
    assert ConsentEntry.objects.count() == Interaction.objects.filter(kind="consent.given").count() == 90


@rounds
def test_of_two_editors_one_sees_the_other(cast: Cast, rounds: int) -> None:
    for version, seed in enumerate(seeds(rounds), 1):
        edit = partial(
            profiles.correct,
            actor=cast.actor("agent"),
            customer_uuid=str(cast.hanako.uuid),
            version=version,
            source="desk",
        )
        outcomes = at_once(
            [partial(edit, changes={"occupation": f"{seed}-{number}"}) for number in range(6)], seed=seed
        )
        assert codes(outcomes) == {"edited_meanwhile": 5}
        won = next(outcome.value for outcome in outcomes if outcome.error is None)
        now = Customer.objects.get(pk=cast.hanako.pk)
        assert (now.occupation, now.version) == (won.occupation, version + 1)


def test_an_editor_who_comes_between_is_seen(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    # given: both editors have read the customer before either holds her
    meeting = Meeting(2)
    monkeypatch.setattr(profiles.locks, "hold_customers", meeting.before(profiles.locks.hold_customers))
    edit = partial(
        profiles.correct, actor=cast.actor("agent"), customer_uuid=str(cast.hanako.uuid), version=1, source="desk"
    )
    # when
    outcomes = at_once([partial(edit, changes={"gender": word}) for word in ("女性", "男性")])
    # then
    (refused,) = errors(outcomes)
    assert isinstance(refused, Conflict)
    assert "女性" in str(refused.fields[0].detail)
    assert "男性" in str(refused.fields[0].detail)


@rounds
def test_one_complaint_holds_once_and_one_address_is_in_force(cast: Cast, rounds: int) -> None:
    def hold(subject: str) -> Any:
        with transaction.atomic():
            return contactholds.place(
                actor=cast.actor("agent"), customer_id=cast.hanako.pk, reason="complaint", subject=subject
            ).pk

    def move(block: str) -> Any:
        return profileedits.set_address(
            actor=cast.actor("agent"),
            customer_uuid=str(cast.hanako.uuid),
            address=profileedits.AddressIn(block=block),
            source="desk",
        )

    for number, seed in enumerate(seeds(rounds), 1):
        holds = values(at_once([partial(hold, str(seed))] * 8, seed=seed))
        assert len(set(holds)) == 1
        values(at_once([partial(move, f"{seed}-{at}") for at in range(6)], seed=seed))
        assert Address.objects.filter(valid_to__isnull=True).count() == 1
        assert Address.objects.count() == 6 * number
    assert ContactHold.objects.count() == rounds
