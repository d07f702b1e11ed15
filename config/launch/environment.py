"""What do our processes find in their environment? Called by whatever starts one."""

from __future__ import annotations

import os

from config.launch.errors import LaunchError
from config.launch.homes import CHECKOUT, Home
from config.launch.servers import Servers

_SETTINGS = (
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "DJANGO_SETTINGS_MODULE",
    "HTTPS",
    "START_TOKEN",
    "TRUSTED_PROXIES",
)


def product_environment(servers: Servers) -> dict[str, str]:
    """Return the caller's environment, completed for the product: addresses, places, demo, secret key.

    Raises LaunchError when DEMO=0 comes without a SECRET_KEY: a generated key is for the demo only.
    """
    home = servers.home
    env = _basis(home) | servers.addresses()
    env["DJANGO_SETTINGS_MODULE"] = "config.settings"
    env.setdefault("DEMO", "1")
    if not env.get("SECRET_KEY"):
        if env["DEMO"].strip().lower() in {"0", "false", "no", "off"}:
            raise LaunchError("DEMO=0 needs a SECRET_KEY of your own: a random value of 50 characters or more.")
        env["SECRET_KEY"] = home.secret_key()
    env.setdefault("MEDIA_ROOT", str(home.path / "media"))
    env.setdefault("STATIC_ROOT", str(home.path / "static"))
    env.setdefault("PROCESS", "manage")
    return env


def test_environment(servers: Servers, slot: int) -> dict[str, str]:
    """Return the environment of one test run: nothing of the caller's settings, everything its own."""
    home = servers.home
    env = {name: value for name, value in _basis(home).items() if name not in _SETTINGS}
    env |= servers.addresses(slot)
    env |= {
        "DEMO": "1",
        "PROCESS": "worker",
        "SECRET_KEY": home.secret_key(),
        "MEDIA_ROOT": str(home.path / "media" / str(slot)),
        "STATIC_ROOT": str(home.path / "static" / str(slot)),
        "TEST_CACHE_BASE": str(slot * 16 + 2),
    }
    env.setdefault("TEST_DB_SUFFIX", str(slot) if slot else "")
    return env


def _basis(home: Home) -> dict[str, str]:
    """The caller's environment with our checkout importable and UTF-8 output whatever the locale."""
    env = dict(os.environ)
    env["PYTHONUTF8"] = "1"
    env["PYTHONPATH"] = str(CHECKOUT)
    env["YORISOI_DATA"] = str(home.path)
    return env
