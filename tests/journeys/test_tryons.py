"""Try-ons: recorded in two taps, told how they ended, and what goes with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from config.lib import clock
from config.lib.errors import Conflict, Invalid, NotFound
from customers import access
from customers.models import ContextReceipt, Customer
from customers.services import locks
from journeys.models import Interaction, Style, StylePair, TryOn, Variant
from journeys.selectors import coordination, instore, timeline
from journeys.services import instore as floor
from tests import factories
from tests.cast import Cast


def client_of(cast: Cast, name: str) -> Client:
    """Return a browser signed in as this member."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.members()[name])
    return client


def record(cast: Cast, variant: Variant, **given: Any) -> floor.TriedOn:
    """Let the clerk record that Hanako tried this on."""
    return floor.record_tryon(
        actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), variant_id=variant.pk, **given
    )


def pair(variant: Variant, other: Variant, rank: int) -> None:
    """Say that the one's style goes with the other's."""
    StylePair.objects.create(style=variant.style, goes_with=other.style, rank=rank)


def test_a_try_on_stands_on_the_timeline_with_outcome_and_better_size(cast: Cast) -> None:
    # given
    trousers = factories.variant(name_ja="テーパードパンツ", colour="", size="38")
    # when
    tried = record(cast, trousers, outcome="not_bought", reason="size", better_size="40")
    # then
    assert (tried.tryon.outcome, tried.tryon.reason, tried.tryon.better_size) == ("not_bought", "size", "40")
    assert (tried.tryon.store_id, tried.tryon.staff_id) == (cast.shibuya.pk, cast.staff["clerk"].pk)
    with override("en"):
        entry = timeline.page(actor=cast.actor("clerk"), customer=cast.hanako).entries[0]
    assert entry.sentence == "Tried on テーパードパンツ 38: not bought (Size; 40 would fit)"
    assert entry.store == "Shibuya"
    fact = Interaction.objects.get(kind="tryon.recorded")
    assert (fact.subject_kind, fact.subject_id, fact.product_ids) == ("tryon", tried.tryon.pk, [trousers.style_id])


def test_a_discreet_article_is_not_named_on_the_timeline(cast: Cast) -> None:
    variant = factories.variant(name_ja="補整下着")
    variant.style.category.is_discreet = True
    variant.style.category.save(update_fields=["is_discreet"])
    record(cast, variant)
    assert "補整下着" not in timeline.page(actor=cast.actor("clerk"), customer=cast.hanako).entries[0].sentence


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"outcome": "bought_later"}, "tryon_outcome"),
        ({"outcome": "sold"}, "tryon_outcome"),
        ({"outcome": "not_bought", "reason": "ugly"}, "tryon_reason"),
        ({"outcome": "bought", "reason": "size"}, "tryon_reason"),
        ({"better_size": "40"}, "tryon_reason"),
        ({"outcome": "not_bought", "better_size": "4" * 21}, "tryon_better_size"),
        ({"outcome": "not_bought", "better_size": "4\x00"}, "unwritable"),
    ],
)
def test_what_does_not_fit_together_is_refused(cast: Cast, given: dict[str, str], code: str) -> None:
    variant = factories.variant()
    with pytest.raises(Invalid) as refusal:
        record(cast, variant, **given)
    assert refusal.value.code == code
    assert TryOn.objects.count() == 0


def test_an_unknown_article_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        floor.record_tryon(actor=cast.actor("clerk"), customer_uuid=str(cast.hanako.uuid), variant_id=0)
    assert refusal.value.code == "tryon_variant"


@pytest.mark.parametrize("name", ["agent", "sales", "marketer", "auditor"])
def test_only_store_staff_record_try_ons(cast: Cast, name: str) -> None:
    variant = factories.variant()
    with pytest.raises(NotFound):
        floor.record_tryon(actor=cast.actor(name), customer_uuid=str(cast.hanako.uuid), variant_id=variant.pk)
    assert TryOn.objects.count() == 0


def test_another_stores_clerk_neither_records_nor_tells(cast: Cast) -> None:
    variant = factories.variant()
    tried = record(cast, variant).tryon
    other = access.actor_of(cast.other_clerk)
    with pytest.raises(NotFound):
        floor.record_tryon(actor=other, customer_uuid=str(cast.hanako.uuid), variant_id=variant.pk)
    with pytest.raises(NotFound):
        floor.tell_outcome(actor=other, tryon_uuid=str(tried.uuid), outcome="bought")
    assert [row.outcome for row in TryOn.objects.all()] == [""]


def test_an_outcome_told_twice_is_one_fact_and_a_correction_another(cast: Cast) -> None:
    tried = record(cast, factories.variant()).tryon
    clerk = cast.actor("clerk")
    # when
    for _time in range(2):
        floor.tell_outcome(actor=clerk, tryon_uuid=str(tried.uuid), outcome="not_bought", reason="price")
    floor.tell_outcome(actor=clerk, tryon_uuid=str(tried.uuid), outcome="bought")
    # then
    decided = Interaction.objects.filter(kind="tryon.decided").order_by("pk")
    assert [row.data["outcome"] for row in decided] == ["not_bought", "bought"]
    assert TryOn.objects.get().reason == ""


def test_what_an_order_decided_is_not_told_otherwise(cast: Cast) -> None:
    tried = record(cast, factories.variant(), outcome="not_bought", reason="thinking").tryon
    bought = record(cast, factories.variant(), outcome="bought").tryon
    # when
    with transaction.atomic():
        locks.hold_customers(customer_ids=[cast.hanako.pk])
        marked = floor.bought_later(
            customer_id=cast.hanako.pk,
            style_ids=[tried.variant.style_id, bought.variant.style_id],
            at=clock.now() + timedelta(days=3),
            source_id="order:1",
            channel="web",
        )
    # then
    assert marked == 1
    assert sorted(TryOn.objects.values_list("outcome", flat=True)) == ["bought", "bought_later"]
    with pytest.raises(Conflict) as refusal:
        floor.tell_outcome(actor=cast.actor("clerk"), tryon_uuid=str(tried.uuid), outcome="not_bought")
    assert refusal.value.code == "tryon_bought_later"


def test_three_things_that_go_with_it_are_offered_best_pair_first(cast: Cast) -> None:
    # given six pairs: one she owns nothing of, one not here, one reserved, one discreet, one no longer sold
    coat = factories.variant(size="M")
    goods = [factories.variant(name_ja=f"品{number}", size=size) for number, size in enumerate("SMLSMLM")]
    for rank, other in enumerate(goods, 1):
        pair(coat, other, rank)
        factories.stocked(variant=other, store=cast.umeda, on_hand=9)
    for other in goods[1:]:
        factories.stocked(variant=other, store=cast.shibuya, on_hand=2, shelf="B3")
    Style.objects.filter(pk=goods[2].style_id).update(is_active=False)
    goods[3].stock.filter(store=cast.shibuya).update(reserved=2)
    # when
    with override("en"):
        found = record(cast, coat).suggestions
    # then
    assert [each.variant.style.name_ja for each in found] == ["品1", "品4", "品5"]
    assert {(each.here, each.shelf) for each in found} == {(2, "B3")}
    assert {each.reason for each in found} == {"Goes with Wool coat"}


def test_of_one_style_the_size_in_her_hands_comes_first(cast: Cast) -> None:
    coat = factories.variant(size="M")
    large = factories.variant(style="KNIT", name_ja="ニット", size="L")
    medium = factories.variant(style="KNIT", name_ja="ニット", size="M")
    pair(coat, large, 1)
    for variant, pieces in ((large, 9), (medium, 1)):
        factories.stocked(variant=variant, store=cast.shibuya, on_hand=pieces)
    found = coordination.goes_with(variant_id=coat.pk, store_id=cast.shibuya.pk, customer_id=cast.hanako.pk)
    assert [(each.variant.size, each.here) for each in found] == [("M", 1)]


def test_what_goes_with_it_costs_three_queries(cast: Cast, django_assert_num_queries: Any) -> None:
    coat = factories.variant()
    for rank in range(1, 9):
        other = factories.variant()
        pair(coat, other, rank)
        factories.stocked(variant=other, store=cast.shibuya, on_hand=1)
    # 1 the pairs, 2 what she owns, 3 stock here with variant and style
    with django_assert_num_queries(3):
        found = coordination.goes_with(variant_id=coat.pk, store_id=cast.shibuya.pk, customer_id=cast.hanako.pk)
    assert len(found) == 3


def test_two_taps_at_the_counter_record_and_propose(cast: Cast) -> None:
    # given a wish, so that the coat stands in the form
    coat = factories.variant()
    other = factories.variant(name_en="Ribbed knit")
    pair(coat, other, 1)
    factories.stocked(variant=other, store=cast.shibuya, on_hand=3, shelf="A1")
    client = client_of(cast, "clerk")
    # when the first tap opened the form, the second sends it; and the clerk's finger trembles
    form = {"key": "k-1", "variant": str(coat.pk), "outcome": "not_bought"}
    address = reverse("customer-tryon-add", args=[cast.hanako.uuid])
    first, again = client.post(address, form), client.post(address, form)
    # then
    tried = TryOn.objects.get()
    page = reverse("customer-tryon", args=[cast.hanako.uuid, tried.uuid])
    assert (first.status_code, first["Location"], again["Location"]) == (302, page, page)
    text = client.get(page).content.decode()
    assert "Ribbed knit" in text
    assert "shelf A1" in text
    assert ContextReceipt.objects.count() == 1


def test_a_scanned_code_is_found_and_an_unknown_one_is_given_back(cast: Cast) -> None:
    coat = factories.variant()
    client = client_of(cast, "clerk")
    address = reverse("customer-tryon-add", args=[cast.hanako.uuid])
    refused = client.post(address, {"key": "k-1", "code": "NO-SUCH", "outcome": ""})
    assert refused.status_code == 422
    assert 'value="NO-SUCH"' in refused.content.decode()
    assert TryOn.objects.count() == 0
    assert client.post(address, {"key": "k-1", "code": coat.barcode, "outcome": ""}).status_code == 302
    assert TryOn.objects.get().variant == coat


def test_the_outcome_is_told_on_the_answer_page(cast: Cast) -> None:
    tried = record(cast, factories.variant(size="38")).tryon
    factories.variant(style=tried.variant.style.external_id, size="40")
    client = client_of(cast, "clerk")
    page = reverse("customer-tryon", args=[cast.hanako.uuid, tried.uuid])
    assert 'name="better_size" value="40"' in client.get(page).content.decode()
    # when
    form = {"key": "k-2", "outcome": "not_bought", "reason": "size", "better_size": "40"}
    answer = client.post(reverse("customer-tryon-outcome", args=[cast.hanako.uuid, tried.uuid]), form)
    # then
    assert answer["Location"] == page
    found = instore.tryons_of(customer_id=cast.hanako.pk)[0]
    fits = Variant.objects.get(style=tried.variant.style, size="40")
    assert (found.better_size, found.better_variant_id) == ("40", fits.pk)


@pytest.mark.parametrize("name", ["other_clerk", "agent", "marketer", "bare"])
def test_pages_of_try_ons_are_hidden_from_others(cast: Cast, name: str) -> None:
    tried = record(cast, factories.variant()).tryon
    client = client_of(cast, name)
    address = reverse("customer-tryon-add", args=[cast.hanako.uuid])
    form = {"key": "k", "variant": str(tried.variant_id), "outcome": ""}
    assert client.post(address, form).status_code == 404
    assert client.get(reverse("customer-tryon", args=[cast.hanako.uuid, tried.uuid])).status_code == 404
    assert client.get(reverse("customer-tryon", args=[cast.namesake.uuid, tried.uuid])).status_code == 404
    assert (TryOn.objects.count(), ContextReceipt.objects.count()) == (1, 0)


def test_an_outsider_is_sent_to_sign_in(cast: Cast) -> None:
    answer = Client().post(reverse("customer-tryon-add", args=[cast.hanako.uuid]), {"key": "k"})
    assert (answer.status_code, TryOn.objects.count()) == (302, 0)


def test_try_ons_are_read_in_one_query(cast: Cast, django_assert_num_queries: Any) -> None:
    for _number in range(5):
        record(cast, factories.variant(), outcome="not_bought", reason="size", better_size="M")
    # 1 the try-ons with variant, style, category, store and the variant that would fit
    with django_assert_num_queries(1):
        assert len(instore.tryons_of(customer_id=cast.hanako.pk)) == 5
    assert Customer.objects.get(pk=cast.hanako.pk).context_seq == 1
