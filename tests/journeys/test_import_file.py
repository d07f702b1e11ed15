"""`manage.py import_file`: the pages' services from the command line, with an exit code a script can use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from customers.models import Customer, Store
from journeys.models import ImportRun, Order
from tests.cast import Cast
from tests.journeys.importing import lines, media

__all__ = ["media"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """The command speaks the installation's language; the tests read English."""
    with translation.override("en"):
        yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two stores."""
    path = tmp_path / "stores.csv"
    path.write_text(lines("店舗コード,店舗名", "GINZA,銀座店", "KYOTO,京都店"), encoding="utf-8")
    return path


def test_a_good_file_goes_in_and_progress_is_printed(cast: Cast, file: Path, capsys: Any) -> None:
    call_command("import_file", file, what="stores", username="data_steward")
    out = capsys.readouterr().out.splitlines()
    assert out == [
        "Checked, nothing written yet: 2 / 2",
        "Succeeded: 2 / 2",
        "2 new, 0 changed, 0 already there, 0 refused",
    ]
    run = ImportRun.objects.get()
    assert (run.what, run.file_name, run.requested_by, Store.objects.count()) == (
        "stores", "stores.csv", cast.staff["data_steward"], 4
    )  # fmt: skip


def test_a_check_writes_nothing(cast: Cast, file: Path, capsys: Any) -> None:
    call_command("import_file", file, what="stores", username="data_steward", check=True)
    assert "Would be: 2 new, 0 changed, 0 already there, 0 refused" in capsys.readouterr().out
    assert (ImportRun.objects.get().state, Store.objects.count()) == ("checked", 2)


def test_refused_rows_are_named_and_end_with_one(cast: Cast, file: Path, capsys: Any) -> None:
    file.write_text(lines("店舗コード,店舗名", "GINZA,銀座店", "KYOTO,"), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        call_command("import_file", file, what="stores", username="data_steward")
    assert (ended.value.code, Store.objects.count()) == (1, 3)
    assert capsys.readouterr().err == "3: 店舗名: This cell is empty, but every row needs it.\n"


@pytest.mark.parametrize(
    ("content", "what", "words"),
    [
        (b"PK\x03\x04x", "stores", "This is a spreadsheet or a packed file, not a CSV file."),
        (
            "店舗コード,住所\r\nA1,東京\r\n".encode(),
            "stores",
            "We do not see which column tells this: name (Japanese).",
        ),
        (b"", "stores", "The file is empty"),
    ],
)
def test_a_file_that_cannot_be_read_ends_with_two(
    cast: Cast, tmp_path: Path, content: bytes, what: str, words: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=words.replace("(", r"\(").replace(")", r"\)")) as ended:
        call_command("import_file", path, what=what, username="data_steward")
    assert (ended.value.returncode, Store.objects.count()) == (2, 2)


def test_a_file_that_is_not_there_ends_with_two(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file") as ended:
        call_command("import_file", tmp_path / "nowhere", what="stores", username="data_steward")
    assert (ended.value.returncode, ImportRun.objects.count()) == (2, 0)


@pytest.mark.parametrize(
    ("username", "words"), [("clerk", "Your role does not include this."), ("nobody", "no staff account nobody")]
)
def test_only_a_data_steward_may_answer_for_a_file(cast: Cast, file: Path, username: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("import_file", file, what="stores", username=username)
    assert (ImportRun.objects.count(), Store.objects.count()) == (0, 2)


def test_columns_can_be_named_on_the_command_line(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text(lines("numer,nazwisko", "70000001,髙橋"), encoding="cp932")
    call_command(
        "import_file", path, what="customers", username="data_steward",
        column=["numer=member_number", "nazwisko=family_name"],
    )  # fmt: skip
    assert Customer.objects.get(member_number="70000001").family_name == "髙橋"


def test_zone_currency_mode_and_profile_are_passed_on(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "cd.txt"
    path.write_text(" 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n")
    call_command(
        "import_file", path, what="orders", profile="cdnow", currency="USD", zone="America/New_York", mode="live",
        username="data_steward",
    )  # fmt: skip
    # noon in New York is two in the morning here
    assert sorted(Order.objects.values_list("external_id", "total", "currency", "placed_at__hour")) == [
        ("line:1", 2_933, "USD", 2), ("line:2", 2_973, "USD", 2)
    ]  # fmt: skip
    customer = Customer.objects.get(member_number="CDNOW00004")
    assert (customer.full_name, ImportRun.objects.get().mode) == ("CDNOW 00004", "live")
