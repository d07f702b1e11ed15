"""The back office's lists of tables too big to count: every page can be reached, none counts the table."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import ContextReceipt
from tests.cast import Cast

ROWS = 1_130
FILL = """
INSERT INTO customers_contextreceipt (uuid, staff_id, role, customer_id, surface, context_seq, items_hash, opened_at,
    expires_at)
SELECT gen_random_uuid(), %s, 'agent', %s, 'page', n, '', now() - n * interval '1 minute', now()
FROM generate_series(1, %s) AS n
"""


@pytest.fixture
def log(cast: Cast, client: Any) -> Any:
    """A long read log, and the auditor in front of it."""
    with connection.cursor() as cursor:
        cursor.execute(FILL, [cast.staff["agent"].pk, cast.hanako.pk, ROWS])
    client.force_login(cast.staff["auditor"])
    return client


def page(client: Any, number: object) -> Any:
    """Ask for a page of the read log."""
    return client.get(reverse("admin:customers_contextreceipt_changelist"), {"p": number})


@pytest.mark.parametrize(("number", "first", "count"), [(1, 1, 50), (2, 51, 50), (21, 1001, 50), (23, 1101, 30)])
def test_each_page_can_be_reached(log: Any, number: int, first: int, count: int) -> None:
    rows = list(page(log, number).context["cl"].result_list)
    assert (rows[0].context_seq, len(rows)) == (first, count)


@pytest.mark.parametrize("number", [24, 10**9, 10**17, -1, 0])
def test_a_page_that_is_not_there_leads_back(log: Any, number: int) -> None:
    answer = page(log, number)
    assert (answer.status_code, answer["Location"].endswith("?e=1")) == (302, True)


@pytest.mark.parametrize("number", ["x", "1e9", "9" * 5_000, ""])
def test_what_is_no_page_is_the_first(log: Any, number: str) -> None:
    rows = list(page(log, number).context["cl"].result_list)
    assert (rows[0].context_seq, len(rows)) == (1, 50)


def test_no_list_counts_the_table(log: Any) -> None:
    with CaptureQueriesContext(connection) as captured:
        page(log, 1)
    counts = [entry["sql"] for entry in captured if "COUNT(" in entry["sql"]]
    assert len(counts) == 1
    assert "LIMIT 100" in counts[0]
    assert ContextReceipt.objects.count() == ROWS
