"""Members told by two sources at once: nobody is doubled, nobody half written, no deadlock reaches the caller."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import count

import pytest
from django.db import IntegrityError, OperationalError, transaction

from config.lib import transactions
from config.lib.errors import Conflict
from customers import access
from customers.models import Customer, Identity
from customers.services import contact, identities, locks, profiles
from customers.services.profiles import CREATED, UNCHANGED, UPDATED, ProfileIn
from journeys.models import Interaction
from tests import factories
from tests.cast import Cast
from tests.races.crowd import Meeting, at_once, errors, rounds, seeds, values

pytestmark = pytest.mark.django_db(transaction=True)

_number, _phone = count(1), count(1)


@pytest.fixture
def no_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadlock would be raised, not run again: the order of locks alone must do."""
    monkeypatch.setattr(transactions, "RETRYABLE", frozenset())


def batch(size: int, **given: object) -> list[ProfileIn]:
    """Return rows of members nobody knows yet."""
    return [factories.profile(member_number=f"R{next(_number):07d}", **given) for _row in range(size)]


def phone() -> tuple[str, str]:
    """Return a phone number nobody has, as normalised and as given."""
    raw = f"090-7000-{next(_phone):04d}"
    return contact.phone(raw), raw


def tell(rows: Sequence[ProfileIn], source: str) -> profiles.Plan:
    """Upsert the rows as one source."""
    return profiles.upsert(
        actor=access.system(access.SYSTEM_IMPORT),
        rows=rows,
        source=source,
        source_ids=[row.member_number for row in rows],
        occurred_at=factories.NOON,
    )


def meet_before_writing(monkeypatch: pytest.MonkeyPatch, callers: int = 2) -> None:
    """Let all callers look who is known before any of them writes."""
    monkeypatch.setattr(identities, "held_by", Meeting(callers).before(identities.held_by))


@rounds
def test_two_sources_with_the_same_new_members_make_them_once(
    cast: Cast, rounds: int, monkeypatch: pytest.MonkeyPatch, no_retries: None
) -> None:
    for seed in seeds(rounds):
        rows = batch(20, phone=None)
        before = Customer.objects.count()
        with monkeypatch.context() as patched:
            meet_before_writing(patched)
            # when
            told = at_once([partial(tell, rows, f"one{seed}"), partial(tell, rows, f"two{seed}")], seed=seed)
        # then
        assert [(type(error), error.code) for error in errors(told)] == [(Conflict, "member_taken")]
        assert [o.value.outcomes for o in told if o.value] == [[CREATED] * 20]
        assert Customer.objects.count() == before + 20
        assert Interaction.objects.filter(source__in=[f"one{seed}", f"two{seed}"]).count() == 20


def test_the_loser_wrote_nothing_and_may_come_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    # given two sources that know the same new member by different phones, and one old member each
    new = batch(1)[0]
    rows = {
        name: [factories.profile(member_number=old.member_number, romaji=name, home_store=cast.shibuya),
               factories.profile(member_number=new.member_number, phone=phone()[1])]
        for name, old in [("one", cast.hanako), ("two", cast.namesake)]
    }  # fmt: skip
    with monkeypatch.context() as patched:
        meet_before_writing(patched)
        # when
        told = at_once([partial(tell, rows["one"], "one"), partial(tell, rows["two"], "two")])
    # then
    winner, loser = ("one", "two") if told[0].value else ("two", "one")
    assert [type(error) for error in errors(told)] == [Conflict]
    assert sorted(Customer.objects.exclude(romaji="").values_list("romaji", flat=True)) == [winner]
    assert Identity.objects.filter(customer__member_number=new.member_number).count() == 1
    assert Interaction.objects.filter(source=winner).count() == 2
    assert Interaction.objects.filter(source=loser).count() == 0
    # and when the loser comes again, it corrects what the winner made
    assert tell(rows[loser], loser).outcomes == [UPDATED, UPDATED]
    assert Identity.objects.filter(customer__member_number=new.member_number).count() == 2


@rounds
def test_new_members_in_opposite_order_do_not_deadlock(
    cast: Cast, rounds: int, monkeypatch: pytest.MonkeyPatch, no_retries: None
) -> None:
    for seed in seeds(rounds):
        rows = batch(200)
        with monkeypatch.context() as patched:
            meet_before_writing(patched)
            told = at_once([partial(tell, rows, f"up{seed}"), partial(tell, rows[::-1], f"down{seed}")], seed=seed)
        assert [(type(error), error.code) for error in errors(told)] == [(Conflict, "member_taken")]
        assert Customer.objects.filter(member_number__in=[row.member_number for row in rows]).count() == 200


def test_control_without_that_order_two_batches_deadlock(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, no_retries: None
) -> None:
    # given new members are inserted in the order of the file
    monkeypatch.setattr(profiles, "_create", Customer.objects.bulk_create)

    def is_deadlock(seed: int) -> bool:
        rows = batch(200)
        with monkeypatch.context() as patched:
            meet_before_writing(patched)
            told = at_once([partial(tell, rows, f"up{seed}"), partial(tell, rows[::-1], f"down{seed}")], seed=seed)
        return [type(error) for error in errors(told)] == [OperationalError]

    assert any(is_deadlock(seed) for seed in seeds(9))


@rounds
def test_known_members_in_opposite_order_are_all_corrected(cast: Cast, rounds: int, no_retries: None) -> None:
    members = batch(40)
    tell(members, "first")
    for seed in seeds(rounds):
        versions = dict(Customer.objects.values_list("member_number", "version"))
        ups = [factories.profile(member_number=row.member_number, romaji=f"UP{seed}") for row in members]
        downs = [factories.profile(member_number=row.member_number, romaji=f"DOWN{seed}") for row in members[::-1]]
        # when
        told = values(at_once([partial(tell, ups, f"u{seed}"), partial(tell, downs, f"d{seed}")], seed=seed))
        # then each wrote its rows as a whole, one after the other
        assert [plan.outcomes for plan in told] == [[UPDATED] * 40] * 2
        names = set(Customer.objects.filter(member_number__startswith="R").values_list("romaji", flat=True))
        assert names in ({f"UP{seed}"}, {f"DOWN{seed}"})
        assert dict(Customer.objects.filter(member_number__startswith="R").values_list("member_number", "version")) == {
            row.member_number: versions[row.member_number] + 2 for row in members
        }


@rounds
def test_the_same_file_twice_at_once_tells_each_change_once(cast: Cast, rounds: int, no_retries: None) -> None:
    members = batch(20)
    tell(members, "first")
    for seed in seeds(rounds):
        rows = [factories.profile(member_number=row.member_number, romaji=f"N{seed}") for row in members]
        told = values(at_once([partial(tell, rows, f"f{seed}"), partial(tell, rows, f"f{seed}")], seed=seed))
        assert sorted(plan.outcomes[0] for plan in told) == [UNCHANGED, UPDATED]
        assert Interaction.objects.filter(source=f"f{seed}").count() == 20


def add(owner: Customer, pairs: Sequence[tuple[str, str]]) -> None:
    """Add phones to a customer, holding her, as upsert does."""
    with transaction.atomic():
        locks.hold_customers(customer_ids=[owner.pk])
        identities.add(wanted=[(owner.pk, "phone", pair) for pair in pairs], source="test")


def shared(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, bool]]:
    """Return (normalised, is_shared) of every row with one of these phones."""
    rows = Identity.objects.filter(normalised__in=[pair[0] for pair in pairs])
    return sorted(rows.values_list("normalised", "is_shared"))


@rounds
def test_one_phone_of_two_people_at_once_is_shared_on_both_sides(cast: Cast, rounds: int, no_retries: None) -> None:
    for seed in seeds(rounds):
        pairs = [phone(), phone()]
        # when three people bring the same two numbers, in different orders
        owners = [(cast.hanako, pairs), (cast.namesake, pairs[::-1]), (cast.far, pairs)]
        values(at_once([partial(add, owner, given) for owner, given in owners], seed=seed))
        # then
        assert shared(pairs) == sorted([(pair[0], True) for pair in pairs] * 3)


def test_control_without_the_advisory_lock_one_of_them_fails(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    # given nobody waits for the value, and all have looked before anyone writes
    monkeypatch.setattr(identities, "_hold", lambda values: None)
    monkeypatch.setattr(Identity.objects, "bulk_create", Meeting(2).before(Identity.objects.bulk_create))
    pairs = [phone()]
    # when
    told = at_once([partial(add, cast.hanako, pairs), partial(add, cast.namesake, pairs)])
    # then
    assert [type(error) for error in errors(told)] == [IntegrityError]
    assert shared(pairs) == [(pairs[0][0], False)]
