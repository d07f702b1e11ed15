"""When a store is open, when it opens next, and which one is near."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from config.lib.errors import Invalid
from customers.models import OpeningHours, SpecialDay, Store
from customers.selectors import stores
from tests import factories

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)


@pytest.fixture
def shop() -> Store:
    """Open from 11 to 20 on Monday to Friday; closed on 23 November, long hours on the Sunday before."""
    found = factories.store(code="SHOP")
    for weekday in range(5):
        OpeningHours.objects.create(store=found, weekday=weekday, opens=time(11), closes=time(20))
    SpecialDay.objects.create(store=found, day=date(2026, 11, 23))
    SpecialDay.objects.create(store=found, day=date(2026, 11, 22), opens=time(9), closes=time(22))
    return found


def tokyo(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=stores.ZoneInfo("Asia/Tokyo")).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (FRIDAY, (time(11), time(20))),
        (date(2026, 11, 21), None),
        (date(2026, 11, 22), (time(9), time(22))),
        (date(2026, 11, 23), None),
        (date(2026, 11, 24), (time(11), time(20))),
    ],
)
def test_a_special_day_outranks_the_weekday(shop: Store, day: date, hours: tuple[time, time] | None) -> None:
    assert stores.opening_of(store=shop, day=day) == hours


@pytest.mark.parametrize(
    ("at", "open_now"),
    [
        (tokyo(20, 10, 59), False),
        (tokyo(20, 11), True),
        (tokyo(20, 19, 59), True),
        (tokyo(20, 20), False),
        (tokyo(21, 12), False),
    ],
)
def test_open_means_within_the_hours_of_its_own_zone(shop: Store, at: datetime, open_now: bool) -> None:
    assert stores.is_open(store=shop, at=at) is open_now


def test_hours_are_the_stores_own_zone(shop: Store) -> None:
    # given: 11 o'clock in Honolulu is 6 in the morning of the next day in Tokyo
    shop.time_zone = "Pacific/Honolulu"
    # when, then
    assert stores.is_open(store=shop, at=tokyo(21, 6)) is True
    assert stores.is_open(store=shop, at=tokyo(20, 12)) is True
    assert stores.is_open(store=shop, at=tokyo(20, 16)) is False


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        (tokyo(20, 9), tokyo(20, 11)),
        (tokyo(20, 11), tokyo(22, 9)),
        (tokyo(22, 10), tokyo(24, 11)),
    ],
)
def test_the_next_opening_skips_closed_days(shop: Store, at: datetime, opening: datetime) -> None:
    assert stores.next_opening(store=shop, at=at) == opening


def test_a_store_out_of_business_or_without_hours_never_opens(shop: Store) -> None:
    assert stores.next_opening(store=factories.store(), at=tokyo(20, 9)) is None
    shop.is_open = False
    assert stores.is_open(store=shop, at=tokyo(20, 12)) is False
    assert stores.next_opening(store=shop, at=tokyo(20, 9)) is None


def test_hours_cost_two_queries(shop: Store, django_assert_num_queries: Any) -> None:
    # 1 special days  2 usual hours
    with django_assert_num_queries(2):
        stores.is_open(store=shop, at=tokyo(20, 12))
    with django_assert_num_queries(2):
        stores.next_opening(store=shop, at=tokyo(20, 12))


def test_the_nearest_stores_come_first_with_their_distance(django_assert_num_queries: Any) -> None:
    # given
    shibuya = factories.store(code="SHIBUYA", latitude=35.6580, longitude=139.7016)
    shinjuku = factories.store(code="SHINJUKU", latitude=35.6896, longitude=139.7006)
    umeda = factories.store(code="UMEDA", latitude=34.7025, longitude=135.4959)
    factories.store(code="CLOSED", latitude=35.6580, longitude=139.7016, is_open=False)
    factories.store(code="NOWHERE")
    # when: from Harajuku station
    # 1 the stores
    with django_assert_num_queries(1):
        found = stores.nearest(latitude=35.6702, longitude=139.7027, limit=3)
    # then
    assert [store for store, _km in found] == [shibuya, shinjuku, umeda]
    assert [round(km, 1) for _store, km in found] == [1.4, 2.2, 397.1]
    assert len(stores.nearest(latitude=35.6702, longitude=139.7027, limit=1)) == 1


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(90.1, 0.0), (0.0, 180.1), (float("nan"), 0.0), (float("inf"), 0.0)]
)
def test_a_place_not_on_earth_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(Invalid):
        stores.nearest(latitude=latitude, longitude=longitude, limit=3)


def test_the_other_end_of_the_earth_is_half_its_girth_away() -> None:
    factories.store(code="HERE", latitude=35.0, longitude=139.0)
    ((_store, km),) = stores.nearest(latitude=-35.0, longitude=-41.0, limit=1)
    assert round(km) == 20015
