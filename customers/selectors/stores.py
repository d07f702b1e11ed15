"""Where and when a store can be visited: hours, the next opening, and which stores are near."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, FloatField, Value
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from customers.models import OpeningHours, SpecialDay, Store

EARTH_DIAMETER_KM = 12742.0
DAYS_AHEAD = 60  # a store closed for longer has no next opening worth printing


def opening_of(*, store: Store, day: date) -> tuple[time, time] | None:
    """Return when the store opens and closes that day, in its own time zone; None when closed. 2 queries.

    A dated exception outranks the weekday's usual hours. A store out of business is closed.
    """
    return _hours(store, day, day).get(day)


def is_open(*, store: Store, at: datetime) -> bool:
    """Return whether the store is open at this moment (aware); the closing minute is closed. 2 queries."""
    local = at.astimezone(_zone(store))
    hours = opening_of(store=store, day=local.date())
    return hours is not None and hours[0] <= local.time() < hours[1]


def next_opening(*, store: Store, at: datetime) -> datetime | None:
    """Return when the store next opens: aware, later than `at`; None when it stays closed for 60 days. 2 queries."""
    zone = _zone(store)
    today = at.astimezone(zone).date()
    hours = _hours(store, today, today + timedelta(days=DAYS_AHEAD))
    openings = (datetime.combine(day, hours[day][0], zone) for day in sorted(hours))
    return next((opening for opening in openings if opening > at), None)


def nearest(*, latitude: float, longitude: float, limit: int) -> list[tuple[Store, float]]:
    """Return stores in business with a position, nearest first, each with its distance in km as the crow flies.

    Haversine on a sphere (error below 0.5 %), computed and cut off by the database. Raises Invalid (`position`)
    for a place not on earth. 1 query.
    """
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Invalid("position", _("This is not a place on earth."))
    # sin² of half the angle, in latitude and in longitude; the sum may pass 1 by a rounding error at the antipode
    north = Power(Sin(Radians(F("latitude") - Value(latitude)) / 2), 2)
    east = Power(Sin(Radians(F("longitude") - Value(longitude)) / 2), 2)
    chord = north + Cos(Radians(Value(latitude, FloatField()))) * Cos(Radians(F("latitude"))) * east
    placed = Store.objects.filter(is_open=True, latitude__isnull=False)
    ordered = placed.annotate(km=Value(EARTH_DIAMETER_KM) * ASin(Sqrt(Least(chord, Value(1.0))))).order_by("km", "code")
    return [(store, float(vars(store)["km"])) for store in ordered[:limit]]


def _hours(store: Store, first: date, last: date) -> dict[date, tuple[time, time]]:
    if not store.is_open:
        return {}
    special = {row.day: row for row in SpecialDay.objects.filter(store=store, day__range=(first, last))}
    usual = {row.weekday: row for row in OpeningHours.objects.filter(store=store)}
    found: dict[date, tuple[time, time]] = {}
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        row = special[day] if day in special else usual.get(day.weekday())
        if row is not None and row.opens is not None and row.closes is not None:
            found[day] = (row.opens, row.closes)
    return found


def _zone(store: Store) -> ZoneInfo:
    return ZoneInfo(store.time_zone)
