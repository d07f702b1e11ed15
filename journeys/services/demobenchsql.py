"""The statements that fill a bench database, in their order. Called by demobench only.

Every choice is a hash of the row's number and a salt, so that the same sizes give the same rows on every machine.
"""

# ruff: noqa: S608 - nothing but the constants of this file is put into a statement
from __future__ import annotations

from config.lib.invented import drawn, uuid_of

JOINED = "p.since::timestamptz"

TOKYO = "Asia/Tokyo"
YEARS = 3
DAYS = 365 * YEARS

# Role `replica` leaves out the checks of foreign keys, row by row 40 million of them at full size.
ROOM = """
SET LOCAL session_replication_role = replica;
SET LOCAL work_mem = '512MB';
SET LOCAL maintenance_work_mem = '1GB';
SET LOCAL synchronous_commit = off;
"""
NEXT_ID = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 0) + 1, false) FROM {table}"

NAMES = """
CREATE TEMP TABLE bench_name (
    family_place int, given_place int, family_name text, given_name text, family_kana text, given_kana text,
    romaji text, name_key text, kana_key text, romaji_key text, grams varchar(4)[], mail text
) ON COMMIT DROP
"""
TOWNS = """
CREATE TEMP TABLE bench_town (nr int, postcode text, prefecture text, city text, town text) ON COMMIT DROP
"""
STORES = "CREATE TEMP TABLE bench_store (nr int, id bigint, clerk_id bigint) ON COMMIT DROP"
GOODS = """
CREATE TEMP TABLE bench_goods (
    nr int, variant_id bigint, style_id bigint, sku text, name text, told text, price bigint, cost bigint
) ON COMMIT DROP
"""


# Half of the customers have a past: log-normal shares, and one in 1,500 comes all the time. Exactly so many rows.
SHARES = f"""
CREATE TEMP TABLE bench_share ON COMMIT DROP AS
WITH weight AS (
    SELECT 2 * g - 1 AS customer_id,
        exp(0.55 * sqrt(-2 * ln(({drawn(what="g", salt=1)} + 1) / 2147483649.0))
            * cos(2 * pi() * {drawn(what="g", salt=2)} / 2147483648.0))
        * CASE WHEN {drawn(what="g", salt=3)} %% 1500 = 0 THEN 30 ELSE 1 END AS w
    FROM generate_series(1, (%(customers)s::bigint + 1) / 2) AS g
), running AS (
    SELECT customer_id, sum(w) OVER (ORDER BY customer_id) AS upto, sum(w) OVER () AS whole FROM weight
), ends AS (
    SELECT customer_id, CASE WHEN customer_id = max(customer_id) OVER () THEN %(interactions)s
        ELSE floor(upto / whole * %(interactions)s)::bigint END AS upto FROM running
)
SELECT customer_id, upto - coalesce(lag(upto) OVER (ORDER BY customer_id), 0) AS n FROM ends
"""
# Numbered in order of arrival; each on some day between 11 and 19 o'clock.
STORY = f"""
CREATE TEMP TABLE bench_story ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY at, customer_id, k) AS nr, customer_id, at, seed, roll,
    CASE WHEN roll < 66 THEN 'product.viewed' WHEN roll < 78 THEN 'visit.made' WHEN roll < 88 THEN 'order.placed'
        WHEN roll < 97 THEN 'message.received' ELSE 'call.received' END AS kind,
    CASE WHEN roll < 36 THEN 'web' WHEN roll < 66 THEN 'app' WHEN roll < 83 THEN 'store' WHEN roll < 86 THEN 'web'
        WHEN roll < 88 THEN 'app' WHEN roll < 93 THEN 'line' WHEN roll < 97 THEN 'email' ELSE 'phone' END AS channel
FROM (
    SELECT customer_id, k, customer_id * 1000000 + k AS seed,
        (%(today)s::date + time '11:00') AT TIME ZONE '{TOKYO}'
        - (1 + {drawn(what="customer_id * 1000000 + k", salt=4)} %% {DAYS}) * interval '1 day'
        + ({drawn(what="customer_id * 1000000 + k", salt=5)} %% 28800) * interval '1 second' AS at,
        {drawn(what="customer_id * 1000000 + k", salt=6)} %% 100 AS roll
    FROM bench_share, generate_series(1, n) AS k
) AS told
"""
FAMILIES = "(SELECT max(family_place) + 1 FROM bench_name)"
GIVENS = "(SELECT max(given_place) + 1 FROM bench_name)"
# Those at the front of a list three times as often as those at its end, as in the demo.
PEOPLE = f"""
CREATE TEMP TABLE bench_person ON COMMIT DROP AS
SELECT n AS id, name.*, store.id AS store_id, store.nr AS store_nr,
    n %% 9 <> 0 AS has_phone, n %% 7 <> 0 AS has_email, {drawn(what="n", salt=13)} %% 4 AS liking,
    '090-0' || substr(lpad((n * 7919 %% 10000000)::text, 7, '0'), 1, 3) || '-'
        || substr(lpad((n * 7919 %% 10000000)::text, 7, '0'), 4) AS phone,
    name.mail || n || '@example.jp' AS email,
    (%(today)s::date - 30 - ({drawn(what="n", salt=14)} %% 2000)::int) AS since
FROM generate_series(1, %(customers)s::bigint) AS n
JOIN bench_store AS store ON store.nr = {drawn(what="n", salt=26)} %% (SELECT count(*) FROM bench_store)
JOIN bench_name AS name
    ON name.family_place = least({drawn(what="n", salt=9)} %% {FAMILIES},
        {drawn(what="n", salt=10)} %% ({FAMILIES} * 3 / 2))
    AND name.given_place = least({drawn(what="n", salt=11)} %% {GIVENS},
        {drawn(what="n", salt=12)} %% ({GIVENS} * 3 / 2))
"""
# One to three pieces an order, in the order of the lines.
LINES = f"""
CREATE TEMP TABLE bench_line ON COMMIT DROP AS
SELECT s.nr, number, goods.* FROM (SELECT nr, seed FROM bench_story WHERE kind = 'order.placed') AS s,
    generate_series(1, 1 + {drawn(what="s.seed", salt=21)} %% 3) AS number
JOIN LATERAL (
    SELECT variant_id, style_id, sku, name, told, price, cost FROM bench_goods
    WHERE bench_goods.nr = {drawn(what="s.seed * 4 + number", salt=22)} %% (SELECT count(*) FROM bench_goods)
) AS goods ON true
"""
SALES = f"""
CREATE TEMP TABLE bench_sale ON COMMIT DROP AS
SELECT s.nr, s.customer_id, s.at, s.channel, s.seed, {uuid_of(at="s.at", what="'order' || s.seed")} AS uuid,
    CASE WHEN s.channel = 'store' THEN p.store_id END AS store_id, l.total, l.items, l.styles
FROM bench_story AS s JOIN bench_person AS p ON p.id = s.customer_id JOIN (
    SELECT nr, sum(price) AS total, string_agg(told, '、' ORDER BY number) AS items,
        array_agg(DISTINCT style_id) AS styles
    FROM bench_line GROUP BY nr
) AS l ON l.nr = s.nr
"""
ORDERS = """
INSERT INTO journeys_order (
    id, uuid, source, external_id, fingerprint, identity_hint, channel, currency, is_tax_included, total, state,
    is_private, tracking, placed_at, is_time_known, paid_at, recorded_at, customer_id, store_id
)
SELECT nr, uuid, 'bench:' || channel, seed::text, sha256(seed::text::bytea), '{}', channel, 'JPY', true, total, 'paid',
    false, '', at, true, at, at + interval '2 seconds', customer_id, store_id
FROM bench_sale ORDER BY nr
"""
ORDER_LINES = """
INSERT INTO journeys_orderline (
    number, raw_code, name, quantity, list_price, discount, tax_rate, tax, paid, cost, placed_at, customer_id, order_id,
    variant_id
)
SELECT l.number, l.sku, l.told, 1, l.price, 0, 10, l.price - l.price * 10 / 11, l.price, l.cost, s.at, s.customer_id,
    l.nr, l.variant_id
FROM bench_line AS l JOIN bench_sale AS s USING (nr) ORDER BY l.nr, l.number
"""
TENDERS = """
INSERT INTO journeys_tender (kind, amount, order_id)
SELECT CASE WHEN seed %% 3 = 0 THEN 'cash' ELSE 'card' END, total, nr FROM bench_sale ORDER BY nr
"""
INTERACTIONS = f"""
INSERT INTO journeys_interaction (
    id, uuid, kind, occurred_at, recorded_at, channel, device, source, source_id, fingerprint, subject_kind, subject_id,
    product_ids, visibility, text, data, customer_id, store_id
)
SELECT s.nr, {uuid_of(at="s.at", what="'told' || s.seed")}, s.kind, s.at, s.at + interval '2 seconds', s.channel, '',
    CASE WHEN sale.nr IS NULL THEN 'bench:' || s.channel ELSE 'orders' END,
    coalesce(sale.uuid || ':placed', s.seed::text),
    sha256(s.seed::text::bytea), CASE WHEN sale.nr IS NULL THEN '' ELSE 'order' END, sale.nr,
    CASE s.kind WHEN 'product.viewed' THEN ARRAY[goods.style_id] WHEN 'order.placed' THEN sale.styles ELSE '{{}}' END,
    'company', '',
    CASE s.kind WHEN 'product.viewed' THEN jsonb_build_object('product', goods.name)
        WHEN 'order.placed' THEN jsonb_build_object('items', sale.items) WHEN 'visit.made' THEN '{{}}'
        ELSE jsonb_build_object('topic', (%(topics)s::text[])[1 + s.seed %% 8]) END,
    s.customer_id, CASE WHEN s.channel = 'store' THEN p.store_id END
FROM bench_story AS s JOIN bench_person AS p ON p.id = s.customer_id
JOIN bench_goods AS goods ON goods.nr = {drawn(what="s.seed", salt=23)} %% (SELECT count(*) FROM bench_goods)
LEFT JOIN bench_sale AS sale ON sale.nr = s.nr
ORDER BY s.nr
"""
# What a clerk finds on the page: every fourth of those with a past wishes for something, has tried it, was written of.
WISHES = f"""
INSERT INTO journeys_wishitem (uuid, channel, price_then, added_at, customer_id, style_id, variant_id)
SELECT DISTINCT ON (p.id, g.style_id) {uuid_of(at=JOINED, what="'wish' || p.id || ':' || k")}, 'web', g.price,
    (%(today)s::date - k * 9)::timestamptz, p.id, g.style_id, g.variant_id
FROM bench_person AS p JOIN bench_share ON bench_share.customer_id = p.id, generate_series(1, 2) AS k
JOIN bench_goods AS g ON true
WHERE p.id %% 8 = 1 AND g.nr = {drawn(what="p.id * 2 + k", salt=24)} %% (SELECT count(*) FROM bench_goods)
"""
TRYONS = f"""
INSERT INTO journeys_tryon (
    uuid, outcome, reason, better_size, tried_at, updated_at, customer_id, staff_id, store_id, variant_id
)
SELECT {uuid_of(at=JOINED, what="'tryon' || p.id")}, 'not_bought', 'size', '',
    (%(today)s::date - 20)::timestamptz, (%(today)s::date - 20)::timestamptz, p.id, store.clerk_id, store.id,
    g.variant_id
FROM bench_person AS p JOIN bench_store AS store ON store.id = p.store_id AND store.clerk_id IS NOT NULL
JOIN bench_goods AS g ON g.nr = {drawn(what="p.id", salt=25)} %% (SELECT count(*) FROM bench_goods)
WHERE p.id %% 4 = 1
"""
NOTES = f"""
INSERT INTO journeys_note (uuid, scope, text, written_at, author_id, customer_id, store_id, is_shared, type)
SELECT {uuid_of(at=JOINED, what="'note' || p.id")}, 'company', '肩まわりはゆったりが好み。',
    (%(today)s::date - 20)::timestamptz, store.clerk_id, p.id, store.id, false, 'preference'
FROM bench_person AS p JOIN bench_store AS store ON store.id = p.store_id AND store.clerk_id IS NOT NULL
WHERE p.id %% 4 = 1
"""
SEQ = """
CREATE TEMP TABLE bench_seq ON COMMIT DROP AS
SELECT customer_id, count(*) AS n FROM bench_story WHERE kind = ANY(%(material)s) GROUP BY 1
"""
TIES = """
CREATE TEMP TABLE bench_tie ON COMMIT DROP AS
SELECT customer_id, store_id, max(occurred_at) AS last_at FROM journeys_interaction WHERE store_id IS NOT NULL
GROUP BY customer_id, store_id
"""
INDEX_PEOPLE = "CREATE UNIQUE INDEX ON bench_person (id)"
ANALYZE = "ANALYZE bench_story; ANALYZE bench_person; ANALYZE bench_goods"

BEFORE = (SHARES, STORY, PEOPLE, INDEX_PEOPLE, ANALYZE, SEQ)
AFTER = (LINES, SALES, ORDERS, ORDER_LINES, TENDERS, INTERACTIONS, TIES, WISHES, TRYONS, NOTES)
