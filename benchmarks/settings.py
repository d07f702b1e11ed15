"""The product's settings for a benchmark's own process: the large database as default, the others beside it."""

import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES

for _name in ("tiny", "small"):
    os.environ.setdefault(f"BENCH_{_name.upper()}", os.environ["DATABASE_URL"])
    DATABASES[_name] = {
        **DATABASES["default"],
        "NAME": os.environ[f"BENCH_{_name.upper()}"].rpartition("?")[0].rpartition("/")[2],
    }
