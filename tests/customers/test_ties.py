"""A customer is of a store by her home, or by an order, a visit, a try-on or a reservation there within 24 months."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from config.lib import clock
from customers.models import Customer, Role, Store, StoreTie
from customers.selectors import customers as people
from customers.services import ties
from journeys.models import Channel
from journeys.selectors import reservations as lists
from journeys.services import instore, reservations
from tests import factories
from tests.cast import Cast
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def sees(cast: Cast) -> bool:
    """Return whether the clerk of Umeda sees Hanako, whose home is Shibuya."""
    return people.visible_to(factories.actor(cast.other_clerk)).filter(pk=cast.hanako.pk).exists()


def tie(customer: Customer, store: Store, **given: Any) -> None:
    """Record a visit."""
    factories.interaction(customer=customer, kind="visit.made", channel=Channel.STORE, store_id=store.pk, **given)


def test_a_visit_ties_her_to_the_store_for_24_months(client: Client, cast: Cast) -> None:
    assert sees(cast) is False
    tie(cast.hanako, cast.umeda, occurred_at=NOON)
    with clock.at(NOON + timedelta(days=730)):
        assert sees(cast) is True
    with clock.at(NOON + timedelta(days=732)):
        assert sees(cast) is False
    client.force_login(cast.other_clerk)
    with clock.at(NOON + timedelta(days=1)):
        assert client.get(reverse("customer-page", args=[cast.hanako.uuid])).status_code == 200
        assert client.get(reverse("customer-page", args=[cast.namesake.uuid])).status_code == 404


def test_orders_and_reservations_in_a_store_tie_and_online_ones_do_not(cast: Cast) -> None:
    # given
    variant = factories.variant()
    factories.stocked(variant=variant, store=cast.umeda, on_hand=1)
    factories.order(customer_id=cast.hanako.pk)
    assert StoreTie.objects.count() == 0
    # when
    factories.order(customer_id=cast.hanako.pk, channel="store", store_id=cast.umeda.pk)
    reservations.reserve(
        actor=cast.actor(Role.AGENT),
        customer_uuid=str(cast.namesake.uuid),
        store_id=cast.umeda.pk,
        lines=[(variant.pk, 1)],
        until=clock.now() + timedelta(days=1),
        channel="phone",
    )
    # then
    assert set(StoreTie.objects.values_list("customer", "store")) == {
        (cast.hanako.pk, cast.umeda.pk),
        (cast.namesake.pk, cast.umeda.pk),
    }
    assert sees(cast) is True


def test_the_store_opens_the_customer_whose_pieces_it_puts_aside(cast: Cast) -> None:
    variant = factories.variant()
    factories.stocked(variant=variant, store=cast.umeda, on_hand=1)
    reservations.reserve(
        actor=cast.actor(Role.AGENT),
        customer_uuid=str(cast.hanako.uuid),
        store_id=cast.umeda.pk,
        lines=[(variant.pk, 1)],
        until=clock.now() + timedelta(days=1),
        channel="phone",
    )
    [slip] = lists.of_store(actor=factories.actor(cast.other_clerk), store_id=cast.umeda.pk).to_prepare
    assert slip.customer_uuid == str(cast.hanako.uuid)


def test_a_try_on_ties_and_what_is_written_down_about_her_does_not(cast: Cast) -> None:
    given: dict[str, Any] = {"actor": cast.actor(Role.CLERK), "customer_uuid": str(cast.hanako.uuid)}
    instore.write_note(**given, text="メモ", scope="company")
    assert StoreTie.objects.count() == 0
    instore.record_tryon(**given, variant_id=factories.variant().pk)
    assert list(StoreTie.objects.values_list("customer", "store")) == [(cast.hanako.pk, cast.shibuya.pk)]


def test_the_latest_moment_stays_whatever_order_they_are_told_in(cast: Cast) -> None:
    for days in (5, 9, 1):
        tie(cast.hanako, cast.umeda, occurred_at=NOON + timedelta(days=days))
    assert list(StoreTie.objects.values_list("last_at", flat=True)) == [NOON + timedelta(days=9)]


def test_a_fact_told_again_ties_nothing_again(cast: Cast) -> None:
    tie(cast.hanako, cast.umeda, occurred_at=NOON, source_id="V-1")
    StoreTie.objects.all().delete()
    tie(cast.hanako, cast.umeda, occurred_at=NOON, source_id="V-1")
    assert StoreTie.objects.count() == 0


def test_many_ties_are_one_statement_and_need_a_transaction(cast: Cast, django_assert_num_queries: Any) -> None:
    pairs = [
        (customer.pk, store.pk, NOON) for customer in (cast.hanako, cast.far) for store in (cast.shibuya, cast.umeda)
    ]
    with django_assert_num_queries(1):
        ties.touch(pairs=[*pairs, *pairs])
    with django_assert_num_queries(0):
        ties.touch(pairs=[])
    assert StoreTie.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_ties_join_the_transaction_of_the_fact(cast: Cast) -> None:
    with pytest.raises(RuntimeError):
        ties.touch(pairs=[(cast.hanako.pk, cast.umeda.pk, NOON)])
    assert StoreTie.objects.count() == 0


def test_of_thousands_of_customers_one_page_reads_a_handful_of_rows(cast: Cast) -> None:
    # given a crowd of this store and of others, with ties here and there
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_customer (uuid, family_name, given_name, family_kana, given_kana, romaji,"
            " romaji_key, grams, gender, occupation, language, approach, name_key, kana_key, completeness, context_seq,"
            " version, created_at, updated_at, home_store_id)"
            " SELECT gen_random_uuid(), 'c', '', '', '', '', '', '{}', '', '', 'ja', '', '', '', 0, 0, 1, now(), now(),"
            " CASE WHEN n %% 2 = 0 THEN %s ELSE %s END FROM generate_series(1, 6000) AS n",
            [cast.shibuya.pk, cast.umeda.pk],
        )
        cursor.execute(
            "INSERT INTO customers_storetie (customer_id, store_id, last_at)"
            " SELECT id, %s, now() FROM customers_customer WHERE id %% 3 = 0",
            [cast.shibuya.pk],
        )
        cursor.execute("ANALYZE customers_customer, customers_storetie")
    rows = people.visible_to(cast.actor(Role.CLERK)).filter(uuid=cast.hanako.uuid)
    # when
    plan = rows.explain(analyze=True, buffers=True)
    # then no scan of either table
    assert "Seq Scan on customers_customer" not in plan, plan
    assert "Seq Scan on customers_storetie" not in plan, plan
    assert "SubPlan" in plan or "Index" in plan
    assert people.visible_to(cast.actor(Role.CLERK)).count() == _expected(cast)


def _expected(cast: Cast) -> int:
    tied = set(StoreTie.objects.filter(store=cast.shibuya).values_list("customer", flat=True))
    return len(tied | set(Customer.objects.filter(home_store=cast.shibuya).values_list("pk", flat=True)))
