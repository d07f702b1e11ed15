"""The people of a bench database, set-wise. Called by whoever fills one (journeys.services.demobench)."""

# ruff: noqa: S608 - nothing but the constants of this file is put into a statement
from __future__ import annotations

from django.db import connection

from config.lib.invented import drawn, uuid_of

JOINED = "p.since::timestamptz"

CUSTOMERS = f"""
INSERT INTO customers_customer (
    id, uuid, member_number, family_name, given_name, family_kana, given_kana, romaji, birthday, language, approach,
    member_since, name_key, kana_key, romaji_key, grams, context_seq, version, created_at, updated_at, home_store_id,
    completeness, gender, occupation
)
SELECT p.id, {uuid_of(at=JOINED, what="'customer' || p.id")}, '8' || lpad(p.id::text, 8, '0'), family_name,
    given_name, family_kana, given_kana, romaji, date '1955-01-01' + ({drawn(what="p.id", salt=15)} % 18000)::int,
    CASE WHEN {drawn(what="p.id", salt=16)} % 100 < 97 THEN 'ja' ELSE 'en' END,
    (ARRAY['', '', 'alone', 'advice'])[liking + 1],
    since, name_key, kana_key, romaji_key, grams, coalesce(seq.n, 0), 1, since::timestamptz, since::timestamptz,
    store_id,
    15 + 15 * has_phone::int + 15 * has_email::int + 15 + 15 + 5 + CASE WHEN liking > 1 THEN 5 ELSE 0 END, '', ''
FROM bench_person AS p LEFT JOIN bench_seq AS seq ON seq.customer_id = p.id
ORDER BY p.id
"""
IDENTITIES = """
INSERT INTO customers_identity (
    kind, normalised, raw, last_four, is_shared, source, created_at, customer_id, assurance
)
SELECT kind, normalised, raw, last_four, false, 'bench:members', since::timestamptz, id, 'claimed'
FROM bench_person, LATERAL (
    VALUES ('phone', '+81' || substr(replace(phone, '-', ''), 2), phone, right(phone, 4), has_phone),
        ('email', email, email, '', has_email)
) AS told(kind, normalised, raw, last_four, is_told)
WHERE is_told ORDER BY id
"""
ADDRESSES = f"""
INSERT INTO customers_address (
    postcode, prefecture, city, block, building, country, valid_from, source, customer_id
)
SELECT postcode, prefecture, city,
    town || (1 + {drawn(what="p.id", salt=17)} % 4) || '-' || (1 + {drawn(what="p.id", salt=18)} % 29) || '-'
        || (1 + {drawn(what="p.id", salt=19)} % 19),
    '', 'JP', since, 'bench:members', p.id
FROM bench_person AS p JOIN bench_town AS t ON t.nr = p.store_nr + 12 * (p.id % 2) ORDER BY p.id
"""
TIES = """
INSERT INTO customers_storetie (customer_id, store_id, last_at)
SELECT customer_id, store_id, last_at FROM bench_tie ORDER BY customer_id, store_id
"""


def insert() -> None:
    """Insert customers, identifiers and addresses from the temporary tables the caller made.

    `bench_person` (who, with keys as services.names makes them), `bench_town` (where), `bench_seq` (how many facts of
    hers matter to the next reader). Joins the caller's transaction. 3 statements.
    """
    with connection.cursor() as cursor:
        for statement in (CUSTOMERS, IDENTITIES, ADDRESSES):
            cursor.execute(statement)


def tie() -> None:
    """Insert which stores know whom, from the temporary table `bench_tie`. Joins the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(TIES)
