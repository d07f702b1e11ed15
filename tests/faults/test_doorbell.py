"""A doorbell nobody hears: the note is saved, the reaction waits as a row, and the sweep finds it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from celery import current_app
from kombu import pools

from customers.models import AttentionItem, ScheduleSlot
from journeys import tasks
from journeys.models import Note, Reaction
from journeys.services import instore
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def broker_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery's way to the broker ends at a socket that nobody listens on."""
    nowhere = current_app.connection_for_write(f"redis+socket://{tmp_path / 'nobody.sock'}")
    monkeypatch.setattr(current_app.amqp, "_producer_pool", pools.producers[nowhere])


def test_a_note_is_saved_and_worked_by_the_sweep_when_the_broker_is_away(
    cast: Cast, broker_away: None, caplog: pytest.LogCaptureFixture
) -> None:
    # when
    with caplog.at_level(logging.WARNING, "yorisoi.tasks"):
        written = instore.write_note(
            actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), text="通院のため平日に", scope="company"
        )
    # then
    assert Note.objects.get().text == "通院のため平日に"
    heard = [
        (record.message, getattr(record, "task", "")) for record in caplog.records if record.name == "yorisoi.tasks"
    ]
    assert heard == [("doorbell.unheard", "journeys.work_reactions")]
    reaction = Reaction.objects.get()
    assert (reaction.interaction_id, reaction.state, reaction.attempts) == (written.interaction_id, "waiting", 0)
    # when
    tasks.sweep_reactions()
    # then
    reaction.refresh_from_db()
    assert (reaction.state, reaction.attempts, reaction.lease) == ("done", 1, None)
    assert AttentionItem.objects.get().key == str(written.note.pk)


def test_a_second_sweep_in_the_same_minute_leaves_the_work_to_the_first(cast: Cast, broker_away: None) -> None:
    # given a sweep has begun in this minute, somewhere else
    tasks.sweep_reactions()
    instore.write_note(
        actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), text="通院のため", scope="company"
    )
    # when
    tasks.sweep_reactions()
    # then
    assert (Reaction.objects.get().state, ScheduleSlot.objects.count()) == ("waiting", 1)
