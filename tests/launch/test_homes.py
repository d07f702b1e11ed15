"""Data homes: ours are marked, others' are refused, and a place that cannot serve is refused untouched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.launch import homes, servers, upkeep
from config.launch.accounts import Account, server_account
from config.launch.errors import LaunchError
from config.launch.homes import CHECKOUT, DEMO, TEST, Home

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the servers another user")


@pytest.fixture
def caller() -> Account:
    """Servers that run as the caller: no system user, no copies."""
    return Account(os.geteuid(), os.getegid(), lent=False)


def test_each_checkout_and_purpose_has_a_home_of_its_own(no_addresses: None) -> None:
    found = {homes.home_for(purpose).path for purpose in homes.ALL}
    assert len(found) == 4
    assert all(CHECKOUT not in path.parents for path in found)


@AS_ROOT
def test_root_keeps_its_data_where_a_system_user_can_go(no_addresses: None) -> None:
    assert homes.home_for(DEMO).path.parent == Path("/var/lib/yorisoi")


def test_an_ordinary_user_keeps_it_in_the_user_s_data_directory(
    no_addresses: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/yamada/data")
    assert homes.home_for(DEMO).path.parent == Path("/home/yamada/data/yorisoi")


def test_a_given_home_counts_and_tests_stand_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YORISOI_HOME", "/srv/shop")
    assert homes.home_for(DEMO).path == Path("/srv/shop")
    assert homes.home_for(TEST).path == Path("/srv/shop-test")


def test_a_directory_with_other_files_is_refused_untouched(place: Path, caller: Account) -> None:
    # Given
    (place / "diary.txt").write_text("mine")
    # When
    with pytest.raises(LaunchError, match=f"YORISOI_HOME={place} holds other files"):
        Home(place, DEMO).prepare(caller)
    # Then
    assert [path.name for path in place.iterdir()] == ["diary.txt"]


def test_a_place_inside_the_repository_is_refused(caller: Account) -> None:
    with pytest.raises(LaunchError, match="inside the repository"):
        Home(CHECKOUT / "var-of-a-test", DEMO).prepare(caller)
    assert not (CHECKOUT / "var-of-a-test").exists()


@AS_ROOT
def test_a_place_the_system_user_cannot_enter_is_refused_by_name(place: Path) -> None:
    # Given
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    # When
    with pytest.raises(LaunchError) as caught:
        Home(closed / "shop" / "home", DEMO).prepare(server_account())
    # Then
    assert f"YORISOI_HOME={closed}/shop/home" in str(caught.value)
    assert f"cannot enter {closed}" in str(caught.value)
    assert list(closed.iterdir()) == []
    assert closed.stat().st_mode & 0o777 == 0o700


@AS_ROOT
def test_a_strict_umask_does_not_shut_the_system_user_out(place: Path) -> None:
    # Given
    before = os.umask(0o077)
    # When
    try:
        home = Home(place / "deep" / "home", TEST)
        home.prepare(server_account())
    finally:
        os.umask(before)
    # Then
    assert server_account().can_enter(home.sockets)


def test_sockets_of_a_long_path_go_to_a_short_one(place: Path, caller: Account) -> None:
    # Given
    home = Home(place / ("long-" * 20), TEST)
    # When
    home.prepare(caller)
    # Then
    assert home.sockets.parent == Path("/tmp")
    assert home.sockets.stat().st_mode & 0o777 == 0o700
    home.remove()
    assert not home.sockets.exists()


def test_a_link_in_the_place_of_the_short_sockets_is_refused(place: Path, caller: Account) -> None:
    # Given: somebody was there first
    home = Home(place / ("long-" * 20), TEST)
    home.sockets.symlink_to(place)
    # When
    with pytest.raises(LaunchError, match="belongs to somebody else"):
        home.prepare(caller)
    # Then
    home.sockets.unlink()


def test_the_secret_key_is_made_once_and_for_its_owner_only(place: Path, caller: Account) -> None:
    # Given
    home = Home(place / "home", DEMO)
    home.prepare(caller)
    # When
    first, second = home.secret_key(), home.secret_key()
    # Then
    assert first == second
    assert len(first) >= 50
    assert (home.path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_log_beyond_ten_megabytes_is_put_aside(place: Path, caller: Account) -> None:
    # Given
    home = Home(place / "home", DEMO)
    home.prepare(caller)
    with (home.log / "web.log").open("wb") as file:
        file.truncate(11 * 1024 * 1024)
    # When
    os.close(home.open_log("web"))
    # Then
    assert (home.log / "web.log").stat().st_size == 0
    assert (home.log / "web.log.1").stat().st_size == 11 * 1024 * 1024


def test_clean_data_refuses_what_is_not_ours(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    (place / "home").mkdir()
    (place / "home" / "diary.txt").write_text("mine")
    monkeypatch.setenv("YORISOI_HOME", str(place / "home"))
    monkeypatch.setenv("YES", "1")
    # When
    with pytest.raises(LaunchError, match="not a data home of ours; nothing deleted"):
        upkeep.clean_data()
    # Then
    assert (place / "home" / "diary.txt").read_text() == "mine"


def test_clean_data_without_an_answer_deletes_nothing(
    place: Path, caller: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given
    home = Home(place / "home", DEMO)
    home.prepare(caller)
    monkeypatch.setenv("YORISOI_HOME", str(home.path))
    monkeypatch.delenv("YES", raising=False)
    # When
    code = upkeep.clean_data()
    # Then
    assert code == 1
    assert "Nothing deleted." in capsys.readouterr().out
    assert home.is_ours()


def test_clean_data_deletes_our_homes(
    place: Path, no_addresses: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given
    monkeypatch.setenv("YORISOI_HOME", str(place / "home"))
    monkeypatch.setenv("YES", "1")
    for purpose in (DEMO, TEST):
        homes.home_for(purpose).prepare(server_account())
    # When
    code = upkeep.clean_data()
    # Then
    assert code == 0
    assert list(place.iterdir()) == []


def test_clean_data_leaves_a_home_that_a_command_uses(
    place: Path, no_addresses: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given two data homes, the servers of one in use
    monkeypatch.setenv("YORISOI_HOME", str(place / "home"))
    monkeypatch.setenv("YES", "1")
    demo, used = homes.home_for(DEMO), homes.home_for(TEST)
    demo.prepare(server_account())
    with servers.in_use(servers.servers_in(used)):
        # When
        code = upkeep.clean_data()
        # Then the free one is gone and the used one untouched
        assert code == 1
        assert "The test servers are in use by a running command; left alone." in capsys.readouterr().out
        assert used.is_ours()
        assert servers.servers_in(used).running()
    assert not demo.path.exists()


def test_what_the_benchmarks_measure_survives_a_power_cut_and_test_data_need_not() -> None:
    assert [Home(Path("/x"), purpose).durable for purpose in homes.ALL] == [True, False, False, True]
