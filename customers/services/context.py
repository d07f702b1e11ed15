"""How far a customer's story has come: the number that whoever speaks to her must have seen.

Called by the timeline, for facts that matter to the next person who meets her.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

RAISE_SEQ = """
UPDATE customers_customer AS c SET context_seq = c.context_seq + told.n
FROM (SELECT customer_id, count(*) AS n FROM unnest(%s::bigint[]) AS customer_id GROUP BY 1) AS told
WHERE c.id = told.customer_id
"""


def raise_seq(*, customer_ids: Sequence[int]) -> None:
    """Raise each customer's context_seq by one per mention. 1 query; none for an empty list.

    Joins the caller's transaction, which holds these customers (locks.hold_customers).
    """
    if customer_ids:
        with connection.cursor() as cursor:
            cursor.execute(RAISE_SEQ, [list(customer_ids)])
