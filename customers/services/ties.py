"""Which stores know a customer. Called by whoever writes down that she was served in one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

# In the order of the unique key, so that two callers with the same ties wait for each other instead of blocking.
TOUCH = """
INSERT INTO customers_storetie (customer_id, store_id, last_at)
SELECT customer_id, store_id, max(at) FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[])
    AS served(customer_id, store_id, at)
GROUP BY customer_id, store_id ORDER BY customer_id, store_id
ON CONFLICT (customer_id, store_id) DO UPDATE SET last_at = EXCLUDED.last_at
WHERE customers_storetie.last_at < EXCLUDED.last_at
"""


def touch(*, pairs: Iterable[tuple[int, int, datetime]]) -> None:
    """Note that customers were served in stores: (customer id, store id, when). An older moment changes nothing.

    Joins the caller's transaction. 1 statement whatever the number; none for nothing.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("ties.touch needs a transaction")
    served = list(pairs)
    if not served:
        return
    columns = [list(column) for column in zip(*served, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(TOUCH, columns)
