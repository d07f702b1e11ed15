"""A cart is whole at each version; a clerk sees and closes it only with the customer's consent."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from config.lib import clock
from config.lib.errors import Conflict, Invalid, NotFound, Refused
from customers.models import Customer, Presentation, Role
from journeys.models import Cart, CartLine, Interaction, Variant
from journeys.selectors import carts as baskets
from journeys.selectors import timeline
from journeys.services import carts
from journeys.services.carts import CartIn, CartLineIn
from tests import factories
from tests.cast import Cast
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def lines_of(cart: Cart) -> list[tuple[int, int]]:
    """Return what is in a cart."""
    return list(cart.lines.order_by("pk").values_list("variant_id", "quantity"))


def test_each_version_replaces_the_whole_content_and_is_told(cast: Cast) -> None:
    # given
    coat, boots = factories.variant(), factories.variant(name_ja="ブーツ", colour="黒", size="24")
    # when
    factories.cart(coat, customer_id=cast.hanako.pk)
    cart = factories.cart(boots, customer_id=cast.hanako.pk, version=3)
    # then
    assert (Cart.objects.count(), cart.version, lines_of(cart)) == (1, 3, [(boots.pk, 1)])
    facts = Interaction.objects.filter(kind="cart.updated").order_by("pk")
    assert [(fact.data["items"], fact.product_ids) for fact in facts] == [
        ("ウールコート 紺 M", [coat.style_id]),
        ("ブーツ 黒 24", [boots.style_id]),
    ]


def test_the_same_version_again_changes_nothing_and_an_older_one_is_refused(cast: Cast) -> None:
    coat, boots = factories.variant(), factories.variant()
    factories.cart(coat, customer_id=cast.hanako.pk, version=2)
    factories.cart(coat, customer_id=cast.hanako.pk, version=2)
    with translation.override("en"), pytest.raises(Conflict) as older:
        factories.cart(boots, customer_id=cast.hanako.pk, version=1)
    with pytest.raises(Conflict) as other:
        factories.cart(boots, customer_id=cast.hanako.pk, version=2)
    assert (older.value.code, str(older.value.message)) == (
        "cart_older",
        "Version 1 is older than version 2, which is known.",
    )
    assert other.value.code == "cart_conflict"
    assert lines_of(Cart.objects.get()) == [(coat.pk, 1)]
    assert Interaction.objects.filter(kind="cart.updated").count() == 1


def test_a_cart_without_lines_is_emptied_and_one_that_was_bought_is_bought(cast: Cast) -> None:
    coat = factories.variant()
    factories.cart(coat, customer_id=cast.hanako.pk)
    emptied = factories.cart(customer_id=cast.hanako.pk, version=2)
    bought = factories.cart(coat, customer_id=cast.hanako.pk, version=3, is_bought=True)
    assert (emptied.state, bought.state, lines_of(bought)) == ("emptied", "bought", [])
    assert baskets.open_of(customer_id=cast.hanako.pk) is None
    assert Interaction.objects.filter(kind="cart.updated").count() == 1


def test_codes_we_do_not_know_are_left_out_and_pieces_of_one_variant_are_added(cast: Cast) -> None:
    coat = factories.variant()
    lines = (CartLineIn(1, code=coat.sku), CartLineIn(2, coat.pk), CartLineIn(1, code="NO-SUCH"))
    assert lines_of(factories.cart(lines=lines)) == [(coat.pk, 3)]


def test_a_visitor_s_cart_tells_nothing_until_its_owner_is_known(cast: Cast) -> None:
    coat = factories.variant()
    factories.cart(coat)
    assert Interaction.objects.filter(kind="cart.updated").count() == 0
    cart = factories.cart(coat, version=2, customer_id=cast.hanako.pk)
    kept = factories.cart(coat, version=3)
    assert (cart.customer_id, kept.customer_id) == (cast.hanako.pk, cast.hanako.pk)
    assert Interaction.objects.filter(kind="cart.updated").count() == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"version": -1}, "cart_version"),
        ({"lines": (CartLineIn(0, 1),)}, "cart_lines"),
        ({"lines": (CartLineIn(1, 1),) * 201}, "cart_lines"),
        ({"channel": "pigeon"}, "channel"),
        ({"external_id": ""}, "order_source"),
        ({"updated_at": NOON.replace(tzinfo=None)}, "order_time"),
    ],
)
def test_a_cart_that_cannot_be_is_refused_and_nothing_is_written(cast: Cast, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        factories.cart(customer_id=cast.hanako.pk, **given)
    assert (refused.value.code, Cart.objects.count()) == (code, 0)


def test_closing_it_in_the_store_empties_it_and_is_told_once(cast: Cast) -> None:
    # given
    coat = factories.variant()
    factories.advice(customer=cast.hanako)
    cart = factories.cart(coat, customer_id=cast.hanako.pk)
    # when
    given: dict[str, Any] = {
        "actor": cast.actor(Role.CLERK),
        "cart_uuid": str(cart.uuid),
        "store_id": cast.shibuya.pk,
    }
    carts.recover(**given)
    closed = carts.recover(**given)
    # then
    assert (closed.state, closed.recovered_in_id, lines_of(closed)) == ("recovered", cast.shibuya.pk, [])
    fact = Interaction.objects.get(kind="cart.recovered")
    assert (fact.channel, fact.store_id, fact.data) == ("store", cast.shibuya.pk, {"items": "ウールコート 紺 M"})
    assert fact.actor_id == cast.staff["clerk"].pk


def test_a_version_made_before_the_closing_does_not_open_the_cart_again_and_a_later_one_does(cast: Cast) -> None:
    coat = factories.variant()
    factories.advice(customer=cast.hanako)
    cart = factories.cart(coat, customer_id=cast.hanako.pk)
    carts.recover(actor=cast.actor(Role.CLERK), cart_uuid=str(cart.uuid), store_id=cast.shibuya.pk)
    assert factories.cart(coat, customer_id=cast.hanako.pk, version=2).state == "recovered"
    later = clock.now() + timedelta(minutes=1)
    assert factories.cart(coat, customer_id=cast.hanako.pk, version=3, updated_at=later).state == "open"


def test_nobody_else_closes_it_and_nothing_changes(cast: Cast) -> None:
    # given
    cart = factories.cart(factories.variant(), customer_id=cast.hanako.pk)
    clerk, other = cast.actor(Role.CLERK), factories.actor(cast.other_clerk)
    tries = [
        (clerk, cast.shibuya.pk),  # no consent yet
        (other, cast.umeda.pk),
        (cast.actor(Role.AGENT), cast.shibuya.pk),
        (cast.actor(Role.MARKETER), cast.shibuya.pk),
    ]
    for actor, store_id in tries:
        with pytest.raises(NotFound):
            carts.recover(actor=actor, cart_uuid=str(cart.uuid), store_id=store_id)
    factories.advice(customer=cast.hanako)
    with pytest.raises(NotFound):
        carts.recover(actor=clerk, cart_uuid=str(cart.uuid), store_id=cast.umeda.pk)
    with pytest.raises(Refused):
        carts.put(actor=clerk, cart=CartIn("s", "x", "web", 1, NOON))
    # then
    cart.refresh_from_db()
    assert (cart.state, CartLine.objects.count()) == ("open", 1)
    assert Interaction.objects.filter(kind="cart.recovered").count() == 0


def test_a_cart_bought_online_meanwhile_is_not_closed_here(cast: Cast) -> None:
    factories.advice(customer=cast.hanako)
    factories.cart(factories.variant(), customer_id=cast.hanako.pk)
    cart = factories.cart(customer_id=cast.hanako.pk, version=2, is_bought=True)
    with pytest.raises(Conflict) as refused:
        carts.recover(actor=cast.actor(Role.CLERK), cart_uuid=str(cart.uuid), store_id=cast.shibuya.pk)
    assert refused.value.code == "cart_closed"


# --- the clerk's page -----------------------------------------------------------------------------------------------
def browse(cast: Cast) -> tuple[Cart, Variant, Variant]:
    """Let Hanako look at boots and discreet goods, and put a coat and discreet goods into a cart, three days ago."""
    coat, discreet = factories.variant(name_ja="カゴのコート"), factories.discreet_variant()
    boots = factories.variant(name_ja="見たブーツ")
    for number, goods in enumerate((boots, discreet, boots)):
        factories.interaction(
            customer=cast.hanako,
            kind="product.viewed",
            channel="web",
            occurred_at=clock.now() - timedelta(days=1 + number),
            data={"product": goods.style.name_ja},
            product_ids=[goods.style_id],
        )
    return factories.cart(coat, discreet, customer_id=cast.hanako.pk), coat, boots


def page(client: Client, cast: Cast, path: str = "") -> str:
    """Return Hanako's page (or what lies under it) as Shibuya's clerk reads it."""
    client.force_login(cast.staff["clerk"])
    client.cookies["django_language"] = "en"
    return client.get(path or reverse("customer-page", args=[cast.hanako.uuid])).content.decode()


def test_with_consent_the_clerk_sees_the_cart_with_its_age_its_shelf_and_what_she_looked_at(
    client: Client, cast: Cast
) -> None:
    # given
    _cart, coat, boots = browse(cast)
    factories.stocked(variant=coat, store=cast.shibuya, on_hand=2, shelf="B3")
    factories.advice(customer=cast.hanako)
    # when
    online = baskets.online_for(actor=cast.actor(Role.CLERK), customer=cast.hanako)
    shown = page(client, cast)
    # then
    assert online is not None
    assert online.basket is not None
    assert (online.basket.days, [item.name for item in online.basket.items]) == (3, ["カゴのコート"])
    assert [(style.style_id, style.seen_at.date()) for style in online.viewed] == [
        (boots.style_id, (clock.now() - timedelta(days=1)).date())
    ]
    assert "Open cart (Web), 3 days old" in shown
    assert "shelf B3" in shown
    assert "見たブーツ" in shown
    assert "補正下着" not in shown.split('id="panel-online"')[1].split("</section>")[0]


@pytest.mark.parametrize("said", [None, False])
def test_without_consent_nothing_betrays_that_there_is_a_cart(client: Client, cast: Cast, said: bool | None) -> None:
    # given the page of a customer who never went online, in a shop that sells all this
    factories.variant()
    factories.discreet_variant()
    if said is not None:
        factories.advice(customer=cast.hanako, is_given=said)
    before = _without_ids(page(client, cast))
    cart, _coat, _boots = browse(cast)
    # when
    shown = _without_ids(page(client, cast))
    # then not a byte is different, and the API and the panel are as silent
    assert shown == before
    api = page(client, cast, reverse("api:customer-timeline", args=[cast.hanako.uuid]))
    panel = page(client, cast, reverse("customer-panel", args=[cast.hanako.uuid, "online"]))
    for answer in (api, panel, shown):
        assert "カゴのコート" not in answer
        assert "見たブーツ" not in answer
        assert str(cart.uuid) not in answer
    client.post(reverse("customer-cart-close", args=[cast.hanako.uuid, cart.uuid]), {"key": "k"})
    cart.refresh_from_db()
    assert cart.state == "open"


def test_a_complaint_holds_the_consent_back(cast: Cast) -> None:
    factories.advice(customer=cast.hanako)
    browse(cast)
    factories.hold(customer=cast.hanako)
    online = baskets.online_for(actor=cast.actor(Role.CLERK), customer=Customer.objects.get(pk=cast.hanako.pk))
    assert online is not None
    assert (online.is_allowed, online.basket, online.viewed) == (False, None, ())


def test_the_desk_reads_browsing_on_the_timeline_and_has_no_cart_panel(client: Client, cast: Cast) -> None:
    browse(cast)
    entries = timeline.page(actor=cast.actor(Role.AGENT), customer=cast.hanako).entries
    assert [entry.kind for entry in entries].count("product.viewed") == 3
    assert baskets.online_for(actor=cast.actor(Role.AGENT), customer=cast.hanako) is None
    client.force_login(cast.staff["agent"])
    assert client.get(reverse("customer-panel", args=[cast.hanako.uuid, "online"])).status_code == 404


def test_a_cart_of_discreet_goods_only_is_none_for_the_clerk(cast: Cast) -> None:
    factories.advice(customer=cast.hanako)
    factories.cart(factories.discreet_variant(), customer_id=cast.hanako.pk)
    online = baskets.online_for(actor=cast.actor(Role.CLERK), customer=cast.hanako)
    assert online is not None
    assert (online.is_allowed, online.basket) == (True, None)


def test_closing_the_cart_takes_two_taps_and_the_form_counts_once(client: Client, cast: Cast) -> None:
    # given
    cart, _coat, _boots = browse(cast)
    factories.advice(customer=cast.hanako)
    shown = page(client, cast)
    assert shown.count('<details id="close-cart">') == 1
    url = reverse("customer-cart-close", args=[cast.hanako.uuid, cart.uuid])
    # when
    answers = [client.post(url, {"key": "close-1"}, follow=True) for _twice in range(2)]
    # then
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "The online cart is closed and empty." in answers[0].content.decode()
    assert "No open online cart." in answers[1].content.decode()
    assert Interaction.objects.filter(kind="cart.recovered").count() == 1


def test_another_stores_clerk_sees_it_while_the_card_is_presented_and_only_with_consent(cast: Cast) -> None:
    browse(cast)
    other = factories.actor(cast.other_clerk)
    now = clock.now()
    Presentation.objects.create(
        customer=cast.hanako,
        store=cast.umeda,
        staff=cast.other_clerk,
        presented_at=now,
        until=now + timedelta(minutes=30),
    )
    before = baskets.online_for(actor=other, customer=Customer.objects.get(pk=cast.hanako.pk))
    factories.advice(customer=cast.hanako)
    after = baskets.online_for(actor=other, customer=Customer.objects.get(pk=cast.hanako.pk))
    assert before is not None
    assert before.basket is None
    assert after is not None
    assert after.basket is not None


def _without_ids(shown: str) -> str:
    """The page without what is new at each opening: keys, tokens, nonces and receipts."""
    shown = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID", shown)
    shown = re.sub(r'(csrfmiddlewaretoken" value=|nonce=)"[^"]*"', "TOKEN", shown)
    return re.sub(r"X-CSRFToken[^}]*}", "TOKEN", shown)
