"""Who uses the servers, and when do they stop?"""

from __future__ import annotations

import pytest

from config.launch import environment, servers
from config.launch.errors import LaunchError
from config.launch.homes import DEMO, TEST, Home
from config.launch.servers import Servers


def test_the_last_user_stops_them(ours: Servers) -> None:
    # When
    with servers.in_use(ours):
        with servers.in_use(ours):
            assert ours.running()
        # Then: one user is left
        assert ours.running()
    assert not ours.running()


def test_kept_ones_stay_until_they_are_stopped(ours: Servers) -> None:
    # Given
    with servers.in_use(ours, keep=True):
        pass
    assert ours.running()
    # When
    with servers.in_use(ours):
        pass
    # Then
    assert ours.running()
    assert servers.stop_unless_used(ours)
    assert not ours.running()


def test_a_stop_leaves_used_ones_alone(ours: Servers) -> None:
    with servers.in_use(ours):
        assert not servers.stop_unless_used(ours)
        assert ours.running()


def test_runs_beside_each_other_get_databases_of_their_own(ours: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    monkeypatch.delenv("TEST_DB_SUFFIX", raising=False)
    # When
    with servers.test_slot(ours.home) as first, servers.test_slot(ours.home) as second:
        one = environment.test_environment(ours, first)
        two = environment.test_environment(ours, second)
    # Then
    assert (one["TEST_DB_SUFFIX"], two["TEST_DB_SUFFIX"]) == ("", "1")
    assert (one["TEST_CACHE_BASE"], two["TEST_CACHE_BASE"]) == ("2", "18")
    assert one["BROKER_URL"] != two["BROKER_URL"]
    # And a finished run's number is free again
    with servers.test_slot(ours.home) as third:
        assert third == first


def test_given_addresses_replace_the_demo_s_servers(demo: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    monkeypatch.setenv("DATABASE_URL", "postgresql://shop@db.example/shop")
    monkeypatch.setenv("BROKER_URL", "amqp://broker.example")
    # When
    found = servers.servers_in(demo.home)
    # Then
    assert found.postgres is None
    env = environment.product_environment(found)
    assert env["DATABASE_URL"] == "postgresql://shop@db.example/shop"
    assert env["BROKER_URL"] == "amqp://broker.example"
    assert env["CACHE_URL"].startswith("unix:///")


def test_all_three_given_leave_nothing_to_start(demo: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL"):
        monkeypatch.setenv(name, "given://here")
    found = servers.servers_in(demo.home)
    assert (found.postgres, found.valkey) == (None, None)


def test_tests_never_look_at_given_addresses(ours: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "BROKER_URL", "CACHE_URL"):
        monkeypatch.setenv(name, "given://here")
    found = servers.servers_in(Home(ours.home.path, TEST))
    env = environment.test_environment(found, 0)
    assert "given://here" not in {env["DATABASE_URL"], env["BROKER_URL"], env["CACHE_URL"]}


def test_only_the_demo_gets_a_generated_secret(demo: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("DEMO", "1")
    assert demo.home.purpose == DEMO
    assert len(environment.product_environment(demo)["SECRET_KEY"]) >= 50
    # When
    monkeypatch.setenv("DEMO", "0")
    # Then
    with pytest.raises(LaunchError, match="DEMO=0 needs a SECRET_KEY"):
        environment.product_environment(demo)
