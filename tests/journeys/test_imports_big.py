"""Files as large as we take them, and a worker that is really killed."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from config.lib import clock
from customers.models import Customer
from journeys.models import ImportRun, Order, OrderLine
from journeys.services import importfiles, importprofiles, imports, importsurvey
from journeys.services.importcustomers import Customers
from journeys.services.importfiles import UnreadableFile
from tests.cast import Cast
from tests.journeys.importing import HEAD, bring_in, did, media, steward, text, told, would

pytestmark = [pytest.mark.deep, pytest.mark.django_db(transaction=True)]
__all__ = ["media"]
ROOT = Path(__file__).resolve().parents[2]
FLAT = 48  # megabytes a worker may grow by, whatever the size of the file


def people(count: int, filler: int = 0) -> Iterator[bytes]:
    """Yield a file of new members in pieces; `filler` characters in a column we do not use make it large."""
    yield f"{HEAD},備考\r\n".encode()
    for number in range(count):
        day = date(1950, 1, 1) + timedelta(days=number % 20_000)
        phone = f"090-{number // 10_000:04d}-{number % 10_000:04d}"
        row = f"{80_000_000 + number},髙橋,さくら,タカハシ,サクラ,{day},{phone},m{number}@example.jp,SHIBUYA,"
        yield f"{row}{'x' * filler}\r\n".encode()


def purchases(count: int, filler: int = 0) -> Iterator[bytes]:
    """Yield a file of orders of three lines each, of 5,000 members."""
    yield "注文番号,注文日時,会員番号,店舗コード,商品コード,商品名,数量,単価,備考\r\n".encode()
    for number in range(count):
        order = number // 3
        day = date(2020, 1, 1) + timedelta(days=order % 2_000)
        row = f"N{order},{day} 14:05,{85_000_000 + order % 5_000},SHIBUYA,SKU-{number % 400},品,{number % 3 + 1},1200,"
        yield f"{row}{'x' * filler}\r\n".encode()


def goods(count: int) -> Iterator[bytes]:
    """Yield a file of products, ten colours and sizes a style."""
    yield "品番,商品名,カテゴリ,商品コード,カラー,サイズ,定価,原価\r\n".encode()
    for number in range(count):
        style, size = divmod(number, 10)
        yield f"ST{style},品{style},分類{style % 20},SKU-{number},色{size},{size},12800,5000\r\n".encode()


def counts(count: int) -> Iterator[bytes]:
    """Yield a file of stock, of the products above in one store."""
    yield "店舗コード,商品コード,在庫数,棚番\r\n".encode()
    for number in range(count):
        yield f"SHIBUYA,SKU-{number},{number % 7},A-{number % 90}\r\n".encode()


def shops(count: int) -> Iterator[bytes]:
    """Yield a file of stores."""
    yield "店舗コード,店舗名,地区,郵便番号\r\n".encode()
    for number in range(count):
        yield f"X{number},店{number},東京,1500002\r\n".encode()


def members(count: int) -> Iterator[bytes]:
    """Yield the members of the file of orders."""
    yield "会員番号,姓\r\n".encode()
    for number in range(count):
        yield f"{85_000_000 + number},髙橋\r\n".encode()


def peak() -> int:
    """The largest this process has been, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def work(run: ImportRun) -> float:
    """Work a run to the end of its phase; return the rows a second."""
    begun = time.perf_counter()
    imports.work(run_id=run.pk, seconds=3600)
    run.refresh_from_db()
    return run.total / (time.perf_counter() - begun)


def test_a_file_of_a_hundred_megabytes_takes_no_more_memory_than_a_small_one(
    cast: Cast, record_property: Callable[[str, object], None]
) -> None:
    # given a worker that has done a small file
    bring_in(cast, text("70000001,髙橋,さくら,,,,,,"))
    before = peak()
    # when 100,000 rows of a kilobyte come in, twice
    speeds = []
    for expected in ((100_000, 0, 0, 0), (0, 0, 100_000, 0)):
        run = imports.receive(actor=steward(cast), file_name="big.csv", chunks=people(100_000, filler=900))
        speeds.append(work(run))
        assert (run.size > 95_000_000, would(run)) == (True, expected)
        imports.start(actor=steward(cast), run_id=run.pk)
        speeds.append(work(run))
        assert (run.state, did(run)) == ("done", expected)
    # then
    record_property("rows a second: check, run, check again, run again", [round(speed) for speed in speeds])
    record_property("peak memory in MB: before, after", [before, peak()])
    assert peak() - before < FLAT
    assert told() == 100_001


def test_a_hundred_megabytes_of_orders_take_no_more_memory_than_a_few(
    cast: Cast, record_property: Callable[[str, object], None]
) -> None:
    # given 5,000 members, and a worker that has done a small file of orders
    bring_in(cast, b"".join(members(5_000)))
    bring_in(cast, b"".join(purchases(600)).replace(b"N", b"M"), what="orders")
    before = peak()
    # when 99,999 lines of a kilobyte come in, twice
    speeds = []
    for expected in ((99_999, 0, 0, 0), (0, 0, 99_999, 0)):
        terms = imports.FileTerms(what="orders")
        run = imports.receive(
            actor=steward(cast), file_name="big.csv", chunks=purchases(99_999, filler=920), terms=terms
        )
        speeds.append(work(run))
        assert (run.size > 95_000_000, would(run)) == (True, expected)
        imports.start(actor=steward(cast), run_id=run.pk)
        speeds.append(work(run))
        assert (run.state, did(run)) == ("done", expected)
    # then
    record_property("rows a second: check, run, check again, run again", [round(speed) for speed in speeds])
    record_property("peak memory in MB: before, after", [before, peak()])
    assert peak() - before < FLAT
    assert (Order.objects.count(), OrderLine.objects.count()) == (33_333 + 200, 99_999 + 600)


@pytest.mark.parametrize(
    ("what", "make", "count"),
    [("stores", shops, 2_000), ("products", goods, 20_000), ("stock", counts, 20_000), ("customers", people, 20_000),
     ("orders", purchases, 20_001)],
)  # fmt: skip
def test_the_speed_of_each_kind_is_written_down(
    cast: Cast, what: str, make: Callable[[int], Iterator[bytes]], count: int,
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    # given what such a file rests on
    basis = {"stock": [("products", goods(count))], "orders": [("customers", members(5_000))]}.get(what, [])
    for needed, content in basis:
        bring_in(cast, b"".join(content), what=needed)
    # when it comes in, and again
    speeds = []
    for expected in (count, 0):
        terms = imports.FileTerms(what=what)
        run = imports.receive(actor=steward(cast), file_name="some.csv", chunks=make(count), terms=terms)
        speeds.append(work(run))
        imports.start(actor=steward(cast), run_id=run.pk)
        speeds.append(work(run))
        # Counts without a moment of their own are of the upload: the second file says newer ones.
        assert (did(run)[0], sum(did(run)), run.refused) == (expected, count, 0)
    record_property(f"rows a second of {what}: check, run, check again, run again", [round(s) for s in speeds])


@pytest.mark.parametrize(
    ("piece", "reason"),
    [
        (b"x" * 1024, "row_too_long:1"),
        (b'"' + b"x" * 1023, "row_too_long:1"),
        (b"1," * 512, "row_too_long:1"),
        ("会員番号|姓|名\r\n".encode(), "no_header"),
        ("会員番号,姓\r\n".encode(), "rows_too_many:1000000"),
    ],
    ids=["no line end", "one quoted cell", "a million columns", "wrong delimiter", "too many rows"],
)
def test_a_hundred_megabytes_of_nonsense_are_refused_in_flat_memory(tmp_path: Path, piece: bytes, reason: str) -> None:
    path = tmp_path / "nonsense"
    with path.open("wb") as out:
        out.writelines(piece * 64 for _piece in range(importfiles.LARGEST // (64 * len(piece))))
    before = peak()
    with pytest.raises(UnreadableFile) as refused:
        importsurvey.of(path, subject=Customers(), layout=importprofiles.PLAIN)
    assert refused.value.reason == reason
    assert peak() - before < FLAT


def test_a_worker_killed_at_once_loses_and_repeats_nothing(cast: Cast) -> None:
    # given a run in a process of its own
    count = 20_000
    run = imports.receive(actor=steward(cast), file_name="big.csv", chunks=people(count))
    work(run)
    imports.start(actor=steward(cast), run_id=run.pk)
    for killed_after in (2_000, 9_000):
        worker = spawn(run)
        while did(run)[0] < killed_after:
            time.sleep(0.02)
            assert worker.poll() is None, worker.communicate()
            run.refresh_from_db()
        # when it is killed
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        ImportRun.objects.filter(pk=run.pk).update(leased_until=clock.now() - timedelta(seconds=1))
        run.refresh_from_db()
        assert run.state == "running"
    # then the sweep finishes what is left
    assert imports.work_abandoned(seconds=3600) == 1
    run.refresh_from_db()
    assert (run.state, did(run), told()) == ("done", (count, 0, 0, 0), count)
    assert Customer.objects.filter(member_number__startswith="800").count() == count


def test_a_worker_killed_within_orders_leaves_no_half_order(cast: Cast) -> None:
    # given orders of three lines, which no batch of 500 rows ends with
    count = 9_000
    terms = imports.FileTerms(what="orders")
    run = imports.receive(actor=steward(cast), file_name="big.csv", chunks=purchases(count), terms=terms)
    work(run)
    imports.start(actor=steward(cast), run_id=run.pk)
    for killed_after in (1_000, 4_000):
        worker = spawn(run)
        while did(run)[0] < killed_after:
            time.sleep(0.02)
            assert worker.poll() is None, worker.communicate()
            run.refresh_from_db()
        # when it is killed
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        ImportRun.objects.filter(pk=run.pk).update(leased_until=clock.now() - timedelta(seconds=1))
        run.refresh_from_db()
        assert run.state == "running"
        assert OrderLine.objects.count() == Order.objects.count() * 3 == did(run)[0]
    # then the sweep finishes what is left
    assert imports.work_abandoned(seconds=3600) == 1
    run.refresh_from_db()
    assert (run.state, did(run), Order.objects.count()) == ("done", (count, 0, 0, 0), count // 3)


def spawn(run: ImportRun) -> subprocess.Popen[bytes]:
    """Start a process that works the run on this test's database."""
    place = connection.settings_dict
    host, port = place["HOST"], place["PORT"]
    user = place["USER"] + (f":{place['PASSWORD']}" if place["PASSWORD"] else "")
    query = f"?host={host}" if str(host).startswith("/") else ""
    address = f"postgresql://{user}@{'' if query else host}{f':{port}' if port else ''}/{place['NAME']}{query}"
    code = f"import django; django.setup(); from journeys.services import imports; imports.work(run_id={run.pk})"
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "DATABASE_URL": address,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=env, stderr=subprocess.PIPE)
