"""Worker and beat: `celery -A config.celery worker|beat`. Settings come from Django's, prefix CELERY_."""

import os
from typing import Any

from celery import Celery
from kombu.transport import redis
from redis.exceptions import ConnectionError as BrokerGone


class Channel(redis.Channel):
    """A channel that says so when its connection is gone.

    kombu 5.7 raises AttributeError there, which ends a worker that was busy when its broker went away. This error it
    expects: the message comes back by its visibility timeout, and the sweep does the work before that.
    """

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection.client is None:
            raise BrokerGone("the connection of this channel is closed")
        return dict(super()._connparams(asynchronous))  # type: ignore[misc]


redis.Transport.Channel = Channel
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("yorisoi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
