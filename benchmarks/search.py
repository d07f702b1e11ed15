"""The desk's search, every kind of term, at the selector: beside its own statements, and no scan of a big table."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from functools import partial
from typing import Any

import psycopg
from django.db import connection, transaction

from benchmarks import replay, table
from benchmarks.databases import Databases
from benchmarks.table import Row
from customers import access
from customers.models import User
from customers.selectors import search as index

TIMES, THROWN_AWAY = 12, 2_000
Statements = list[tuple[str, tuple[Any, ...]]]
BIG = {"customers_customer", "customers_identity", "customers_address", "journeys_interaction"}
TERMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("kanji, 2 characters", ("佐藤", "髙橋", "恵子")),
    ("kanji, 1 character", ("森", "恵", "辻")),
    ("kanji, variant form", ("渡邊", "齋藤", "濵田")),
    ("kanji, family and given name", ("高橋花子", "佐藤恵")),
    ("reading, prefix", ("たか", "ハシモ", "ｻｻｷ")),
    ("Latin letters", ("takahashi", "Sato", "yamaza")),
    ("phone, whole or beginning", ("090-0000-79", "0900001", "+81900000")),
    ("phone, last four", ("7919", "1234")),
    ("e-mail, fragment", ("hanako.tak", "suzuki12", "@example")),
    ("absent, 2 kanji", ("鰻坂", "犬飼")),
    ("absent, reading", ("ヌルポン", "ゑゑゑ")),
    ("absent, e-mail fragment", ("zzqqxx", "qqq.www@")),
)
FACTS = (
    ("reading and last four", "たかはし 7919"),
    ("name and birthday", "高橋 0401"),
    ("name, postcode", "佐藤 150-0041"),
)


def run(places: Databases) -> list[Row]:
    """Measure on the large database."""
    actor = access.actor_of(User.objects.select_related("staff__store").get(username="suzuki"))
    asked = [(kind, [partial(index.by_term, actor=actor, text=term) for term in terms]) for kind, terms in TERMS]
    for kind, line in FACTS:
        facts = index.facts_of(line)
        assert facts is not None
        asked.append((kind, [partial(index.by_facts, actor=actor, facts=facts)]))
    with psycopg.connect(places.large, autocommit=True) as link, transaction.atomic():
        index.use_indexes()
        link.execute("SET enable_seqscan = off")
        sent = {kind: [replay.caught(call).statements for call in calls] for kind, calls in asked}
        rows = [_kind(kind, calls, sent[kind], link) for kind, calls in asked]
        return [*rows, _without_scans(sent)]


def _kind(kind: str, calls: Sequence[partial[Any]], sent: Sequence[Statements], link: psycopg.Connection) -> Row:
    def ours(_round: int) -> float:
        return statistics.mean(_typical(call) for call in calls)

    def raw(_round: int) -> float:
        return statistics.mean(_typical(partial(replay.send, link, statements)) for statements in sent)

    ours(0), raw(0)
    return table.at_most(f"search: {kind} (p50)", *table.interleaved(ours, raw), bar=2, slack=0.002)


def _without_scans(sent: dict[str, list[Statements]]) -> Row:
    """One row over all statements: none reads a big table whole, nor walks an index to throw nearly all away."""
    each = [(kind, *one) for kind, calls in sent.items() for statements in calls for one in statements]
    found = sorted({f"{kind}: {name}" for kind, sql, params in each for name in _scanned(sql, params)})
    what = f"search: plans of {len(each)} statements"
    return Row(
        what, "; ".join(found) or "none", "", "", f"no Seq Scan, at most {THROWN_AWAY:,} rows thrown away", not found
    )


def _typical(call: partial[Any]) -> float:
    return statistics.median(table.timed(call) for _time in range(TIMES))


def _scanned(sql: str, params: Sequence[Any]) -> set[str]:
    """Return the big tables the statement scans."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        found = cursor.fetchone()[0]
    found = json.loads(found) if isinstance(found, str) else found
    return {
        node["Relation Name"]
        for node in _nodes(found[0]["Plan"])
        if node.get("Relation Name") in BIG and _is_scan(node)
    }


def _is_scan(node: dict[str, Any]) -> bool:
    return node["Node Type"] == "Seq Scan" or node.get("Rows Removed by Filter", 0) * node["Actual Loops"] > THROWN_AWAY


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for inner in plan.get("Plans", []) for node in _nodes(inner))]
