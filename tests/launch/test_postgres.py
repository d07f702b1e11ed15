"""The embedded PostgreSQL: a cluster that reads Japanese and survives kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from config.launch import processes, servers, suite
from config.launch.errors import LaunchError
from config.launch.homes import TEST15, Home
from config.launch.postgres import Postgres
from config.launch.servers import Servers


@pytest.fixture
def postgres(ours: Servers) -> Postgres:
    """A running server."""
    assert ours.postgres is not None
    ours.postgres.start()
    return ours.postgres


def test_it_finds_trigrams_in_japanese(postgres: Postgres) -> None:
    assert postgres.query("SELECT cardinality(show_trgm('山'))") != "0"
    assert postgres.query("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'yorisoi'") == "UTF8"


def test_it_listens_on_a_closed_socket_only(postgres: Postgres) -> None:
    assert postgres.query("SHOW listen_addresses") == ""
    assert postgres.home.sockets.stat().st_mode & 0o777 == 0o700
    assert len(os.fsencode(postgres.home.sockets / ".s.PGSQL.5432")) < 104


def test_its_first_line_and_state_say_ready(postgres: Postgres) -> None:
    running = postgres.running()
    assert running is not None
    lines = (postgres.data / "postmaster.pid").read_text().splitlines()
    assert (lines[0], lines[7].strip()) == (str(running.pid), "ready")


def test_a_second_start_adopts_it(postgres: Postgres) -> None:
    # Given
    before = postgres.running()
    # When
    postgres.start()
    # Then
    assert postgres.running() == before


def test_it_starts_again_after_kill_nine_with_its_data(demo: Servers) -> None:
    # Given: committed rows, and a backend that is busy when the postmaster dies
    postgres = demo.postgres
    assert postgres is not None
    postgres.start()
    postgres.query("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    busy = subprocess.Popen(
        [postgres.programs / "psql", "-h", postgres.home.sockets, "-U", "yorisoi", "-c", "SELECT pg_sleep(1)"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    before = postgres.running()
    assert before is not None
    # When
    os.kill(before.pid, signal.SIGKILL)
    postgres.start()
    # Then
    busy.wait()
    after = postgres.running()
    assert after is not None
    assert after.pid != before.pid
    assert postgres.query("SELECT count(*) FROM kept") == "1000"


def test_a_server_whose_record_was_lost_is_found_by_its_own_lock(postgres: Postgres) -> None:
    # Given
    before = postgres.running()
    assert before is not None
    postgres.record_path.unlink()
    # When
    postgres.start()
    # Then
    after = postgres.running()
    assert after is not None
    assert after.pid != before.pid
    assert not before.alive()


def test_a_lock_that_names_another_program_does_not_stop_the_start(postgres: Postgres) -> None:
    # Given: as after a container's restart, when numbers are handed out anew
    postgres.stop()
    lock = postgres.data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{postgres.data}\n0\n5432\n\n\n0 0\nready\n")
    # When
    postgres.start()
    # Then
    assert postgres.query("SELECT 1") == "1"
    assert processes.identity(os.getpid()) is not None


def test_data_of_another_major_version_is_refused_untouched(postgres: Postgres) -> None:
    # Given
    postgres.stop()
    version = postgres.data / "PG_VERSION"
    ours = version.read_text()
    version.write_text("14\n")
    # When
    with pytest.raises(LaunchError) as caught:
        postgres.start()
    # Then
    version.write_text(ours)
    assert "written by PostgreSQL 14" in str(caught.value)
    assert "pg_dump" in str(caught.value)
    assert postgres.running() is None
    postgres.start()


@pytest.mark.skipif(not (suite.DEBIAN_POSTGRES_15 / "postgres").is_file(), reason="Debian's PostgreSQL 15 is not here")
def test_debian_s_postgresql_15_serves_too(place: Path) -> None:
    # Given: another bin directory, whose initdb knows no builtin locale provider
    found = servers.servers_in(Home(place / "home", TEST15), suite.DEBIAN_POSTGRES_15).postgres
    assert found is not None
    # When
    found.start()
    # Then
    assert found.query("SHOW server_version_num").startswith("15")
    assert found.query("SELECT cardinality(show_trgm('山'))") != "0"
    found.stop()


def test_a_half_made_cluster_is_made_anew(postgres: Postgres) -> None:
    # Given: a run that was killed during initdb left only its draft
    postgres.stop()
    finished = postgres.data.rename(postgres.data.with_name("draft"))
    (finished / "PG_VERSION").unlink()
    # When
    postgres.start()
    # Then
    assert postgres.query("SELECT 1") == "1"
    assert not finished.exists()
