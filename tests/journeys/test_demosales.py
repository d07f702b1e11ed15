"""The demo shop has sold on every channel; something came back, something is late, carts wait."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Sum

from config.lib import clock
from customers.models import Customer, Role, User
from customers.selectors import customers as people
from journeys.models import Cart, Interaction, Order, OrderLine, OrderReturn, StyleAffinity, Tender
from journeys.selectors import carts, orders, recommendations
from journeys.services import demo
from tests import factories

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def test_the_demo_has_sold_on_every_channel_and_adds_up() -> None:
    # when
    with clock.at(NOON):
        demo.seed(people=30)
        # then orders on four channels, each to the yen
        channels = Counter(Order.objects.values_list("channel", flat=True))
        assert set(channels) == {"store", "web", "app", "mall"}
        assert min(channels.values()) >= 4
        total = Order.objects.aggregate(n=Sum("total"))["n"]
        assert OrderLine.objects.aggregate(n=Sum("paid"))["n"] == total
        paid = Tender.objects.aggregate(n=Sum("amount"))["n"]
        untold = Order.objects.filter(tenders__isnull=True).aggregate(n=Sum("total"))["n"]
        assert paid + untold == total
        # and one came back in part, one is late, one is on its way
        [back] = OrderReturn.objects.all()
        assert 0 < back.refunded < back.order.total
        assert Order.objects.filter(state="late").count() == 1
        assert Order.objects.filter(state="shipped", tracking="4423-1180-2276").count() == 1
        assert Interaction.objects.filter(kind="order.late").count() == 1
        assert StyleAffinity.objects.count() > 0


def test_of_the_open_carts_one_a_store_is_shown_and_suggestions_are_found() -> None:
    with clock.at(NOON):
        demo.seed(people=30)
        clerk = factories.actor(
            User.objects.select_related("staff__store").filter(staff__role=Role.CLERK).earliest("pk")
        )
        mine = people.visible_to(clerk).filter(pk__in=Cart.objects.values("customer_id")).order_by("pk")
        shown = [carts.online_for(actor=clerk, customer=customer) for customer in mine]
        told = [online is not None and online.basket is not None for online in shown]
        assert told == [True, False]
        [online] = [each for each in shown if each and each.basket]
        assert (online.basket and online.basket.days, len(online.viewed) >= 3) == (3, True)
        assert Order.objects.filter(placed_at__gt=NOON - timedelta(days=1)).count() <= 1
        # and everybody has bought something, and many get suggestions
        for customer in Customer.objects.all():
            assert orders.recent_of(customer_id=customer.pk, limit=1) != []
        found = [
            recommendations.for_customer(customer_id=customer.pk, store_id=customer.home_store_id or 0)
            for customer in Customer.objects.all()
        ]
        assert sum(bool(each) for each in found) >= 10
