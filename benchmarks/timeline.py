"""Fifty entries of one customer over HTTP, beside their own statements and beside a ModelSerializer."""

from __future__ import annotations

import statistics
from functools import partial

import psycopg

from benchmarks import growth, replay, serving, table
from benchmarks.databases import Databases
from benchmarks.table import Row

PEOPLE, CLIENTS, SECONDS = 60, 4, 2.0
BUSY = """
SELECT c.uuid::text FROM customers_customer AS c JOIN (
    SELECT customer_id FROM journeys_interaction WHERE customer_id <= 20000
    GROUP BY customer_id HAVING count(*) > 50 ORDER BY customer_id LIMIT %s
) AS busy ON busy.customer_id = c.id ORDER BY c.id
"""
PARTS = ('FROM "customers_customer"', 'FROM "journeys_interaction"', 'INSERT INTO "customers_contextreceipt"')


def run(places: Databases) -> list[Row]:
    """Measure on the large database; the last line compares it with the small one."""
    paths = paths_in(places.large)
    session = replay.session_of("suzuki")
    statements = [replay.sent_by(path, username="suzuki").naming(*PARTS) for path in paths]
    if {len(row) for row in statements} != {len(PARTS)}:
        raise RuntimeError(f"the page sends other statements than the reference: {statements[0]}")
    with (
        serving.server(database=places.large) as ours,
        serving.server(database=places.large, settings="benchmarks.settings_serializer") as theirs,
        psycopg.connect(places.large, autocommit=True) as link,
    ):
        client = serving.Client(port=ours, session=session)
        for path, sent in zip(paths, statements, strict=True):
            client.get(path)
            replay.send(link, sent)

        def page(_round: int) -> float:
            return statistics.median(serving.seconds_each(client, paths))

        def bare(_round: int) -> float:
            return statistics.median(table.timed(partial(replay.send, link, sent)) for sent in statements)

        rows = [table.at_most("timeline of 50 over HTTP, 1 client (p50)", *table.interleaved(page, bare), bar=2.5)]
        rate = partial(serving.rate, session=session, paths=paths, clients=CLIENTS, seconds=SECONDS)
        rates = table.interleaved(lambda _round: rate(port=ours), lambda _round: rate(port=theirs))
        what = f"timeline of 50 over HTTP, {CLIENTS} clients, beside ModelSerializer"
        rows.append(table.at_least(what, *rates, bar=2, unit="pages"))
    what = "timeline of 50 over HTTP, large beside small (p50)"
    with growth.pair(places, beside="small") as servers:
        return [*rows, growth.row(what, servers, username="suzuki", paths=paths_in, bar=2)]


def paths_in(address: str) -> list[str]:
    """Return the pages of customers with more than 50 entries."""
    with psycopg.connect(address) as link:
        return [f"/api/v1/customers/{row[0]}/timeline?limit=50" for row in link.execute(BUSY, [PEOPLE])]
