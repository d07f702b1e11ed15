"""The one settings file: it refuses to start on what is missing or unsafe, and says why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.lib import env

ROOT = Path(__file__).resolve().parents[2]
REAL = {
    "SECRET_KEY": "8Jq2vX0sLw7Zc4Rk9TfB3nYh6MdGp1UeAi5oQxKzWbVtCjNr-0aZ",
    "DATABASE_URL": "postgresql://shop@db.example/shop",
    "BROKER_URL": "redis://broker.example/0",
    "CACHE_URL": "redis://cache.example/1",
    "ALLOWED_HOSTS": "crm.example.jp",
}


def start(*arguments: str, **given: str | None) -> subprocess.CompletedProcess[str]:
    """Run manage.py with nothing in the environment but REAL and what is given; None leaves one out."""
    told = {name: value for name, value in {**REAL, **given}.items() if value is not None}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "manage.py", *(arguments or ("check",))]
    return subprocess.run(
        command, cwd=ROOT, env={**kept, **told}, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is not set."),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set."),
        ({"SECRET_KEY": "   "}, "SECRET_KEY is not set."),
        ({"SECRET_KEY": REAL["SECRET_KEY"][:49]}, "SECRET_KEY must be a random value of at least 50 characters."),
        ({"SECRET_KEY": "x" * 60}, "SECRET_KEY must be a random value of at least 50 characters."),
        ({"SECRET_KEY": f"django-insecure-{REAL['SECRET_KEY']}"}, "SECRET_KEY must be a random value"),
        ({"SECRET_KEY": "your-secret-key-goes-here-replace-it-with-a-random-one"}, "SECRET_KEY must be a random value"),
        ({"SECRET_KEY": "change-me-" * 6}, "SECRET_KEY must be a random value"),
        (
            {"SECRET_KEY": "tests-only-0123456789abcdefghijklmnopqrstuvwxyz0123456789"},
            "SECRET_KEY must be a random value",
        ),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts; * is refused."),
        ({"ALLOWED_HOSTS": "crm.example.jp, *"}, "ALLOWED_HOSTS must name the hosts; * is refused."),
        ({"DEBUG": "ja"}, "DEBUG='ja' is not a yes or no (use 1 or 0)."),
        ({"DEMO": "2"}, "DEMO='2' is not a yes or no (use 1 or 0)."),
        ({"HTTPS": "maybe"}, "HTTPS='maybe' is not a yes or no (use 1 or 0)."),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES='-1' is not a whole number of at least 0."),
        ({"TRUSTED_PROXIES": "one"}, "TRUSTED_PROXIES='one' is not a whole number of at least 0."),
        ({"DATABASE_URL": "sqlite:///shop.db"}, "DATABASE_URL must be a postgresql:// address."),
        ({"DATABASE_URL": "mysql://shop@db/shop"}, "DATABASE_URL must be a postgresql:// address."),
        ({"DATABASE_URL": None}, "DATABASE_URL is not set."),
        ({"BROKER_URL": None}, "BROKER_URL is not set."),
        ({"CACHE_URL": None}, "CACHE_URL is not set."),
    ],
)
def test_it_does_not_start(given: dict[str, str | None], reason: str) -> None:
    # when
    done = start(**given)
    # then
    assert done.returncode != 0
    assert reason in done.stderr


def test_the_demo_needs_a_key_as_well() -> None:
    done = start(DEMO="1", SECRET_KEY="short")
    assert done.returncode != 0
    assert "SECRET_KEY must be a random value" in done.stderr


def test_with_everything_given_it_starts_and_the_deploy_checks_are_silent() -> None:
    done = start("check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stdout, done.stderr) == (0, "System check identified no issues (3 silenced).\n", "")


def test_a_start_writes_no_secret() -> None:
    done = start(TRUSTED_PROXIES="one")
    assert REAL["SECRET_KEY"] not in done.stdout + done.stderr


def shown(name: str, **given: str | None) -> str:
    """Return a setting as a start with this environment has it."""
    program = f"from django.conf import settings; print(repr((settings.{name})))"
    done = start("shell", "--no-imports", "-c", program, **given)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("DEBUG, settings.DEMO", {}, "(False, False)"),
        ("SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE", {}, "('__Host-session', True)"),
        ("CSRF_COOKIE_NAME, settings.CSRF_COOKIE_SECURE", {}, "('__Host-csrf', True)"),
        ("SESSION_COOKIE_HTTPONLY, settings.CSRF_COOKIE_HTTPONLY", {}, "(True, True)"),
        ("SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE", {}, "('Lax', 'Lax')"),
        ("SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER", {}, "(True, None)"),
        (
            "SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER",
            {"TRUSTED_PROXIES": "1"},
            "(False, ('HTTP_X_FORWARDED_PROTO', 'https'))",
        ),
        ("SECURE_HSTS_SECONDS", {}, "31536000"),
        ("SESSION_COOKIE_NAME, settings.SECURE_HSTS_SECONDS", {"HTTPS": "0"}, "('yorisoi-session', 0)"),
        ("PASSWORD_HASHERS[0]", {}, "'django.contrib.auth.hashers.Argon2PasswordHasher'"),
        ("MIDDLEWARE.count('config.lib.demo.DemoMarkMiddleware')", {}, "0"),
        ("MIDDLEWARE.count('config.lib.demo.DemoMarkMiddleware')", {"DEMO": "1"}, "1"),
    ],
)
def test_what_a_start_has(name: str, given: dict[str, str], value: str) -> None:
    assert shown(name, **given) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", True), ("true", True), ("YES", True), ("on", True), ("0", False), ("no", False), ("", None), ("  ", None)],
)
def test_flags(monkeypatch: pytest.MonkeyPatch, text: str, value: bool | None) -> None:
    monkeypatch.setenv("A_FLAG", text)
    wanted = [True, False] if value is None else [value, value]
    assert [env.flag("A_FLAG", True), env.flag("A_FLAG", False)] == wanted


def test_a_database_address_becomes_djangos_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_DATABASE", "postgresql://shop:p%40ss@db.example:6432/my%20shop?sslmode=verify-full")
    assert env.database("A_DATABASE") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "my shop",
        "USER": "shop",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "verify-full"},
    }


def test_a_database_behind_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_DATABASE", "postgresql:///shop?host=/run/postgresql&port=5433")
    found = env.database("A_DATABASE")
    assert (found["NAME"], found["HOST"], found["PORT"], found["OPTIONS"]) == ("shop", "/run/postgresql", "5433", {})


def test_lists_drop_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_LIST", " a, ,b ,")
    assert env.items("A_LIST") == ["a", "b"]
