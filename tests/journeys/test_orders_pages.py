"""What the people who meet her see of her purchases: things and outcomes at the counter, whole orders at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Role
from journeys.models import Order
from journeys.selectors import orders as reads
from journeys.services import orders
from journeys.services.orders import LineIn, ReturnIn, ReturnLineIn, TenderIn
from tests import factories
from tests.cast import Cast
from tests.factories import DEMO, NOON

pytestmark = pytest.mark.django_db


def story(cast: Cast) -> Order:
    """Let Hanako buy on three channels: two coats (one came back), discreet goods, a gift, something unknown."""
    coat = factories.variant()
    order = factories.order(
        customer_id=cast.hanako.pk,
        external_id="A-100",
        channel="store",
        store_id=cast.umeda.pk,
        lines=(LineIn(2, 39_800, 79_600, variant_id=coat.pk),),
        tenders=(TenderIn("card", 70_000), TenderIn("gift_card", 9_600)),
    )
    back = ReturnIn("test", "R", NOON, (ReturnLineIn(1, 1),), order_uuid=str(order.uuid), reason="色違い")
    orders.record_return(actor=DEMO, back=back)
    secret = factories.discreet_variant()
    gift = factories.variant(name_ja="贈り物の鞄", name_en="A bag to give")
    later = {"customer_id": cast.hanako.pk, "placed_at": NOON + timedelta(days=1)}
    factories.order(bought=[secret], **later)
    factories.order(bought=[gift], is_private=True, **later)
    factories.order(lines=(LineIn(1, 500, 500, code="X-1", name="名のない品"),), channel="mall", **later)
    called_off = factories.order(bought=[factories.variant(name_ja="やめた品")], **later)
    orders.cancel_order(actor=DEMO, order_uuid=str(called_off.uuid), source="test", external_id="C")
    return order


def panel(client: Client, cast: Cast, name: str, role: str = Role.CLERK, status: int = 200) -> str:
    """Return a panel of Hanako's page in English."""
    client.force_login(cast.staff[role])
    client.cookies["django_language"] = "en"
    answer = client.get(reverse("customer-panel", args=[cast.hanako.uuid, name]))
    assert answer.status_code == status
    return answer.content.decode()


def test_the_clerk_sees_things_and_outcomes_and_no_money(client: Client, cast: Cast) -> None:
    # given
    story(cast)
    # when
    shown = panel(client, cast, "purchases")
    # then
    assert '<b lang="ja">Wool coat</b> 紺 M' in shown
    assert ("20 Nov 2026" in shown, "Umeda" in shown, "1 piece returned" in shown) == (True, True, True)
    assert "An item outside the catalogue" in shown
    for hidden in ("Shapewear", "A bag to give", "名のない品", "やめた品", "39,800", "79,600"):
        assert hidden not in shown


def test_the_desk_sees_everything_she_bought(cast: Cast) -> None:
    story(cast)
    found = reads.recent_for(actor=cast.actor(Role.AGENT), customer=cast.hanako, limit=10)
    assert [line.name for line in found] == ["名のない品", "贈り物の鞄", "補正下着", "ウールコート"]
    coat = found[-1]
    assert (coat.quantity, coat.returned, coat.is_returned, coat.where) == (2, 1, False, "梅田店")


def test_roles_without_the_right_read_nothing(cast: Cast) -> None:
    story(cast)
    for role in (Role.MARKETER, Role.DATA_STEWARD, Role.EXECUTIVE, Role.AUDITOR):
        assert reads.recent_for(actor=cast.actor(role), customer=cast.hanako, limit=10) == []
        assert reads.sales_of(actor=cast.actor(role), customer=cast.hanako) == []
    assert reads.sales_of(actor=cast.actor(Role.CLERK), customer=cast.hanako) == []


def test_the_desk_s_orders_show_lines_payments_and_returns(client: Client, cast: Cast) -> None:
    story(cast)
    shown = panel(client, cast, "orders", Role.AGENT)
    for told in (
        "No. A-100 at test:shop",
        "¥79,600",
        "Card ¥70,000, Gift card ¥9,600",
        "¥39,800 paid back",
        "(色違い)",
        "Private or gift",
        "Cancelled",
        "名のない品",
    ):
        assert told in shown
    panel(client, cast, "orders", Role.CLERK, status=404)


def test_who_never_bought_is_told_so_in_words(client: Client, cast: Cast) -> None:
    assert "No purchases yet." in panel(client, cast, "purchases")
    assert "No orders yet." in panel(client, cast, "orders", Role.AGENT)


def test_reading_costs_the_same_however_much_she_bought(cast: Cast, django_assert_num_queries: Any) -> None:
    for _number in range(8):
        story_order = factories.order(bought=[factories.variant()], customer_id=cast.hanako.pk)
        back = ReturnIn("t", f"R{story_order.pk}", NOON, (ReturnLineIn(1, 1),), order_uuid=str(story_order.uuid))
        orders.record_return(actor=DEMO, back=back)
    clerk, agent = cast.actor(Role.CLERK), cast.actor(Role.AGENT)
    with django_assert_num_queries(1):
        assert len(reads.recent_for(actor=clerk, customer=cast.hanako, limit=6)) == 6
    with django_assert_num_queries(1):
        assert reads.owned_styles(customer_id=cast.hanako.pk) == set()
    # 1 orders, 2 lines with variants, 3 what came back of them, 4 tenders, 5 returns
    with django_assert_num_queries(5):
        assert len(reads.sales_of(actor=agent, customer=cast.hanako)) == 8


def test_dollars_have_cents(cast: Cast) -> None:
    assert reads.money(amount=24_409_194, currency="USD") == "244,091.94 USD"
    assert reads.money(amount=39_800, currency="JPY") == "¥39,800"


def test_the_back_office_lists_and_shows_orders(client: Client, cast: Cast) -> None:
    order = story(cast)
    client.force_login(cast.staff[Role.AGENT])
    client.cookies["django_language"] = "en"
    listed = client.get(reverse("admin:journeys_order_changelist") + "?q=A-100").content.decode()
    shown = client.get(reverse("admin:journeys_order_change", args=[order.pk])).content.decode()
    assert "¥79,600" in listed
    for told in ("2 pieces, ¥79,600, 1 returned", "Gift card ¥9,600", "Return ¥39,800 色違い"):
        assert told in shown
    assert "山田" not in listed + shown
    client.force_login(cast.staff[Role.CLERK])
    assert client.get(reverse("admin:journeys_order_change", args=[order.pk])).status_code == 403
