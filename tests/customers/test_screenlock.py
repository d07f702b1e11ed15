"""A locked screen answers nothing; the way back is a PIN on an enrolled device, or the password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from config.lib import clock
from config.lib.errors import Invalid, NotFound, Refused
from customers.models import StaffPin, StoreDevice, User
from customers.services import devices, pins, screenlock
from journeys.models import Note
from tests.cast import Cast
from tests.customers.test_worklist import client_of
from tests.races.crowd import at_once, errors

PIN = "4937"


def device_for(cast: Cast, client: Client) -> StoreDevice:
    """Enrol the browser in hand as one of Shibuya's."""
    enrolled = devices.enrol(actor=cast.actor("store_manager"), label="レジ横")
    client.cookies[settings.DEVICE_COOKIE_NAME] = enrolled.token
    return enrolled.device


def pin_of(cast: Cast, name: str = "clerk") -> StaffPin:
    """Give a member her PIN."""
    return pins.set_pin(actor=cast.actor(name), password=name, pin=PIN)


def locked_client(cast: Cast, name: str = "clerk", back: str = "") -> Client:
    """A browser signed in as this member, its screen locked on a page."""
    client = client_of(cast, name)
    client.post(reverse("lock"), {"back": back or reverse("customer-page", args=[cast.hanako.uuid])})
    return client


@pytest.mark.parametrize(
    "route", ["home", "customer-page", "tasks", "store-reservations", "admin:password_change", "pin"]
)
def test_a_locked_session_shows_nothing(cast: Cast, route: str) -> None:
    client = locked_client(cast)
    answer = client.get(reverse(route, args=[cast.hanako.uuid] if route == "customer-page" else []))
    assert (answer.status_code, answer["Location"]) == (302, reverse("locked"))
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert "山田" not in page.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_nor_does_the_api_nor_a_part_of_a_page(cast: Cast) -> None:
    client = locked_client(cast)
    assert client.get(reverse("api:customer-brief", args=[cast.hanako.uuid])).status_code == 401
    part = client.get(reverse("customer-panel", args=[cast.hanako.uuid, "notes"]), headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Redirect"], part.content) == (423, reverse("locked"), b"")


def test_a_form_that_comes_late_is_not_saved(cast: Cast) -> None:
    client = locked_client(cast)
    body = {"key": "k", "text": "あとで", "scope": "company"}
    answer = client.post(reverse("customer-note-add", args=[cast.hanako.uuid]), body)
    assert answer.status_code == 423
    assert "Nothing was saved" in answer.content.decode()
    assert not Note.objects.exists()


def test_other_tabs_and_the_back_button_are_of_the_same_session(cast: Cast) -> None:
    client = locked_client(cast)
    other_tab = Client()
    other_tab.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert other_tab.get(reverse("home"))["Location"] == reverse("locked")


def test_signing_out_and_the_language_stay_possible(cast: Cast) -> None:
    client = locked_client(cast)
    assert client.post(reverse("set_language"), {"language": "ja", "next": "/locked/"})["Location"] == "/locked/"
    assert client.post(reverse("admin:logout")).status_code in {200, 302}
    assert client.get(reverse("home"))["Location"].startswith(reverse("admin:login"))


def test_the_pin_brings_her_back_to_her_page(cast: Cast) -> None:
    # given
    pin_of(cast)
    client = locked_client(cast)
    device_for(cast, client)
    assert 'name="pin"' in client.get(reverse("locked")).content.decode()
    # when
    answer = client.post(reverse("locked"), {"pin": PIN})
    # then
    assert answer["Location"] == reverse("customer-page", args=[cast.hanako.uuid])
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("missing", ["device", "ended", "other store", "pin", "sign-in today"])
def test_without_any_one_condition_only_the_password_counts(cast: Cast, missing: str) -> None:
    # given a locked screen on which one thing is missing
    if missing != "pin":
        pin_of(cast)
    client = locked_client(cast)
    device = device_for(cast, client)
    if missing == "device":
        del client.cookies[settings.DEVICE_COOKIE_NAME]
    if missing == "ended":
        devices.end(actor=cast.actor("store_manager"), device_id=device.pk)
    if missing == "other store":
        StoreDevice.objects.filter(pk=device.pk).update(store=cast.umeda)
    if missing == "sign-in today":
        User.objects.filter(username="clerk").update(last_login=clock.now() - timedelta(days=1))
    # then
    assert 'name="pin"' not in client.get(reverse("locked")).content.decode()
    assert client.post(reverse("locked"), {"pin": PIN}).status_code == 422
    assert client.get(reverse("home"))["Location"] == reverse("locked")
    assert client.post(reverse("locked"), {"password": "wrong"}).status_code == 422
    assert client.post(reverse("locked"), {"password": "clerk"})["Location"].startswith("/customers/")


def test_five_wrong_pins_end_it_even_for_the_right_one(cast: Cast) -> None:
    # given
    pin_of(cast)
    client = locked_client(cast)
    device_for(cast, client)
    for _try in range(5):
        answer = client.post(reverse("locked"), {"pin": "8052"})
    assert answer.status_code == 422
    # then the right one counts no more, here or in another session
    assert 'name="pin"' not in answer.content.decode()
    assert client.post(reverse("locked"), {"pin": PIN}).status_code == 422
    other = locked_client(cast)
    other.cookies[settings.DEVICE_COOKIE_NAME] = client.cookies[settings.DEVICE_COOKIE_NAME].value
    refused = other.post(reverse("locked"), {"pin": PIN})
    assert (refused.status_code, "Too many wrong PINs." in refused.content.decode()) == (422, True)
    # and the password gives her tries back
    client.post(reverse("locked"), {"password": "clerk"})
    client.post(reverse("lock"), {})
    assert client.post(reverse("locked"), {"pin": PIN})["Location"] == reverse("home")


def test_the_password_of_somebody_else_opens_nothing(cast: Cast) -> None:
    client = locked_client(cast)
    assert client.post(reverse("locked"), {"password": "store_manager"}).status_code == 422
    assert client.get(reverse("home"))["Location"] == reverse("locked")


def test_her_password_counts_as_todays_sign_in(cast: Cast) -> None:
    client = locked_client(cast)
    User.objects.filter(username="clerk").update(last_login=clock.now() - timedelta(days=2))
    client.post(reverse("locked"), {"password": "clerk"})
    assert User.objects.get(username="clerk").last_login > clock.now() - timedelta(minutes=1)  # type: ignore[operator]


@pytest.mark.parametrize("back", ["https://example.com/", "//example.com/", "javascript:1", "/locked/", "x" * 600])
def test_it_leads_back_to_pages_of_ours_only(cast: Cast, back: str) -> None:
    client = locked_client(cast, back=back)
    assert client.post(reverse("locked"), {"password": "clerk"})["Location"] == reverse("home")


def test_a_screen_that_is_not_locked_has_no_lock_page(cast: Cast) -> None:
    assert client_of(cast, "clerk").get(reverse("locked"))["Location"] == reverse("home")


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        *((text, "pin") for text in ("", "123", "1234567", "12a4", "１２３４", "12 4")),
        *(
            (text, "pin_trivial")
            for text in ("0000", "1234", "4321", "9012", "1212", "121212", "1990", "2026", "987654")
        ),
    ],
)
def test_a_pin_that_anybody_would_try_is_refused(cast: Cast, pin: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        pins.set_pin(actor=cast.actor("clerk"), password="clerk", pin=pin)
    assert refused.value.fields[0].code == code
    assert not StaffPin.objects.exists()


def test_a_pin_is_kept_as_a_hash_and_needs_the_password(cast: Cast) -> None:
    assert PIN not in pin_of(cast).pin_hash
    with pytest.raises(Invalid) as refused:
        pins.set_pin(actor=cast.actor("clerk"), password="wrong", pin="8052")
    assert refused.value.fields[0].code == "password"
    pins.check(user_id=cast.staff["clerk"].pk, pin=PIN)


def test_the_office_has_no_pin_and_clerks_enrol_no_device(cast: Cast) -> None:
    with pytest.raises(Refused):
        pins.set_pin(actor=cast.actor("agent"), password="agent", pin=PIN)
    with pytest.raises(Refused):
        devices.enrol(actor=cast.actor("clerk"), label="私物")
    assert not StoreDevice.objects.exists()


def test_the_manager_enrols_the_device_in_her_hands_and_ends_it(cast: Cast) -> None:
    client = client_of(cast, "store_manager")
    client.post(reverse("store-devices"), {"label": "レジ横"})
    cookie = client.cookies[settings.DEVICE_COOKIE_NAME]
    assert (bool(cookie["httponly"]), cookie["samesite"]) == (True, "Strict")
    device = StoreDevice.objects.get()
    assert device.token_hash not in cookie.value
    assert "This device belongs to the store." in client.get(reverse("store-devices")).content.decode()
    client.post(reverse("store-device-end", args=[device.pk]))
    assert devices.device_of(token=cookie.value) is None


def test_a_forged_token_or_another_stores_device(cast: Cast) -> None:
    mine = devices.enrol(actor=cast.actor("store_manager"), label="レジ横")
    assert devices.device_of(token=mine.token[:-1] + ("a" if mine.token[-1] != "a" else "b")) is None
    StoreDevice.objects.update(store=cast.umeda)
    with pytest.raises(NotFound):
        devices.end(actor=cast.actor("store_manager"), device_id=mine.device.pk)
    assert StoreDevice.objects.get().ended_at is None


def test_locking_again_keeps_the_page_and_the_count(cast: Cast) -> None:
    session: dict[str, object] = {}
    screenlock.lock(session=session, back="/a")
    session[screenlock.KEY]["wrong"] = 3  # type: ignore[index]
    screenlock.lock(session=session, back="/b")
    assert session[screenlock.KEY] == {"back": "/a", "wrong": 3}


@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_at_once_are_five(transactional_db: None) -> None:
    from tests import factories

    user = factories.staff(username="guessed", role="clerk", store=factories.store())
    guesses = at_once([lambda: pins.check(user_id=user.pk, pin="8052")] * 20)
    assert sorted(error.code for error in errors(guesses)) == ["pin_used_up"] * 15 + ["pin_wrong"] * 5
