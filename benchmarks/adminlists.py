"""Every list of the back office: its number of queries, and how it grows from a thousand rows to many."""

from __future__ import annotations

import re

from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from benchmarks import growth, replay, table
from benchmarks.databases import Databases
from benchmarks.table import Row

MOST_QUERIES, TIMES = 10, 10
READERS = ("admin", "fujii", "takagi", "suzuki", "hara", "ueno", "miyake", "nishida")
REFUSED = re.compile(r": (302|403|404) ")


def run(places: Databases) -> list[Row]:
    """Measure each list as the first of the staff who may open it."""
    rows = []
    with growth.pair(places, beside="tiny") as servers:
        for path in _lists():
            username, count = _reader(path)
            what = f"admin list {path.removeprefix('/admin/')}"
            rows.append(Row(f"{what}, queries", f"{count}", "", "", "at most 10", count <= MOST_QUERIES))
            grown = growth.row(
                f"{what}, large beside 1,000 rows (p95)",
                servers,
                username=username,
                paths=lambda _address, paths=[path] * TIMES: paths,
                bar=3,
                figure=table.p95,
            )
            rows.append(grown)
    return rows


def _reader(path: str) -> tuple[str, int]:
    """Return who may open the list, and how many queries it takes."""
    for username in READERS:
        try:
            return username, len(replay.sent_by(path, username=username).statements)
        except RuntimeError as refused:
            if not REFUSED.search(str(refused)):
                raise
    raise RuntimeError(f"{path}: nobody may open it")


def _lists() -> list[str]:
    found = []
    for model in admin.site._registry:
        try:
            found.append(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        except NoReverseMatch:
            continue
    return sorted(found)
