"""Wishes and saved interests, and the panel with this store's stock and shelf."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from config.lib import clock
from config.lib.errors import Invalid, NotFound
from customers import access
from journeys.models import Category, Complaint, Interaction, Note, SavedInterest, Variant, WishItem
from journeys.selectors import things, timeline, wishlists
from journeys.services import demoinstore
from journeys.services import instore as floor
from journeys.services import wishlists as service
from tests import factories
from tests.cast import Cast


def wish(cast: Cast, variant: Variant, **given: Any) -> WishItem:
    """Let the clerk mark this variant for Hanako."""
    chosen = {"variant_id": variant.pk, "channel": "store", **given}
    return service.wish(
        actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), style_id=variant.style_id, **chosen
    )


def seen(cast: Cast, name: str = "clerk") -> list[things.Thing]:
    """What this member sees of Hanako's things."""
    return things.Floor(customer=cast.hanako, actor=access.actor_of(cast.members()[name])).things


def client_of(cast: Cast, name: str) -> Client:
    """Return a browser signed in as this member."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.members()[name])
    return client


def test_a_wish_marked_twice_is_one_wish_and_one_fact(cast: Cast) -> None:
    coat = factories.variant()
    # when
    first, again = wish(cast, coat), wish(cast, coat)
    # then
    assert first.pk == again.pk
    assert (first.price_then, first.channel) == (39_800, "store")
    assert Interaction.objects.filter(kind="wish.added").count() == 1
    with override("en"):
        entry = timeline.page(actor=cast.actor("clerk"), customer=cast.hanako).entries[0]
    assert entry.sentence == "Wishes for ウールコート 紺 M"


def test_a_style_alone_takes_its_lowest_price_and_offers_its_variants(cast: Cast) -> None:
    dear = factories.variant(style="COAT", size="L", price=45_000)
    factories.variant(style="COAT", size="M", price=39_800)
    item = wish(cast, dear, variant_id=None)
    assert item.price_then == 39_800
    found = wishlists.open_of(customer_id=cast.hanako.pk)[0]
    assert (found.variant_id, [choice[2] for choice in found.choices]) == (None, ["L", "M"])


def test_a_wish_taken_off_can_be_marked_again(cast: Cast) -> None:
    coat = factories.variant()
    item = wish(cast, coat)
    for _time in range(2):
        service.unwish(actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), wish_uuid=str(item.uuid))
    assert wishlists.open_of(customer_id=cast.hanako.pk) == []
    again = wish(cast, coat)
    assert again.pk != item.pk
    kinds = Interaction.objects.filter(kind__startswith="wish.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["wish.added", "wish.removed", "wish.added"]


@pytest.mark.parametrize(
    ("given", "code"), [({"channel": "pigeon"}, "channel"), ({"variant_id": 0}, "variant"), ({"style_id": 0}, "style")]
)
def test_a_wish_for_nothing_is_refused(cast: Cast, given: dict[str, Any], code: str) -> None:
    coat = factories.variant()
    chosen = {"style_id": coat.style_id, "variant_id": None, "channel": "store", **given}
    with pytest.raises(Invalid) as refusal:
        service.wish(actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), **chosen)
    assert refusal.value.code == code
    assert WishItem.objects.count() == 0


@pytest.mark.parametrize("name", ["other_clerk", "marketer", "data_steward", "bare"])
def test_who_does_not_meet_her_marks_and_removes_nothing(cast: Cast, name: str) -> None:
    coat = factories.variant()
    item = wish(cast, coat)
    actor = access.actor_of(cast.members()[name])
    with pytest.raises(NotFound):
        service.wish(actor=actor, customer_uuid=str(cast.hanako.uuid), style_id=coat.style_id, channel="store")
    with pytest.raises(NotFound):
        service.unwish(actor=actor, customer_uuid=str(cast.hanako.uuid), wish_uuid=str(item.uuid))
    assert [row.removed_at for row in WishItem.objects.all()] == [None]


def test_another_customers_wish_is_not_removed(cast: Cast) -> None:
    item = wish(cast, factories.variant())
    with pytest.raises(NotFound):
        service.unwish(actor=cast.actor("clerk"), customer_uuid=str(cast.namesake.uuid), wish_uuid=str(item.uuid))
    assert WishItem.objects.get().removed_at is None


def test_an_interest_is_saved_once_and_ended(cast: Cast) -> None:
    factories.variant()
    outer = Category.objects.get(code="outer")
    given: dict[str, Any] = {"actor": cast.actor("clerk"), "customer_uuid": str(cast.hanako.uuid)}
    wanted: dict[str, Any] = {"category_id": outer.pk, "attributes": {"colour": " 紺 ", "size": ""}, "channel": "store"}
    # when
    first, again = service.save_interest(**given, **wanted), service.save_interest(**given, **wanted)
    # then
    assert (first.pk, first.attributes) == (again.pk, {"colour": "紺"})
    assert [each.words for each in wishlists.interests_of(customer_id=cast.hanako.pk)] == ["アウター 紺"]
    service.end_interest(**given, interest_id=first.pk)
    assert wishlists.interests_of(customer_id=cast.hanako.pk) == []
    kinds = Interaction.objects.filter(kind__startswith="interest.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["interest.saved", "interest.ended"]


def test_an_interest_without_category_or_with_a_novel_is_refused(cast: Cast) -> None:
    factories.variant()
    outer = Category.objects.get(code="outer")
    given: dict[str, Any] = {"actor": cast.actor("clerk"), "customer_uuid": str(cast.hanako.uuid), "channel": "store"}
    wrong: tuple[dict[str, Any], ...] = (
        {"category_id": 0, "attributes": {}},
        {"category_id": outer.pk, "attributes": {"colour": "紺" * 41}},
    )
    for wanted in wrong:
        with pytest.raises(Invalid):
            service.save_interest(**given, **wanted)
    assert SavedInterest.objects.count() == 0


def test_the_panel_tells_number_shelf_and_time(cast: Cast) -> None:
    coat = factories.variant()
    factories.stocked(variant=coat, store=cast.shibuya, on_hand=2, shelf="B3")
    wish(cast, coat)
    text = client_of(cast, "clerk").get(reverse("customer-page", args=[cast.hanako.uuid])).content.decode()
    assert "2 here" in text
    assert "shelf B3" in text
    assert "Stock as of" in text


def test_an_old_count_shows_its_time_and_a_question_mark(cast: Cast) -> None:
    coat = factories.variant()
    factories.stocked(variant=coat, store=cast.shibuya, on_hand=1, as_of=clock.now() - timedelta(minutes=31))
    wish(cast, coat)
    assert seen(cast)[0].is_here is False
    text = client_of(cast, "clerk").get(reverse("customer-page", args=[cast.hanako.uuid])).content.decode()
    assert "1 piece?" in text
    assert "Count of" in text
    assert "1 here" not in text


def test_unknown_is_not_zero_and_zero_names_the_nearest_store(cast: Cast) -> None:
    known, unknown = factories.variant(name_ja="ブーツ"), factories.variant(name_ja="手袋")
    factories.stocked(variant=known, store=cast.shibuya, on_hand=0)
    factories.stocked(variant=known, store=cast.umeda, on_hand=1)
    wish(cast, known)
    wish(cast, unknown)
    text = client_of(cast, "clerk").get(reverse("customer-page", args=[cast.hanako.uuid])).content.decode()
    assert "0 here" in text
    assert "Umeda: 1" in text
    assert text.count("Stock not known") == 1


def test_a_try_on_asks_for_the_size_that_would_fit(cast: Cast) -> None:
    small = factories.variant(style="PANTS", name_ja="テーパードパンツ", size="38")
    fits = factories.variant(style="PANTS", name_ja="テーパードパンツ", size="40")
    factories.stocked(variant=fits, store=cast.shibuya, on_hand=1, shelf="A1")
    floor.record_tryon(
        actor=cast.actor("clerk"),
        customer_uuid=str(cast.hanako.uuid),
        variant_id=small.pk,
        outcome="not_bought",
        reason="size",
        better_size="40",
    )
    found = seen(cast)
    assert [(thing.variant_id, thing.size, thing.is_here) for thing in found] == [(fits.pk, "40", True)]


def test_a_wish_tried_on_is_one_thing(cast: Cast) -> None:
    coat = factories.variant()
    wish(cast, coat)
    floor.record_tryon(actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), variant_id=coat.pk)
    found = seen(cast)
    assert [(thing.wish is not None, thing.tried is not None) for thing in found] == [(True, True)]


def test_discreet_goods_are_not_shown_at_the_counter(cast: Cast) -> None:
    coat = factories.variant(category_code="outer")
    wish(cast, coat)
    Category.objects.filter(code="outer").update(is_discreet=True)
    assert (seen(cast, "clerk"), len(seen(cast, "agent"))) == ([], 1)


def test_the_panels_things_cost_three_queries_whatever_their_number(cast: Cast, django_assert_num_queries: Any) -> None:
    for _number in range(6):
        variant = factories.variant()
        factories.stocked(variant=variant, store=cast.shibuya, on_hand=1)
        wish(cast, variant)
        floor.record_tryon(actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), variant_id=variant.pk)
    # 1 wishes, 2 try-ons, 3 stock here and nearest
    with django_assert_num_queries(3):
        assert len(seen(cast)) == 6


def test_wishes_are_added_by_code_and_taken_off_at_the_page(cast: Cast) -> None:
    coat = factories.variant()
    client = client_of(cast, "clerk")
    page = reverse("customer-page", args=[cast.hanako.uuid])
    add = reverse("customer-wish-add", args=[cast.hanako.uuid])
    assert client.post(add, {"key": "k-1", "code": "nothing"}).status_code == 422
    assert client.post(add, {"key": "k-1", "code": coat.sku})["Location"] == page
    item = WishItem.objects.get()
    remove = reverse("customer-wish-remove", args=[cast.hanako.uuid, item.uuid])
    assert client_of(cast, "other_clerk").post(remove, {"key": "k-2"}).status_code == 404
    assert WishItem.objects.get().removed_at is None
    assert client.post(remove, {"key": "k-2"})["Location"] == page
    assert WishItem.objects.get().removed_at is not None


def test_the_demo_needs_goods_and_then_tells_the_whole_floor(cast: Cast) -> None:
    # given an empty catalogue
    with pytest.raises(demoinstore.EmptyCatalogue):
        demoinstore.seed(customer_ids=[cast.hanako.pk], now=clock.now())
    for number in range(4):
        variant = factories.variant()
        for store in (cast.shibuya, cast.umeda):
            factories.stocked(variant=variant, store=store, on_hand=number % 2)
    # when
    told = demoinstore.seed(customer_ids=[cast.hanako.pk, cast.namesake.pk, cast.far.pk], now=clock.now())
    # then every fact said to be told is one
    assert told == Interaction.objects.exclude(kind="profile.created").count()
    assert Complaint.objects.filter(closed_at=None).count() == 1
    assert Note.objects.filter(type="promise").count() == 4
