"""Settings of the test suite: the same product, quicker hashes, no manifest, a fixed secret."""

import os

os.environ.setdefault("SECRET_KEY", "tests-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2)
os.environ.setdefault("DEMO", "1")
os.environ.setdefault("PROCESS", "worker")
# mypy reads these settings without any server running; `make test` gives the real addresses.
os.environ.setdefault("DATABASE_URL", "postgresql:///yorisoi")
os.environ.setdefault("BROKER_URL", "redis://localhost:1/0")
os.environ.setdefault("CACHE_URL", "redis://localhost:1/1")

from config.settings import *  # noqa: F403
from config.settings import CACHES, DATABASES, MIDDLEWARE

MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("whitenoise.")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES["default"]["CONN_MAX_AGE"] = 0
# xdist's workers share one cache server; each clears only its own database of it.
_first = int(os.environ.get("TEST_CACHE_BASE", "2"))
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
CACHES["default"]["LOCATION"] = os.environ["CACHE_URL"].rsplit("?", 1)[0] + f"?db={_first + _worker % 12}"
# Several suites may share one database server, each with a database of its own.
if _suffix := os.environ.get("TEST_DB_SUFFIX"):
    DATABASES["default"]["TEST"] = {"NAME": f"test_yorisoi_{_suffix}"}
