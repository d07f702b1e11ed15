"""What to bring along: the retailer's word, then what the same customers buy; never what she has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from config.lib import clock
from customers.models import Role, ScheduleSlot, Store
from journeys import tasks
from journeys.models import StyleAffinity, StylePair, Variant
from journeys.selectors import orders as bought
from journeys.selectors import recommendations
from journeys.selectors.recommendations import Suggestion
from journeys.services import affinity, orders, wishlists
from journeys.services.orders import ReturnIn, ReturnLineIn
from tests import factories
from tests.cast import Cast
from tests.factories import DEMO, NOON

pytestmark = pytest.mark.django_db


def goods(name: str, *, store: Store | None = None, on_hand: int = 2, **given: Any) -> Variant:
    """Return a variant, in stock in a store when one is given."""
    variant = factories.variant(name_ja=name, name_en=name, **given)
    if store is not None:
        factories.stocked(variant=variant, store=store, on_hand=on_hand, shelf=f"shelf-{name}")
    return variant


def buyers(count: int, *variants: Variant, **given: Any) -> None:
    """Let that many new customers buy these variants, each in an order of its own."""
    for _number in range(count):
        customer = factories.customer()
        for variant in variants:
            factories.order(bought=[variant], customer_id=customer.pk, **given)


def pair(left: Variant, right: Variant, rank: int = 1) -> None:
    """Let the retailer say that right goes with left."""
    StylePair.objects.create(style=left.style, goes_with=right.style, rank=rank)


def counted(left: Variant, right: Variant, lift: int = 300) -> None:
    """Write a counted pair down as the nightly job would."""
    StyleAffinity.objects.create(style=left.style, goes_with=right.style, buyers=5, lift=lift, counted_at=clock.now())


def for_hanako(cast: Cast, **given: Any) -> list[Suggestion]:
    """Return what may be brought along for Hanako in Shibuya, in English."""
    with translation.override("en"):
        return recommendations.for_customer(**{"customer_id": cast.hanako.pk, "store_id": cast.shibuya.pk, **given})


# --- counting -------------------------------------------------------------------------------------------------------
def test_lift_is_how_often_both_are_bought_against_chance(db: None) -> None:
    # given 3 bought coat and boots, 1 the coat, 6 a hat: P(both) 3/10, P(coat) 4/10, P(boots) 3/10
    coat, boots, hat = goods("coat"), goods("boots"), goods("hat")
    buyers(3, coat, boots)
    buyers(1, coat)
    buyers(6, hat)
    # when
    kept = affinity.count()
    # then 0.3 / (0.4 * 0.3) = 250 %
    assert kept == 2
    assert set(StyleAffinity.objects.values_list("style", "goes_with", "buyers", "lift")) == {
        (coat.style_id, boots.style_id, 3, 250),
        (boots.style_id, coat.style_id, 3, 250),
    }


def test_two_buyers_are_too_few_and_chance_is_no_affinity(db: None) -> None:
    coat, boots, hat = goods("coat"), goods("boots"), goods("hat")
    buyers(2, coat, boots)
    buyers(1, hat)
    assert affinity.count() == 0
    # given everybody buys both: no more often than chance
    StyleAffinity.objects.all().delete()
    both = [goods("bag"), goods("belt")]
    buyers(1, coat, boots, *both)
    assert affinity.count() == 2  # coat and boots, bought by three of four


@pytest.mark.parametrize(
    "given",
    [
        {"is_private": True},
        {"cancelled_at": NOON},
        {"placed_at": NOON - timedelta(days=732)},
        {"customer_id": None},
    ],
)
def test_private_called_off_old_and_guest_orders_do_not_count(db: None, given: dict[str, Any]) -> None:
    with clock.at(NOON):
        coat, boots = goods("coat"), goods("boots")
        buyers(2, coat, boots)
        buyers(4, goods("hat"))
        customer = factories.customer()
        factories.order(bought=[coat], customer_id=customer.pk)
        factories.order(**{"bought": [boots], "customer_id": customer.pk, **given})
        assert affinity.count() == 0
        factories.order(bought=[boots], customer_id=customer.pk)
        assert affinity.count() == 2


def test_returned_pieces_and_discreet_goods_do_not_count(db: None) -> None:
    coat, discreet = goods("coat"), factories.discreet_variant()
    buyers(3, coat, discreet)
    buyers(3, goods("hat"))
    assert affinity.count() == 0
    boots = goods("boots")
    for _number in range(3):
        order = factories.order(bought=[coat, boots], customer_id=factories.customer().pk)
        _return(order, 2)
    assert affinity.count() == 0


def test_a_new_count_replaces_the_old_one_and_keeps_the_twenty_strongest(db: None) -> None:
    # given a pair nobody buys any more
    coat, old = goods("coat"), goods("old")
    counted(coat, old)
    many = [goods(f"g{number}") for number in range(22)]
    buyers(3, coat, *many)
    buyers(3, goods("hat"))
    # when
    affinity.count()
    # then
    assert StyleAffinity.objects.filter(style=coat.style).count() == 20
    assert StyleAffinity.objects.filter(goes_with=old.style).count() == 0


def test_the_nightly_job_counts_once_a_day() -> None:
    coat, boots = goods("coat"), goods("boots")
    buyers(3, coat, boots)
    buyers(3, goods("hat"))
    tasks.count_affinity()
    StyleAffinity.objects.all().delete()
    tasks.count_affinity()
    assert StyleAffinity.objects.count() == 0
    assert ScheduleSlot.objects.filter(job="journeys.count_affinity").count() == 1
    entry = settings.CELERY_BEAT_SCHEDULE["journeys.count_affinity"]
    assert (entry["task"], entry["schedule"].hour, entry["schedule"].minute) == (
        "journeys.count_affinity",
        {3},
        {10},
    )


# --- suggesting -----------------------------------------------------------------------------------------------------
def test_named_pairs_come_before_counted_ones_with_reason_count_and_shelf(cast: Cast) -> None:
    # given she owns a coat and wishes for boots
    coat, boots = goods("coat"), goods("boots")
    scarf, gloves = goods("scarf", store=cast.shibuya, on_hand=4), goods("gloves", store=cast.shibuya)
    factories.order(bought=[coat], customer_id=cast.hanako.pk)
    _wish(cast, boots)
    counted(coat, gloves, lift=900)
    pair(boots, scarf)
    # then
    found = for_hanako(cast)
    assert [(each.variant.pk, each.reason, each.here, each.shelf) for each in found] == [
        (scarf.pk, "Goes with boots", 4, "shelf-scarf"),
        (gloves.pk, "Often bought with coat", 2, "shelf-gloves"),
    ]


def test_what_she_owns_or_wishes_for_is_not_suggested_and_what_she_returned_is(cast: Cast) -> None:
    coat, owned, wished, returned = (
        goods(name, store=cast.shibuya) for name in ("coat", "owned", "wished", "returned")
    )
    order = factories.order(bought=[coat, owned, returned], customer_id=cast.hanako.pk)
    _wish(cast, wished)
    for rank, each in enumerate((owned, wished, returned), start=1):
        pair(coat, each, rank)
    assert for_hanako(cast) == []
    assert bought.owned_styles(customer_id=cast.hanako.pk) == {v.style_id for v in (coat, owned, returned)}
    # when
    _return(order, 3)
    # then
    assert [each.variant.pk for each in for_hanako(cast)] == [returned.pk]
    assert bought.owned_styles(customer_id=cast.hanako.pk) == {coat.style_id, owned.style_id}


def test_a_called_off_order_is_not_owned(cast: Cast) -> None:
    order = factories.order(bought=[goods("coat")], customer_id=cast.hanako.pk)
    orders.cancel_order(actor=DEMO, order_uuid=str(order.uuid), source="test", external_id="C")
    assert bought.owned_styles(customer_id=cast.hanako.pk) == set()


def test_discreet_goods_and_private_orders_are_neither_suggested_nor_a_reason(cast: Cast) -> None:
    # given
    scarf = goods("scarf", store=cast.shibuya)
    secret, gift = factories.discreet_variant(), goods("gift")
    factories.order(bought=[secret], customer_id=cast.hanako.pk)
    factories.order(bought=[gift], customer_id=cast.hanako.pk, is_private=True)
    pair(secret, scarf)
    pair(gift, scarf)
    assert for_hanako(cast) == []
    # given something that goes with her coat, and is discreet
    coat = goods("coat")
    factories.order(bought=[coat], customer_id=cast.hanako.pk)
    factories.stocked(variant=secret, store=cast.shibuya, on_hand=9)
    pair(coat, secret)
    assert for_hanako(cast) == []


def test_what_is_not_here_or_promised_to_somebody_is_not_suggested(cast: Cast) -> None:
    coat, scarf = goods("coat"), goods("scarf", store=cast.umeda)
    factories.order(bought=[coat], customer_id=cast.hanako.pk)
    pair(coat, scarf)
    assert for_hanako(cast) == []
    assert [each.variant.pk for each in for_hanako(cast, store_id=cast.umeda.pk)] == [scarf.pk]


def test_suggestions_cost_five_queries_whatever_she_bought(cast: Cast, django_assert_num_queries: Any) -> None:
    coats = [goods(f"coat{number}") for number in range(8)]
    scarves = [goods(f"scarf{number}", store=cast.shibuya) for number in range(8)]
    for coat, scarf in zip(coats, scarves, strict=True):
        factories.order(bought=[coat], customer_id=cast.hanako.pk)
        pair(coat, scarf)
    # 1 what she owns, 2 wishes, 3 the newest of it, 4 what goes with it, 5 stock here
    with django_assert_num_queries(5):
        assert len(for_hanako(cast)) == 3


def test_what_goes_with_it_falls_back_on_what_others_bought(cast: Cast) -> None:
    coat, scarf = goods("coat"), goods("scarf", store=cast.shibuya)
    gloves = goods("gloves", store=cast.shibuya)
    pair(coat, scarf)
    counted(coat, gloves)
    counted(coat, scarf)
    with translation.override("en"):
        found = recommendations.goes_with(variant_id=coat.pk, store_id=cast.shibuya.pk, customer_id=cast.hanako.pk)
    assert [(each.variant.pk, each.reason) for each in found] == [
        (scarf.pk, "Goes with coat"),
        (gloves.pk, "Often bought with coat"),
    ]


def test_the_clerk_s_page_shows_suggestions_and_none_while_a_complaint_is_open(client: Client, cast: Cast) -> None:
    # given
    coat, _scarf = goods("coat"), goods("scarf", store=cast.shibuya)
    factories.order(bought=[coat], customer_id=cast.hanako.pk)
    pair(coat, _scarf)
    client.force_login(cast.staff[Role.CLERK])
    client.cookies["django_language"] = "en"
    address = reverse("customer-panel", args=[cast.hanako.uuid, "suggestions"])
    shown = client.get(address).content.decode()
    assert ("Goes with coat" in shown, "2 here" in shown, "shelf shelf-scarf" in shown) == (True, True, True)
    # when
    factories.hold(customer=cast.hanako)
    held = client.get(address).content.decode()
    # then
    assert "Nothing is suggested while nobody may sell to this customer." in held
    assert "coat" not in held


def _wish(cast: Cast, variant: Variant) -> None:
    wishlists.wish(
        actor=cast.actor(Role.CLERK),
        customer_uuid=str(cast.hanako.uuid),
        style_id=variant.style_id,
        variant_id=variant.pk,
        channel="store",
    )


def _return(order: Any, number: int) -> None:
    told = ReturnIn("test", f"R{order.pk}-{number}", NOON, (ReturnLineIn(number, 1),), order_uuid=str(order.uuid))
    orders.record_return(actor=DEMO, back=told)
