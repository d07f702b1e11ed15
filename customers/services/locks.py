"""The first lock of every write about a customer.

Order of locks in the whole product: customer, wallet, counter, code, order, ticket, message.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Conflict, NotFound

# The lock and its note in one statement. The note is a transaction-local setting, so it ends exactly when the lock
# does: at commit, at rollback, and at rollback to a savepoint.
HOLD = """
WITH held AS MATERIALIZED (
    SELECT id, merged_into_id FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
), listed AS (
    SELECT coalesce(string_agg(id::text, ','), '') AS ids, count(*) AS n, count(merged_into_id) AS merged FROM held
)
SELECT n, merged, set_config(
    'yorisoi.held', concat_ws(',', nullif(current_setting('yorisoi.held', true), ''), nullif(ids, '')), true
) FROM listed
"""


def hold_customers(*, customer_ids: Iterable[int]) -> None:
    """Lock these customers FOR NO KEY UPDATE in id order until the transaction ends. 1 query.

    Only inside a transaction. Raises NotFound when one of them is gone, Conflict (`customer_merged`) when one was
    merged into another since she was looked up: nothing new is written to a signpost. Waits at most lock_timeout (3 s).
    """
    if _hold(customer_ids):
        raise Conflict("customer_merged", _("This customer was just merged with another record. Open her page again."))


def hold_records(*, customer_ids: Iterable[int]) -> None:
    """Lock these records as `hold_customers` does, merged ones too: for merging, undoing and erasing. 1 query."""
    _hold(customer_ids)


def _hold(customer_ids: Iterable[int]) -> int:
    """Lock the rows and return how many of them are signposts."""
    wanted = sorted(set(customer_ids))
    if not connection.in_atomic_block:
        raise RuntimeError("hold_customers needs a transaction")
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [wanted])
        found, merged, _held = cursor.fetchone()
    if found != len(wanted):
        raise NotFound("not_found", _("This customer does not exist any more."))
    return int(merged)
