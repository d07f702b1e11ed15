"""Workers die, race and lose their lease; every row is still done exactly once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection

from config.lib import clock, tasks
from config.lib.errors import Conflict
from customers.models import Customer
from customers.services import profiles
from journeys.models import ImportRun, Interaction
from journeys.services import importbatches, importfiles, imports
from tests.cast import Cast
from tests.journeys.importing import bring_in, check, did, media, member, problems, steward, text, told, would

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["media"]
ROWS = 23


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importbatches, "BATCH", 5)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the doorbell was rung for, instead of a broker."""
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tasks, "ring", lambda target, *args: calls.append((target.name, *args)))
    return calls


def many(count: int = ROWS) -> str:
    return text(*[f"{71000000 + number},姓{number},名,,,,090-0000-{number:04d},,SHIBUYA" for number in range(count)])


def started(cast: Cast, content: str) -> ImportRun:
    run = check(cast, content)
    imports.start(actor=steward(cast), run_id=run.pk)
    return run


def breaking(monkeypatch: pytest.MonkeyPatch, name: str, after: int, error: Exception) -> None:
    """Let profiles.<name> fail with `error` at every call after the first `after`."""
    real, calls = getattr(profiles, name), []

    def call(**given: Any) -> Any:
        calls.append(1)
        if len(calls) > after:
            raise error
        return real(**given)

    monkeypatch.setattr(profiles, name, call)


def lapse(run: ImportRun) -> None:
    ImportRun.objects.filter(pk=run.pk).update(leased_until=clock.now() - timedelta(seconds=1))


def test_a_run_killed_in_the_middle_is_finished_by_the_sweep(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, rung: list[object]
) -> None:
    # given a worker that dies in the third batch
    run = started(cast, many())
    with monkeypatch.context() as broken:
        breaking(broken, "upsert", 2, OperationalError("the connection is gone"))
        with pytest.raises(OperationalError):
            imports.work(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, did(run), run.next_line, told()) == ("running", (10, 0, 0, 0), 12, 10)
    # when its lease has not run out, nobody takes it
    assert imports.work_abandoned() == 0
    # when it has
    lapse(run)
    assert imports.work_abandoned() == 1
    # then
    run.refresh_from_db()
    assert (run.state, did(run), run.lease) == ("done", (ROWS, 0, 0, 0), None)
    assert (told(), Customer.objects.filter(member_number__startswith="7100").count()) == (ROWS, ROWS)
    assert imports.work_abandoned() == 0


def test_a_check_killed_in_the_middle_counts_each_row_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, rung: list[object]
) -> None:
    content = many(18) + "12,短,,,,,,,\r\n" + "71000001,二,,,,,,,\r\n"
    with monkeypatch.context() as broken:
        breaking(broken, "plan", 2, OperationalError("the connection is gone"))
        with pytest.raises(OperationalError):
            check(cast, content)
    run = ImportRun.objects.get()
    assert (run.state, would(run)) == ("checking", (10, 0, 0, 0))
    lapse(run)
    imports.work_abandoned()
    run.refresh_from_db()
    # then the repetition is found although its first row was read by the dead worker
    assert (run.state, would(run)) == ("checked", (18, 0, 0, 2))
    assert problems(run) == [(20, "会員番号", "12", "member_number"), (21, "会員番号", "71000001", "repeated:3")]


def test_a_long_run_is_worked_in_slices(cast: Cast, rung: list[object]) -> None:
    run = started(cast, many())
    rung.clear()
    # when each task has no time for more than a batch
    for _task in range(5):
        imports.work(run_id=run.pk, seconds=0)
    # then each rings for the next, the last batch included
    run.refresh_from_db()
    assert (run.state, did(run), run.lease) == ("running", (ROWS, 0, 0, 0), None)
    assert rung == [("journeys.work_import", run.pk)] * 5
    imports.work(run_id=run.pk, seconds=0)
    run.refresh_from_db()
    assert (run.state, len(rung)) == ("done", 5)


def test_the_doorbell_rings_for_the_check_and_for_the_run(cast: Cast, rung: list[object]) -> None:
    run = started(cast, many(1))
    assert rung == [("journeys.work_import", run.pk)] * 2


def together(*acts: Callable[[], None]) -> list[BaseException]:
    """Run acts in threads of their own at the same time; return what they raised."""
    gate, errors = threading.Barrier(len(acts)), []

    def run(act: Callable[[], None]) -> None:
        gate.wait()
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_two_workers_at_once_do_each_row_once(cast: Cast, rung: list[object]) -> None:
    run = started(cast, many(60))
    errors = together(*[lambda: imports.work(run_id=run.pk)] * 4)
    run.refresh_from_db()
    assert errors == []
    assert (run.state, did(run), told()) == ("done", (60, 0, 0, 0), 60)


def test_a_slow_worker_whose_lease_ran_out_stops(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, rung: list[object]
) -> None:
    # given a worker that stands still between two batches while another takes over and does the next one
    run = started(cast, many())
    real = importfiles.rows

    def slow(*args: Any, **given: Any) -> Iterator[Any]:
        for number, row in enumerate(real(*args, **given)):
            if number == 8:
                monkeypatch.setattr(importfiles, "rows", real)
                lapse(run)
                imports.work(run_id=run.pk, seconds=0)
            yield row

    monkeypatch.setattr(importfiles, "rows", slow)
    imports.work(run_id=run.pk)
    # then it does nothing more
    run.refresh_from_db()
    assert (run.state, did(run), told()) == ("running", (10, 0, 0, 0), 10)
    # and the sweep does the rest
    assert imports.work_abandoned() == 1
    run.refresh_from_db()
    assert (run.state, did(run), told()) == ("done", (ROWS, 0, 0, 0), ROWS)


def test_two_files_with_the_same_new_members_at_once(cast: Cast, rung: list[object]) -> None:
    first, second = started(cast, many(40)), started(cast, many(40))
    errors = together(lambda: imports.work(run_id=first.pk), lambda: imports.work(run_id=second.pk))
    first.refresh_from_db()
    second.refresh_from_db()
    assert errors == []
    assert (first.state, second.state) == ("done", "done")
    assert (first.created + second.created, first.unchanged + second.unchanged) == (40, 40)
    assert (first.refused, second.refused, told()) == (0, 0, 40)


def test_a_rival_who_creates_a_member_meanwhile_makes_one_retry(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, rung: list[object]
) -> None:
    run = started(cast, many(3))
    real, calls = profiles.upsert, []

    def call(**given: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise IntegrityError("duplicate key")
        return real(**given)

    monkeypatch.setattr(profiles, "upsert", call)
    imports.work(run_id=run.pk)
    run.refresh_from_db()
    assert (len(calls), did(run)) == (2, (3, 0, 0, 0))


@pytest.mark.parametrize("error", [DataError("too long"), Conflict("already_told_differently", "x")])
def test_one_row_the_database_refuses_does_not_spoil_its_batch(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, rung: list[object], error: Exception
) -> None:
    run = started(cast, many(7))
    real = profiles.upsert

    def call(*, rows: Any, **given: Any) -> Any:
        if any(row.member_number == "71000002" for row in rows):
            raise error
        return real(rows=rows, **given)

    monkeypatch.setattr(profiles, "upsert", call)
    imports.work(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, did(run), told()) == ("done", (6, 0, 0, 1), 6)
    assert problems(run, "run") == [(4, "", "71000002", "conflict")]
    assert not Customer.objects.filter(member_number="71000002").exists()


def test_an_error_of_ours_stops_the_run_where_it_stands_and_says_so(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, rung: list[object]
) -> None:
    run = started(cast, many())
    with monkeypatch.context() as broken:
        breaking(broken, "upsert", 1, TypeError("a bug"))
        imports.work(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.failure, did(run), told()) == ("failed", "unexpected", (5, 0, 0, 0), 5)
    assert imports.work_abandoned() == 0
    # and the same file again brings in the rest
    assert did(bring_in(cast, many())) == (ROWS - 5, 0, 5, 0)


def test_a_file_that_vanished_is_told(cast: Cast, rung: list[object]) -> None:
    run = started(cast, many(2))
    importfiles.forget(run.path)
    imports.work(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.failure, told()) == ("failed", "file_lost", 0)


def test_a_held_run_is_left_alone(cast: Cast, rung: list[object]) -> None:
    run = started(cast, many(2))
    ImportRun.objects.filter(pk=run.pk).update(lease=uuid.uuid4(), leased_until=clock.now() + timedelta(seconds=60))
    imports.work(run_id=run.pk)
    assert imports.work_abandoned() == 0
    run.refresh_from_db()
    assert (run.state, did(run)) == ("running", (0, 0, 0, 0))


def test_a_fact_names_the_run_and_its_line(cast: Cast, rung: list[object]) -> None:
    run = bring_in(cast, many(2))
    fact = Interaction.objects.get(customer=member("71000001"))
    assert (fact.source, fact.source_id, fact.channel) == ("import:customers", f"{run.uuid}:3", "import")
    assert (fact.occurred_at, fact.actor_id) == (run.started_at, None)
