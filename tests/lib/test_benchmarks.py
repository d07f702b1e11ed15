"""The arithmetic of `make bench`: a bar that does not hold must say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import databases, table
from benchmarks.databases import Size


def test_the_ratio_is_the_median_of_the_rounds_not_of_the_sides() -> None:
    assert table.ratio([1.0, 10.0, 3.0], [1.0, 2.0, 3.0]) == 1.0
    assert table.spread([1.0, 10.0, 3.0], [1.0, 2.0, 3.0]) == "1.00 to 5.00"


@pytest.mark.parametrize(
    ("ours", "slack", "holds"), [(0.002, 0, True), (0.0021, 0, False), (0.0029, 0.002, True), (0.0031, 0.002, False)]
)
def test_seconds_hold_up_to_the_bar_or_the_slack(ours: float, slack: float, holds: bool) -> None:
    row = table.at_most("a page", [ours] * 5, [0.001] * 5, bar=2, slack=slack)
    assert row.holds is holds
    assert row.bar == ("at most 2x or + 2 ms" if slack else "at most 2x")


@pytest.mark.parametrize(("ours", "holds"), [(40.0, True), (39.0, False)])
def test_rates_hold_from_the_bar_on(ours: float, holds: bool) -> None:
    row = table.at_least("an import", [ours] * 5, [100.0] * 5, bar=0.4, unit="rows")
    assert (row.holds, row.bar, row.ours) == (holds, "at least 40%", f"{ours:.0f} rows/s")


def test_sides_run_in_turn_and_the_first_one_changes() -> None:
    calls: list[str] = []

    def side(name: str) -> float:
        calls.append(name)
        return 1.0

    table.interleaved(lambda _round: side("ours"), lambda _round: side("theirs"), rounds=2)
    assert calls == ["ours", "theirs", "theirs", "ours"]


def test_a_bar_that_does_not_hold_reads_no() -> None:
    rows = [table.Row("a", "1", "2", "3", "4", holds) for holds in (True, False, None)]
    assert [line.split(" | ")[-1] for line in table.written(rows).splitlines()[2:]] == ["yes |", "**no** |", " |"]


def test_the_95th_percentile_is_one_of_the_figures() -> None:
    assert table.p95([float(number) for number in range(100)]) == 95.0
    assert table.p95([7.0]) == 7.0


def test_a_database_is_found_again_until_what_makes_its_rows_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "journeys" / "services" / "demobench.py"
    source.parent.mkdir(parents=True)
    source.write_text("one")
    monkeypatch.setattr(databases, "ROOT", tmp_path)
    first = databases._name(Size(10, 100))
    assert databases._name(Size(10, 100)) == first
    assert databases._name(Size(10, 101)) != first
    source.write_text("another")
    assert databases._name(Size(10, 100)) != first
