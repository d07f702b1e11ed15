"""Twenty thousand customers: a search by the beginning of a name reads an index, never the table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.selectors import customers as people
from tests.cast import Cast

MANY = 20_000
# One name in a thousand is the one looked for; the others differ in their first two letters.
FILL = """
INSERT INTO customers_customer (uuid, family_name, given_name, family_kana, given_kana, romaji, language, approach,
    home_store_id, name_key, kana_key, context_seq, version, created_at, updated_at)
SELECT gen_random_uuid(), family, '花', kana, 'ハナ', '', 'ja', '', (ARRAY[%s, %s])[1 + n %% 2],
    family || '花', kana || 'ハナ', 0, 1, now(), now()
FROM (
    SELECT n,
        CASE WHEN n %% 1000 = 0 THEN '佐藤' ELSE chr(19968 + n %% 5000) || chr(19968 + n %% 137) || '田' END AS family,
        CASE WHEN n %% 1000 = 0 THEN 'サトウ' ELSE chr(12450 + n %% 80) || chr(12450 + n %% 61) || 'ダ' END AS kana
    FROM generate_series(1, %s) AS n
) AS people
"""


@pytest.fixture
def crowd(cast: Cast) -> Cast:
    """The cast among twenty thousand others, with fresh statistics."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, [cast.shibuya.pk, cast.umeda.pk, MANY])
        cursor.execute("ANALYZE customers_customer, customers_presentation, customers_identity")
    return cast


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a plan's nodes."""
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


def plan_of(sql: str) -> list[dict[str, Any]]:
    """Return the nodes of the plan PostgreSQL chooses by itself."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        answer = cursor.fetchone()[0]
    return list(nodes((json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]))


@pytest.mark.parametrize("role", ["clerk", "agent"])
@pytest.mark.parametrize(
    ("term", "index", "count"),
    [
        ("佐藤", "customer_name_prefix", 20),
        ("サトウ", "customer_kana_prefix", 20),
        ("さとうは", "customer_kana_prefix", 20),
    ],
)
def test_the_beginning_of_a_name_is_an_index_look_up(crowd: Cast, role: str, term: str, index: str, count: int) -> None:
    # when
    with CaptureQueriesContext(connection) as captured:
        rows = people.candidates(actor=crowd.actor(role), term=term)
    # then
    assert len(rows) == (5 if role == "clerk" else count)
    sql = next(entry["sql"] for entry in captured if 'FROM "customers_customer"' in entry["sql"])
    plan = plan_of(sql)
    assert [
        node for node in plan if node["Node Type"] == "Seq Scan" and node["Relation Name"] == "customers_customer"
    ] == []
    assert index in {node.get("Index Name") for node in plan}


def test_the_whole_table_is_read_when_nothing_narrows_it(crowd: Cast) -> None:
    """The test above can fail: PostgreSQL does read the table when it should."""
    plan = plan_of("SELECT * FROM customers_customer WHERE family_name LIKE '%田%'")
    assert [node["Node Type"] for node in plan] == ["Seq Scan"]
