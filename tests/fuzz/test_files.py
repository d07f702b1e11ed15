"""Member files of every kind: uploaded, checked and run, or refused with a reason. Never a bug, no row unaccounted.

A row that is neither created, changed, left alone nor refused would be a customer who silently vanished.
"""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import strategies as st

from config.lib.errors import DomainError
from customers import access
from customers.models import Role
from journeys.models import ImportRun
from journeys.services import imports
from tests.fuzz.calls import Call, Target, assert_no_bug, send
from tests.fuzz.explore import Budget, budget, explore
from tests.fuzz.hostile import ANY_TEXT, TEXT
from tests.permissions.world import World

pytestmark = pytest.mark.django_db

State = ImportRun.State
HEADINGS = [
    *("会員番号", "姓", "名", "氏名", "セイ", "メイ", "カナ", "生年月日", "電話番号", "メールアドレス", "言語"),
    *("接客の好み", "店舗コード", "入会日", "備考", "Member Number", "family name", "", "会員番号"),
]
CELLS = [
    *(
        "90000001",
        "A-12",
        "８００００００１",
        "山田",
        "髙橋 花子",
        "ﾔﾏﾀﾞ",
        "1990/4/1",
        "平成2年4月1日",
        "H2.4.1",
        "19900230",
    ),
    *(
        "090-1111-1234",
        "９０",
        "a@example.jp",
        "a@",
        "ja",
        "日本語",
        "alone",
        "SHIBUYA",
        "渋谷店",
        "",
        "なし",
        "-",
        '"',
        "'",
    ),
]
cells = st.sampled_from(CELLS) | TEXT
rows = st.lists(cells, max_size=9)
tables = st.tuples(
    st.lists(st.sampled_from(HEADINGS), max_size=8) | rows,
    st.lists(rows, max_size=6),
    st.sampled_from([",", "\t", ";"]),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp932", "utf-16"]),
).map(lambda parts: in_lines(*parts))


def in_lines(heading: list[str], body: list[list[str]], comma: str, end: str, encoding: str) -> bytes:
    """Return a file as a careless program writes it: nothing is quoted."""
    return end.join(comma.join(row) for row in [heading, *body]).encode(encoding, "replace")


def good_start(raw: bytes) -> bytes:
    """Return a file whose heading is right, whatever follows."""
    return "会員番号,姓,名\r\n80000001,佐藤,健\r\n".encode() + raw


files = st.one_of(st.binary(max_size=300), tables, st.binary(max_size=200).map(good_start), tables.map(good_start))


@budget(short=50, long=800)
def test_no_file_breaks_the_upload(world: World, budget: Budget) -> None:
    target = Target("admin:journeys_importrun_add", "POST", "data_steward", "near")

    def upload(given: tuple[str, bytes, str]) -> None:
        name, content, kind = given
        head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
        body = head.encode("utf-8", "surrogatepass") + content + b"\r\n--x--\r\n"
        answer = send(world, Call(target, body=body, content_type="multipart/form-data; boundary=x"))
        world.put_files_back()
        assert_no_bug(answer)

    explore(budget, st.tuples(ANY_TEXT, files, st.sampled_from(["text/csv", "application/zip", ""]) | TEXT), upload)


@budget(short=80, long=1_500)
def test_every_row_of_every_file_is_accounted_for(world: World, budget: Budget) -> None:
    steward = world.cast.actor(Role.DATA_STEWARD)

    def take(content: bytes) -> None:
        with transaction.atomic():
            try:
                run = through(steward, content)
            finally:
                world.put_files_back()
                transaction.set_rollback(True)
        assert run is None or run.failure != "unexpected"

    explore(budget, files, take)


def through(steward: access.Actor, content: bytes) -> ImportRun | None:
    """Take a file as far as it goes; None when even the upload is refused."""
    try:
        run = imports.receive(actor=steward, file_name="members.csv", chunks=[content])
    except DomainError:
        return None
    imports.work(run_id=run.pk)
    run.refresh_from_db()
    if run.state == State.FAILED:
        return run
    assert run.state == State.CHECKED
    assert run.would_create + run.would_update + run.would_leave + run.would_refuse == run.total
    imports.start(actor=steward, run_id=run.pk)
    imports.work(run_id=run.pk)
    run.refresh_from_db()
    assert run.state == State.DONE
    assert run.created + run.updated + run.unchanged + run.refused == run.total
    promised = (run.would_create, run.would_update, run.would_leave, run.would_refuse)
    assert (run.created, run.updated, run.unchanged, run.refused) == promised
    return run
