"""The same keyed request is answered once, with the same bytes, or told why not."""

from __future__ import annotations

import threading
from typing import Any

import orjson
import pytest
from django.db import connection
from django.urls import reverse

from config.lib.errors import Conflict, Invalid
from customers.models import IdempotencyKey
from customers.services import idempotency
from journeys.models import Interaction, Note
from tests.cast import Cast

PATIENCE = 20.0


def run(fn: Any, *, key: str = "k-1", caller: str = "user:1", content: bytes = b"same") -> idempotency.Answer:
    """Run a keyed call."""
    return idempotency.run(key=key, caller=caller, fingerprint=idempotency.fingerprint_of(content), fn=fn)


class Work:
    """Counts how often it was done."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self) -> tuple[int, bytes]:
        self.done += 1
        return 201, b"\x00\xff bytes as they are %d" % self.done


@pytest.mark.django_db
def test_a_repetition_gets_the_first_bytes_and_does_nothing() -> None:
    work = Work()
    first, again = run(work), run(work)
    assert (first.status, first.body, first.is_replay) == (201, b"\x00\xff bytes as they are 1", False)
    assert (again.status, again.body, again.is_replay) == (201, first.body, True)
    assert work.done == 1


@pytest.mark.django_db
def test_the_key_with_other_content_is_refused() -> None:
    work = Work()
    run(work)
    with pytest.raises(Invalid) as refused:
        run(work, content=b"other")
    assert (refused.value.code, refused.value.status) == ("idempotency_mismatch", 422)
    assert work.done == 1


@pytest.mark.django_db
def test_a_key_belongs_to_its_caller() -> None:
    work = Work()
    run(work)
    assert run(work, caller="user:2").is_replay is False
    assert work.done == 2


@pytest.mark.django_db
def test_a_call_that_fails_keeps_nothing(cast: Cast) -> None:
    def fail() -> tuple[int, bytes]:
        IdempotencyKey.objects.create(
            caller="user:9", key="inner", fingerprint="", status=200, body=b"", created_at=cast.hanako.created_at
        )
        raise Conflict("too_late", "Too late.")

    work = Work()
    with pytest.raises(Conflict):
        run(fail)
    assert IdempotencyKey.objects.count() == 0
    assert run(work).is_replay is False
    assert work.done == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "あ", "a\nb", "a\x00b", "tab\t"])
def test_a_key_is_short_printable_ascii(key: str) -> None:
    work = Work()
    with pytest.raises(Invalid) as refused:
        run(work, key=key)
    assert (refused.value.code, work.done) == ("idempotency_key", 0)


@pytest.mark.django_db
def test_the_longest_key_is_kept() -> None:
    work = Work()
    assert (run(work, key="x" * 255).is_replay, run(work, key="x" * 255).is_replay) == (False, True)


def test_parts_are_not_run_together() -> None:
    assert idempotency.fingerprint_of(b"a", b"bc") != idempotency.fingerprint_of(b"ab", b"c")


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_running_the_second_is_told_to_wait() -> None:
    # given: a first call in a thread of its own that has begun and not ended
    begun, go_on, told = threading.Event(), threading.Event(), []
    work = Work()

    def slow() -> tuple[int, bytes]:
        begun.set()
        assert go_on.wait(PATIENCE)
        return work()

    def first() -> None:
        told.append(run(slow))
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(PATIENCE)
    try:
        # when
        with pytest.raises(Conflict) as refused:
            run(work)
        # then
        assert (refused.value.code, refused.value.status, refused.value.retry_after) == ("idempotency_running", 409, 1)
        # and other keys and callers do not wait
        assert run(work, key="k-2").is_replay is False
        assert run(work, caller="user:2").is_replay is False
    finally:
        go_on.set()
        thread.join(PATIENCE)
    # and after the first has ended, its bytes are there
    assert run(work) == idempotency.Answer(201, told[0].body, is_replay=True)
    assert work.done == 3


# --- over the API ----------------------------------------------------------------------------------------------------
def note(client: Any, cast: Cast, text: str, key: str | None = "key-1", customer: str = "hanako") -> Any:
    """Write a note over the API."""
    url = reverse("api:customer-notes", args=[getattr(cast, customer).uuid])
    headers = {} if key is None else {"Idempotency-Key": key}
    body = orjson.dumps({"text": text, "scope": "company"})
    return client.post(url, body, content_type="application/json", headers=headers)


def test_a_note_sent_twice_with_its_key_is_one_note(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["clerk"])
    first, again = note(client, cast, "採寸しました"), note(client, cast, "採寸しました")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert (first.headers.get("Idempotent-Replay"), again["Idempotent-Replay"]) == (None, "true")
    assert first["Content-Type"] == again["Content-Type"] == "application/json"
    assert Note.objects.count() == Interaction.objects.filter(kind="note.written").count() == 1


def test_without_a_key_each_call_is_a_note(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["clerk"])
    assert [note(client, cast, "同じ", key=None).status_code for _time in range(2)] == [201, 201]
    assert Note.objects.count() == 2


@pytest.mark.parametrize(("text", "customer"), [("別の文", "hanako"), ("採寸しました", "namesake")])
def test_the_key_with_another_text_or_customer_is_422(cast: Cast, client: Any, text: str, customer: str) -> None:
    client.force_login(cast.staff["clerk"])
    note(client, cast, "採寸しました")
    refused = note(client, cast, text, customer=customer)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_mismatch")
    assert Note.objects.count() == 1


def test_a_colleague_with_the_same_key_writes_her_own(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["clerk"])
    first = note(client, cast, "採寸しました")
    client.force_login(cast.staff["store_manager"])
    second = note(client, cast, "採寸しました")
    assert (second.status_code, second.content != first.content) == (201, True)
    assert sorted(Note.objects.values_list("author__username", flat=True)) == ["clerk", "store_manager"]


def test_a_refused_note_leaves_its_key_free(cast: Cast, client: Any) -> None:
    client.force_login(cast.staff["clerk"])
    assert note(client, cast, "x" * 201).status_code == 422
    assert IdempotencyKey.objects.count() == 0
    assert note(client, cast, "短い").status_code == 201


def test_a_key_does_not_open_what_is_closed(cast: Cast, client: Any) -> None:
    # given: kept while the far customer's card had been shown, asked for again when it is over
    client.force_login(cast.other_clerk)
    note(client, cast, "梅田で", customer="far")
    client.force_login(cast.staff["clerk"])
    assert note(client, cast, "梅田で", customer="far").status_code == 404
    assert IdempotencyKey.objects.count() == 1
