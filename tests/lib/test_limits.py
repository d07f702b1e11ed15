"""The atomic limiter: exactly as many as it says, whoever asks, however many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from django.urls import reverse

from config.lib import limits
from config.lib.errors import TooMany, Unavailable
from tests.cast import Cast

THREADS = 50
ENGLISH = {"Accept-Language": "en"}
AWAY = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "unix:///nowhere/valkey.sock?db=1",
        "KEY_PREFIX": "yorisoi",
    }
}


@pytest.fixture(autouse=True)
def unused() -> None:
    """Nobody has used anything yet."""
    cache.clear()


def keys() -> list[str]:
    """Return the limiter's keys on the cache server."""
    return sorted(key.decode() for key in limits._client().keys("limit:*"))


@pytest.mark.parametrize("limit", [1, 5, 49])
def test_of_fifty_at_once_exactly_the_limit_pass(limit: int) -> None:
    # given
    gate = Barrier(THREADS)

    def one(_number: int) -> bool:
        gate.wait()
        try:
            limits.take("test", "who", limit=limit, seconds=60)
        except TooMany:
            return False
        return True

    # when
    with ThreadPoolExecutor(THREADS) as pool:
        passed = sum(pool.map(one, range(THREADS)))
    # then
    assert passed == limit


def test_the_limit_is_told_with_the_seconds_to_wait() -> None:
    limits.take("test", "who", limit=1, seconds=60)
    with pytest.raises(TooMany) as refused:
        limits.take("test", "who", limit=1, seconds=60)
    assert (refused.value.code, refused.value.status) == ("too_many", 429)
    assert 59 <= int(refused.value.retry_after or 0) <= 60


def test_a_window_begins_with_the_first_try_and_ends() -> None:
    limits.take("test", "who", limit=2, seconds=60)
    (key,) = keys()
    limits._client().pexpire(key, 30_000)
    # the second try does not move the end of the window
    limits.take("test", "who", limit=2, seconds=60)
    assert 29_000 < limits._client().pttl(key) <= 30_000
    with pytest.raises(TooMany):
        limits.take("test", "who", limit=2, seconds=60)
    # when the window is over, a new one begins
    limits._client().delete(key)
    limits.take("test", "who", limit=2, seconds=60)
    assert 59_000 < limits._client().pttl(key) <= 60_000


def test_names_and_callers_have_limits_of_their_own() -> None:
    limits.take("search", "anna", limit=1, seconds=60)
    limits.take("search", "berta", limit=1, seconds=60)
    limits.take("sign-in", "anna", limit=1, seconds=60)
    with pytest.raises(TooMany):
        limits.take("search", "anna", limit=1, seconds=60)


def test_the_cache_server_never_sees_who(settings: Any) -> None:
    limits.take("sign-in", "sakura@example.jp", limit=5, seconds=60)
    (key,) = keys()
    assert key.startswith("limit:sign-in:")
    assert "sakura" not in key
    # the hash is keyed: with another secret it is another key
    settings.SECRET_KEY = "another-secret" * 5
    limits.take("sign-in", "sakura@example.jp", limit=5, seconds=60)
    assert len(keys()) == 2


def test_without_the_cache_server_nobody_passes(settings: Any) -> None:
    settings.CACHES = AWAY
    with pytest.raises(Unavailable) as refused:
        limits.take("test", "who", limit=5, seconds=60)
    assert (refused.value.code, refused.value.status) == ("limiter_away", 503)


def test_without_the_cache_server_searching_says_so(cast: Cast, client: Any, settings: Any) -> None:
    # given
    client.force_login(cast.staff["clerk"])
    settings.CACHES = AWAY
    # when
    page = client.post(reverse("customer-search"), {"term": "山田 1234"}, headers=ENGLISH)
    problem = client.post(reverse("api:customer-search"), {"term": "山田 1234"}, content_type="application/json")
    # then
    assert page.status_code == 503
    assert "This is not possible for a moment. Try again soon." in page.content.decode()
    assert (problem.status_code, problem.json()["code"]) == (503, "limiter_away")
    assert problem["Content-Type"] == "application/problem+json"


def test_without_the_cache_server_sign_in_is_a_form_message(cast: Cast, client: Any, settings: Any) -> None:
    settings.CACHES = AWAY
    page = client.post(reverse("admin:login"), {"username": "clerk", "password": "clerk"}, headers=ENGLISH)
    assert page.status_code == 200
    assert "This is not possible for a moment. Try again soon." in page.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "10.0.0.9"),
        (0, "1.1.1.1", "10.0.0.9"),
        (0, "1.1.1.1, 2.2.2.2", "10.0.0.9"),
        (1, None, "10.0.0.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6,,1.1.1.1 , ", "1.1.1.1"),
        (2, "1.1.1.1, 10.0.0.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.1", "1.1.1.1"),
        (2, "1.1.1.1", "10.0.0.9"),  # fewer hops than proxies: nobody of ours wrote it
    ],
)
def test_the_address_is_what_our_own_proxies_saw(
    settings: Any, proxies: int, forwarded: str | None, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="10.0.0.9")
    assert limits.client_address(request) == address


def test_another_forged_address_each_time_does_not_help(cast: Cast, client: Any) -> None:
    # given: no proxy of ours, 100 tries an address
    answers = [
        client.post(
            reverse("admin:login"),
            {"username": f"guess-{number}", "password": "wrong"},
            headers={"X-Forwarded-For": f"1.1.{number}.1", **ENGLISH},
        )
        for number in range(101)
    ]
    # then
    refused = ["Too many tries. Wait and try again." in answer.content.decode() for answer in answers]
    assert refused == [False] * 100 + [True]
