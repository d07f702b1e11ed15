"""The product's own middleware in front of the same view, its log line included."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
