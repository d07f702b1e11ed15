"""Search at size: no kind of term reads a whole table, however frequent the name or absent the answer."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers import access
from customers.models import Customer, Identity, Role, Store
from customers.services import search
from tests import factories
from tests.cast import Cast, assemble
from tests.customers import crowd

MANY = int(os.environ.get("CROWD", "200000"))
SCAN = re.compile(r"Seq Scan on (customers_customer|customers_identity|customers_address)")
TABLES = re.compile(r"customers_(customer|identity|address)")

OFFICE = {
    "kanji, frequent": "佐藤",
    "kanji, variant": "高橋",
    "kanji, full name": "斎藤花子",
    "kanji, three characters": "長谷川",
    "kanji, given name": "花子",
    "kanji, given name of three": "久美子",
    "kanji, one whole": "林",
    "kanji, one given": "恵",
    "kanji, one beginning": "佐",
    "kanji, absent": "鬱金",
    "kanji, absent of three": "鬱金香",
    "kana, frequent": "さとう",
    "kana, half width": "ﾀｶﾊｼ",
    "kana, one": "さ",
    "kana, given name": "ハナコ",
    "kana, absent": "ヌヌヌ",
    "latin, frequent": "Sato",
    "latin, kunrei": "TAKAHASI",
    "latin, one": "t",
    "latin, absent": "Zbigniew",
    "phone, beginning": "090-1234",
    "phone, short beginning": "0901",
    "phone, last four": "5678",
    "phone, end": "345678",
    "phone, full and absent": "080-0000-0000",
    "e-mail, fragment": "{email}",
    "e-mail, frequent": "example",
    "e-mail, absent": "nobody@nowhere.example",
    "two facts": "さとう {four}",
    "two facts, birthday": "佐藤 0401",
    "two facts, postcode": "佐藤 {postcode}",
}
COUNTER = {
    "phone": "さとう {four}",
    "birthday": "佐藤 0401",
    "one character": "林 0401",
    "latin": "Sato {four}",
    "postcode": "佐藤 {postcode}",
    "absent": "鬱金 1234",
    "full phone": "{phone}",
    "full e-mail, absent": "nobody@example.jp",
    "member number": "C7777",
}


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """A clerk's town in one transaction, with pieces of one customer to search by."""
    with django_db_blocker.unblock(), transaction.atomic():
        first = crowd.fill(many=MANY)
        somebody = Customer.objects.filter(name_key__startswith="佐藤", home_store_id=first).order_by("pk")[0]
        held = {row.kind: row for row in Identity.objects.filter(customer=somebody)}
        yield {
            "store": str(first),
            "four": held["phone"].last_four,
            "phone": "0" + held["phone"].normalised.removeprefix("+81"),
            "email": held["email"].normalised.split("@")[0][-12:],
            "postcode": somebody.addresses.get().postcode,
        }
        transaction.set_rollback(True)


@pytest.fixture
def cast(town: dict[str, str], db: None) -> Cast:
    """The cast, in the town."""
    return assemble()


def plans(queries: list[dict[str, str]]) -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for query in queries:
            if TABLES.search(query["sql"]) and query["sql"].lstrip().startswith(("SELECT", "WITH")):
                cursor.execute(f"EXPLAIN {query['sql']}")
                found.append("\n".join([query["sql"], *(row[0] for row in cursor.fetchall())]))
    return found


def ask(actor: Any, term: str) -> float:
    begun = time.perf_counter()
    search.find(actor=actor, term=term)
    return (time.perf_counter() - begun) * 1000


def told(title: str, term: str, times: list[float]) -> None:
    sys.stdout.write(f"{title:32}{term:28}p50 {sorted(times)[len(times) // 2]:7.1f} ms   worst {max(times):7.1f} ms\n")


@pytest.mark.deep
@pytest.mark.parametrize("title", OFFICE)
def test_an_office_search_reads_no_whole_table(cast: Cast, town: dict[str, str], title: str) -> None:
    # given
    term, agent = OFFICE[title].format(**town), cast.actor("agent")
    # when
    with CaptureQueriesContext(connection) as asked:
        ask(agent, term)
    found = plans(asked.captured_queries)
    told(title, term, [ask(agent, term) for _try in range(9)])
    # then
    assert found
    assert [plan for plan in found if SCAN.search(plan)] == []


@pytest.mark.deep
@pytest.mark.parametrize("title", COUNTER)
def test_a_counter_search_reads_no_whole_table(cast: Cast, town: dict[str, str], title: str) -> None:
    # given
    term = COUNTER[title].format(**town)
    store = Store.objects.get(pk=town["store"])
    clerk = access.actor_of(factories.staff(username="town-clerk", role=Role.CLERK, store=store))
    # when
    with CaptureQueriesContext(connection) as asked:
        ask(clerk, term)
    found = plans(asked.captured_queries)
    told(f"counter: {title}", term, [ask(clerk, term) for _try in range(9)])
    # then
    assert found
    assert [plan for plan in found if SCAN.search(plan)] == []
