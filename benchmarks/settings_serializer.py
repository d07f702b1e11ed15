"""The product with one view exchanged: the timeline through a ModelSerializer."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.serializerurls"
