"""Many hands on one customer: every note stands, locks are taken in one order, and who waits too long is told so."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

import orjson
import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from config.lib import transactions
from config.lib.errors import Conflict
from customers import access
from customers.models import Customer, IdempotencyKey
from customers.services import idempotency, locks, profiles
from journeys.models import Interaction, Note, Reaction
from journeys.services import instore, timeline
from tests import factories
from tests.cast import Cast
from tests.races.crowd import PATIENCE, at_once, errors, rounds, seeds, values

pytestmark = pytest.mark.django_db(transaction=True)

FEW_STORMS = pytest.mark.parametrize("rounds", [1, pytest.param(50, id="many", marks=pytest.mark.deep)])


def write(cast: Cast, text: str) -> instore.Written:
    """Let the clerk write one note about Hanako."""
    return instore.write_note(
        actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), text=text, scope="company"
    )


def context_of(customer: Customer) -> int:
    """Return the customer's context_seq as it stands."""
    return Customer.objects.get(pk=customer.pk).context_seq


@FEW_STORMS
def test_thirty_two_notes_at_once_all_stand(cast: Cast, rounds: int) -> None:
    for seed in seeds(rounds):
        before = context_of(cast.hanako)
        # when
        written = values(at_once([partial(write, cast, f"メモ{seed}-{number}") for number in range(32)], seed=seed))
        # then
        facts = Interaction.objects.filter(pk__in=[each.interaction_id for each in written])
        assert sorted(facts.values_list("text", flat=True)) == sorted(f"メモ{seed}-{number}" for number in range(32))
        assert Note.objects.filter(text__startswith=f"メモ{seed}-").count() == 32
        assert Reaction.objects.filter(interaction__in=facts, state="waiting").count() == 32
        assert context_of(cast.hanako) == before + 32


@rounds
def test_one_key_eight_times_at_once_writes_one_note(cast: Cast, rounds: int) -> None:
    def keyed(key: str) -> idempotency.Answer:
        return idempotency.run(
            key=key,
            caller="user:1",
            fingerprint=key,
            fn=lambda: (201, str(write(cast, key).note.uuid).encode()),
        )

    for seed in seeds(rounds):
        # when
        told = at_once([partial(keyed, f"key{seed}")] * 8, seed=seed)
        # then one was first; each other one was told to wait, or got the same bytes
        note = Note.objects.get(text=f"key{seed}")
        answers = [outcome.value for outcome in told if outcome.value]
        assert Counter(answer.is_replay for answer in answers)[False] == 1
        assert {(answer.status, answer.body) for answer in answers} == {(201, str(note.uuid).encode())}
        assert {(type(error), error.code) for error in errors(told)} <= {(Conflict, "idempotency_running")}
        assert len(answers) + len(errors(told)) == 8
        assert IdempotencyKey.objects.filter(key=f"key{seed}").count() == 1


def test_control_without_the_claim_one_key_writes_eight_notes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    # given nobody claims the key, and what was answered is only looked up
    monkeypatch.setattr(idempotency, "_claim", lambda caller, key: True)
    monkeypatch.setattr(IdempotencyKey.objects, "create", lambda **kept: None)

    def keyed() -> idempotency.Answer:
        return idempotency.run(
            key="key", caller="user:1", fingerprint="key", fn=lambda: (201, str(write(cast, "key").note.uuid).encode())
        )

    values(at_once([keyed] * 8))
    assert Note.objects.filter(text="key").count() == 8


@FEW_STORMS
def test_a_storm_over_two_customers_meets_no_deadlock(cast: Cast, rounds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a deadlock would be raised, not run again
    monkeypatch.setattr(transactions, "RETRYABLE", frozenset())
    pair = [cast.hanako, cast.namesake]

    def record_both(seed: int, number: int, customers: list[Customer]) -> None:
        with transaction.atomic():
            locks.hold_customers(customer_ids=[customer.pk for customer in customers])
            timeline.record_many(
                facts=[
                    timeline.Fact(
                        "call.received", customer.pk, factories.NOON, "phone", f"p{seed}-{number}", str(place)
                    )
                    for place, customer in enumerate(customers)
                ],
                mode=timeline.LIVE,
            )

    def correct_both(seed: int, number: int, customers: list[Customer]) -> profiles.Plan:
        return profiles.upsert(
            actor=access.system(access.SYSTEM_IMPORT),
            rows=[factories.profile(member_number=c.member_number, romaji=f"{seed}-{number}") for c in customers],
            source=f"u{seed}-{number}",
            source_ids=["0", "1"],
        )

    for seed in seeds(rounds):
        before = context_of(cast.hanako)
        storm = [partial(write, cast, f"嵐{seed}-{number}") for number in range(8)]
        storm += [partial(record_both, seed, number, pair[:: (-1) ** number]) for number in range(8)]
        storm += [partial(correct_both, seed, number, pair[:: (-1) ** number]) for number in range(8)]
        storm += [partial(timeline.erase, customer_id=customer.pk) for customer in pair]
        # when
        values(at_once(storm, seed=seed))
        # then
        assert Note.objects.filter(text__startswith=f"嵐{seed}-").count() == 8
        assert Interaction.objects.filter(source__startswith=f"p{seed}-").count() == 16
        assert Interaction.objects.filter(source__startswith=f"u{seed}-").count() == 16
        assert context_of(cast.hanako) == before + 24


def counts(customer: Customer) -> tuple[int, int, int, int]:
    """Return how much has been written, and the customer's context."""
    return (
        Note.objects.count(),
        Interaction.objects.count(),
        IdempotencyKey.objects.count(),
        context_of(customer),
    )


def impatiently(call: Callable[[], HttpResponse]) -> HttpResponse:
    """Make a call that waits 0.2 s for a lock. In real life it waits 3 s."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("3s",)
        cursor.execute("SET lock_timeout = '200ms'")
    return call()


def while_held(customer: Customer, call: Callable[[], HttpResponse]) -> HttpResponse:
    """Make a call while another transaction holds the customer; return its answer."""
    held, enough = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            locks.hold_customers(customer_ids=[customer.pk])
            held.set()
            enough.wait(PATIENCE)

    def call_then_let_go() -> HttpResponse:
        held.wait(PATIENCE)
        try:
            return impatiently(call)
        finally:
            enough.set()

    return values(at_once([hold, call_then_let_go]))[1]


def test_a_program_that_waits_too_long_is_told_busy_and_nothing_changes(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.staff["clerk"])
    post = partial(
        client.post,
        f"/api/v1/customers/{cast.hanako.uuid}/notes",
        {"text": "お待たせ", "scope": "company"},
        content_type="application/json",
        headers={"Idempotency-Key": "busy-1"},
    )
    before = counts(cast.hanako)
    # when
    answer = while_held(cast.hanako, post)
    # then
    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (503, "application/problem+json", "2")
    assert orjson.loads(answer.content)["code"] == "busy"
    assert counts(cast.hanako) == before
    # and the same key works once the customer is free
    assert post().status_code == 201
    assert Note.objects.filter(text="お待たせ").count() == 1


def test_a_form_that_waits_too_long_is_told_so_and_nothing_changes(cast: Cast) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(cast.staff["clerk"])
    form = {"text": "お待たせ", "scope": "company", "channel": "", "key": "busy-2"}
    post = partial(client.post, f"/customers/{cast.hanako.uuid}/notes/", form)
    before = counts(cast.hanako)
    # when
    answer = while_held(cast.hanako, post)
    # then
    assert answer.status_code == 503
    assert answer["Content-Type"].startswith("text/html")
    assert counts(cast.hanako) == before
    # and the same form works once the customer is free
    assert post().status_code == 302
    assert Note.objects.filter(text="お待たせ").count() == 1
