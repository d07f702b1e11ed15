"""Strict readers for environment variables. Called by config/settings.py only.

An unknown value is an error at start, never a silent default.
"""

from __future__ import annotations

import os
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
EXAMPLES = ("secret", "change", "example", "replace", "random", "your-", "tests-only")


def text(name: str, default: str | None = None) -> str:
    """Return the variable, or `default` when it is unset or empty.

    Raises ImproperlyConfigured when it is missing and `default` is None.
    """
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set.")
    return default


def secret(name: str, *, allow_published: bool) -> str:
    """Return a secret: at least 50 characters, at least 10 different ones, and no example out of a document.

    `allow_published` lets the test suite's own key pass. Raises ImproperlyConfigured otherwise.
    """
    value = text(name)
    is_known = not allow_published and any(word in value.lower() for word in EXAMPLES)
    if len(value) < 50 or len(set(value)) < 10 or value.startswith("django-insecure-") or is_known:
        raise ImproperlyConfigured(f"{name} must be a random value of at least 50 characters.")
    return value


def flag(name: str, default: bool) -> bool:
    """Return a boolean; raises ImproperlyConfigured on anything but 1/0, true/false, yes/no, on/off."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is not a yes or no (use 1 or 0).")


def integer(name: str, default: int, *, least: int = 0) -> int:
    """Return a whole number of at least `least`; raises ImproperlyConfigured otherwise."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number of at least {least}.")
    return int(value)


def items(name: str, default: str = "") -> list[str]:
    """Return a comma separated list, blanks dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def database(name: str) -> dict[str, object]:
    """Return Django's DATABASES entry for a postgresql:// address.

    A socket directory stands in `?host=`; every other query parameter becomes a libpq option.
    Raises ImproperlyConfigured for another scheme: no other database keeps our promises.
    """
    parts = urlsplit(text(name))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"{name} must be a postgresql:// address.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": dict(query),
    }
