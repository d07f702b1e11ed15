"""The demo shop: the same for the same day, consistent people, and nothing of an earlier one after a refresh."""

from __future__ import annotations

from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from customers.models import Address, Customer, Store
from journeys.models import Cart, Interaction
from journeys.services import demo, demonames
from tests import factories

DAY = date(2026, 11, 21)
TOLD = ("kind", "customer__member_number", "occurred_at", "channel", "source", "text", "data")


def story() -> list[tuple[object, ...]]:
    """Everything that was told, without the ids that are drawn anew each time."""
    return sorted(Interaction.objects.values_list(*TOLD), key=repr)


@pytest.mark.django_db(transaction=True)
def test_the_same_day_gives_the_same_shop_and_another_day_moves_it() -> None:
    # given
    counts = demo.seed(people=36, today=DAY)
    first = story()
    # when it is forgotten and told again
    assert demo.seed(people=36, today=DAY, is_refresh=True) == counts
    # then
    assert story() == first
    assert counts == (36, len(first))
    # and a day later everything happens a day later
    demo.seed(people=36, today=date(2026, 11, 22), is_refresh=True)
    moved = story()
    assert len(moved) == len(first)
    assert max(row[2] for row in moved) - max(row[2] for row in first) == datetime(2026, 11, 22) - datetime(
        2026, 11, 21
    )


@pytest.mark.django_db(transaction=True)
def test_a_refresh_leaves_nothing_of_what_was_there() -> None:
    demo.seed(people=5, today=DAY)
    stray = factories.customer(member_number="77777777")
    demo.seed(people=5, today=DAY, is_refresh=True)
    assert Customer.objects.filter(member_number=stray.member_number).count() == 0
    assert Customer.objects.count() == 5


@pytest.mark.django_db
def test_names_and_readings_agree_and_homes_have_their_postcodes() -> None:
    demo.seed(people=120, today=DAY)
    readings = {(name, kana) for name, kana, _latin in (*demonames.FAMILY, *demonames.GIVEN)}
    people = list(Customer.objects.order_by("pk"))
    assert {(row.family_name, row.family_kana) for row in people} <= readings
    assert {(row.given_name, row.given_kana) for row in people} <= readings
    assert people[0].full_name == "髙橋 花子"
    assert Address.objects.filter(valid_to__isnull=True, postcode__regex=r"^\d{3}-\d{4}$").count() == 120


@pytest.mark.deep
@pytest.mark.django_db
def test_the_whole_shop_has_twelve_stores_and_sixty_thousand_facts() -> None:
    people, facts = demo.seed(people=3_000, today=DAY)
    assert (people, Store.objects.count()) == (3_000, 12)
    assert facts == Interaction.objects.count() >= 60_000
    assert Customer.objects.values("home_store").distinct().count() == 12


@pytest.mark.django_db
def test_a_database_in_use_is_left_alone() -> None:
    factories.store(code="OURS", name_ja="本店", name_en="Main")
    with pytest.raises(CommandError, match="This database is in use"):
        call_command("seed_demo", people=5)
    call_command("seed_demo", people=5, if_empty=True)
    assert Customer.objects.count() == 0


@pytest.mark.django_db
def test_the_command_says_what_it_made() -> None:
    said = StringIO()
    call_command("seed_demo", people=5, today=DAY, stdout=said)
    assert said.getvalue().startswith("Demo shop: 5 customers, ")
    with pytest.raises(CommandError, match="--people takes 1 to 8999"):
        call_command("seed_demo", people=0)


@pytest.mark.django_db
def test_the_four_stories_stand_on_their_timelines() -> None:
    # given
    demo.seed(people=60, today=DAY)
    shibuya = Customer.objects.filter(home_store__code="SHIBUYA").order_by("pk")[8:12]
    kinds = [
        list(Interaction.objects.filter(customer=row).order_by("occurred_at", "pk").values_list("kind", "data"))
        for row in shibuya
    ]
    # then a coat is wished for, tried on, talked over, and bought later
    coat, birthday, sport, cleaner = kinds
    names = [kind for kind, _data in coat]
    order = [names.index(kind) for kind in ("wish.added", "tryon.recorded", "note.written", "tryon.decided")]
    assert order == sorted(order)
    assert ("order.placed" in names[order[2] :]) is True
    # and the birthday of somebody who likes skin care is three days away
    born = shibuya[1].birthday
    assert (born.month, born.day) == (11, 24)
    assert "interest.saved" in [kind for kind, _data in birthday]
    # and the sports cart is open, the cleaner was asked about before it was bought
    cart = Cart.objects.get(customer=shibuya[2])
    assert (cart.state, cart.lines.count()) == (Cart.State.OPEN, 2)
    talked = [kind for kind, _data in cleaner]
    assert talked.index("call.received") < len(talked) - 1 - talked[::-1].index("order.placed")
    assert "cart.updated" in [kind for kind, _data in sport]
