"""The clerk's page: as JSON beside its own statements, as HTML beside the eye's patience, and in a small database."""

from __future__ import annotations

import statistics
from functools import partial

import psycopg

from benchmarks import growth, replay, serving, table
from benchmarks.databases import Databases
from benchmarks.table import Row

PEOPLE, MOST_QUERIES, PATIENCE = 40, 9, 0.3
CLERK = "sato"
# Customers of her store with a past, a wish, a try-on and a note.
WANTED = """
SELECT c.uuid::text FROM customers_customer AS c
JOIN customers_staffprofile AS s ON s.store_id = c.home_store_id
JOIN customers_user AS u ON u.id = s.user_id AND u.username = %s
WHERE c.id %% 8 = 1 AND c.id <= 40000 ORDER BY c.id LIMIT %s
"""


def run(places: Databases) -> list[Row]:
    """Measure on the large database, then compare with the small one."""
    found = _people(places.large)
    document = [f"/api/v1/customers/{uuid}/brief" for uuid in found]
    page = [f"/customers/{uuid}/" for uuid in found]
    sent = [replay.sent_by(path, username=CLERK) for path in document]
    most = max(len(row.statements) for row in sent)
    rows = [Row("brief as JSON, queries with session, policy, read log", f"{most}", "", "", "at most 9", most <= 9)]
    with (
        serving.server(database=places.large) as port,
        psycopg.connect(places.large, autocommit=True) as link,
    ):
        client = serving.Client(port=port, session=replay.session_of(CLERK))
        serving.seconds_each(client, [*document, *page])
        for row in sent:
            replay.send(link, row.statements)

        def ours(_round: int) -> float:
            return statistics.median(serving.seconds_each(client, document))

        def bare(_round: int) -> float:
            return statistics.median(table.timed(partial(replay.send, link, row.statements)) for row in sent)

        rows.append(table.at_most("brief as JSON over HTTP, 1 client (p50)", *table.interleaved(ours, bare), bar=3))
        slow = [table.p95(serving.seconds_each(client, page)) for _round in range(table.ROUNDS)]
    p95 = statistics.median(slow)
    rows.append(Row("customer page as HTML (p95)", f"{p95 * 1000:.0f} ms", "", "", "at most 300 ms", p95 <= PATIENCE))
    with growth.pair(places, beside="small") as servers:
        for what, path in (
            ("brief as JSON", "/api/v1/customers/{}/brief"),
            ("customer page as HTML", "/customers/{}/"),
        ):
            paths = partial(_paths, path)
            rows.append(growth.row(f"{what}, large beside small (p50)", servers, username=CLERK, paths=paths, bar=2))
    return rows


def _paths(path: str, address: str) -> list[str]:
    return [path.format(uuid) for uuid in _people(address)]


def _people(address: str) -> list[str]:
    with psycopg.connect(address) as link:
        return [row[0] for row in link.execute(WANTED, [CLERK, PEOPLE])]
