"""Which styles are bought by the same customers. Counted anew each night from orders, all rows at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from config.lib import clock, transactions

YEARS = timedelta(days=731)  # 24 months
FEWEST_BUYERS = 3
MOST_A_STYLE = 20
MOST_OF_ONE_BUYER = 200  # whoever buys more styles is a reseller or a company: no taste to learn from

# Lift: how often both are bought, in percent of what chance would give, P(a and b) / (P(a) * P(b)).
# Called-off and private orders, returned pieces and discreet goods do not count.
COUNT = """
WITH bought AS MATERIALIZED (
    SELECT DISTINCT line.customer_id, variant.style_id
    FROM journeys_orderline AS line
    JOIN journeys_order AS o ON o.id = line.order_id
    JOIN journeys_variant AS variant ON variant.id = line.variant_id
    JOIN journeys_style AS style ON style.id = variant.style_id
    JOIN journeys_category AS category ON category.id = style.category_id
    WHERE line.customer_id IS NOT NULL AND line.placed_at > %(since)s
        AND o.state <> 'cancelled' AND NOT o.is_private AND NOT category.is_discreet
        AND line.quantity > (SELECT coalesce(sum(quantity), 0) FROM journeys_returnline WHERE line_id = line.id)
), buyer AS MATERIALIZED (
    SELECT customer_id FROM bought GROUP BY customer_id HAVING count(*) <= %(most_of_one)s
), kept AS MATERIALIZED (
    SELECT customer_id, style_id FROM bought JOIN buyer USING (customer_id)
), everybody AS (
    SELECT count(*) AS n FROM buyer
), single AS MATERIALIZED (
    SELECT style_id, count(*) AS n FROM kept GROUP BY style_id
), pair AS (
    SELECT a.style_id, b.style_id AS goes_with_id, count(*) AS n
    FROM kept AS a JOIN kept AS b ON b.customer_id = a.customer_id AND b.style_id <> a.style_id
    GROUP BY a.style_id, b.style_id HAVING count(*) >= %(fewest)s
), ranked AS MATERIALIZED (
    SELECT pair.style_id, pair.goes_with_id, pair.n AS buyers, lifted.lift, row_number() OVER (
        PARTITION BY pair.style_id ORDER BY lifted.lift DESC, pair.n DESC, pair.goes_with_id
    ) AS place
    FROM pair CROSS JOIN everybody
    JOIN single AS a ON a.style_id = pair.style_id
    JOIN single AS b ON b.style_id = pair.goes_with_id
    CROSS JOIN LATERAL (SELECT pair.n * everybody.n * 100 / (a.n * b.n) AS lift) AS lifted
    WHERE lifted.lift > 100
), wanted AS MATERIALIZED (
    SELECT style_id, goes_with_id, buyers, lift FROM ranked WHERE place <= %(most)s
), gone AS (
    DELETE FROM journeys_styleaffinity AS old WHERE NOT EXISTS (
        SELECT FROM wanted WHERE wanted.style_id = old.style_id AND wanted.goes_with_id = old.goes_with_id
    )
)
INSERT INTO journeys_styleaffinity (style_id, goes_with_id, buyers, lift, counted_at)
SELECT style_id, goes_with_id, buyers, lift, %(now)s FROM wanted ORDER BY style_id, goes_with_id
ON CONFLICT (style_id, goes_with_id) DO UPDATE
    SET buyers = EXCLUDED.buyers, lift = EXCLUDED.lift, counted_at = EXCLUDED.counted_at
"""


@transactions.retried
def count() -> int:
    """Count every pair of styles bought by at least 3 of the same customers within 24 months; return how many stay.

    The 20 strongest of each style, only those bought together more often than chance. For a worker, once a night; two
    counts at once wait for each other. 1 statement.
    """
    now = clock.now()
    given: dict[str, Any] = {
        "since": now - YEARS,
        "now": now,
        "fewest": FEWEST_BUYERS,
        "most": MOST_A_STYLE,
        "most_of_one": MOST_OF_ONE_BUYER,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('journeys.affinity'))")
        cursor.execute(COUNT, given)
        return int(cursor.rowcount)
