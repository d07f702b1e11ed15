"""Plants for transactions, the doorbell, the network, signals and the clock."""

from __future__ import annotations

from tests.architecture.plants.plant import Plant

PLANTS = [
    Plant(
        "transactions",
        "outside services",
        {
            "customers/views/x.py": """\
                from django.db import transaction
                from django.db.transaction import atomic
                from django.db import transaction as t
                @transaction.atomic  # BAD
                def view(request):
                    with atomic():  # BAD
                        pass
                    with t.atomic(durable=True):  # BAD
                        pass
                    t.savepoint()  # BAD
            """,
            "customers/tasks.py": "import django.db.transaction\nwith django.db.transaction.atomic(): ...  # BAD\n",
            "customers/selectors/x.py": "from django.db import connection\nconnection.commit()  # BAD\n",
            "config/settings.py": "ATOMIC_REQUESTS = True  # BAD\nDATABASES = {'x': {'ATOMIC_REQUESTS': 1}}  # BAD\n",
            "config/lib/x.py": "from django.db import transaction\ntransaction.set_rollback(True)  # BAD\n",
        },
    ),
    Plant(
        "transactions",
        "in services",
        {
            "customers/services/x.py": """\
                from django.db import transaction
                def write():
                    with transaction.atomic():
                        pass
            """,
            "config/lib/transactions.py": "from django.db import transaction\nA = transaction.atomic\n",
            "customers/views/x.py": "import sqlite3\nsqlite3.connect('').commit()\n",
            "tests/x.py": "from django.db import transaction\nwith transaction.atomic(): ...\n",
        },
    ),
    Plant(
        "doorbell",
        "Celery called from elsewhere",
        {
            "journeys/services/x.py": """\
                from django.db import transaction
                from django.db.transaction import on_commit  # BAD
                from celery import shared_task  # BAD
                from journeys.tasks import wake
                transaction.on_commit(print)  # BAD
                wake.delay(1)  # BAD
                wake.apply_async(countdown=60)  # BAD
                later = wake.delay  # BAD
                app.send_task("x")  # BAD
            """,
            "config/lib/health.py": "from celery import Celery  # BAD\n",
        },
    ),
    Plant(
        "doorbell",
        "one place",
        {
            "config/lib/tasks.py": """\
                from celery import shared_task
                from django.db import transaction
                transaction.on_commit(lambda: target.delay())
            """,
            "config/celery.py": "from celery import Celery\nfrom celery.signals import worker_ready\n",
            "config/lib/health.py": "from celery import current_app\n",
            "journeys/services/x.py": "from config.lib import tasks\ntasks.ring(work)\ndelay = 3\n",
        },
    ),
    Plant(
        "network",
        "clients outside the channels",
        {
            "campaigns/services/x.py": """\
                import requests  # BAD
                import urllib.request  # BAD
                from http import client  # BAD
                from urllib import request, parse  # BAD
                from linebot.v3 import messaging  # BAD
                import socket as s  # BAD
                from django.core.mail import send_mail  # BAD
                import boto3.session  # BAD
                def late():
                    import httpx  # BAD
                    import_module("aiohttp")  # BAD
            """,
            "config/lib/limits.py": "from redis import Redis  # BAD\n",
            "config/lib/x.py": "from redis.exceptions import RedisError  # BAD\n",
            "customers/services/x.py": "import smtplib  # BAD\n",
        },
    ),
    Plant(
        "network",
        "channels, the launcher, harmless names",
        {
            "customers/channels/line.py": "import httpx\nfrom linebot.v3 import messaging\n",
            "config/launch/ports.py": "import socket\nimport urllib.request\n",
            "config/lib/limits.py": "from redis.exceptions import RedisError\n",
            "config/lib/tasks.py": "from kombu.exceptions import OperationalError\n",
            "customers/services/x.py": "from urllib.parse import quote\nfrom http import HTTPStatus\n",
            "customers/services/y.py": "import requesting\n",
            "tests/conftest.py": "import socket\n",
        },
    ),
    Plant(
        "signals",
        "receivers",
        {
            "customers/services/x.py": """\
                from django.dispatch import receiver  # BAD
                from django.db.models.signals import post_save  # BAD
                from django.db.models import signals  # BAD
                from django.db import models
                from django.core.signals import request_finished as done  # BAD
                post_save.connect(print)  # BAD
                models.signals.pre_delete.connect(print)  # BAD
                done.send(sender=None)  # BAD
            """,
            "journeys/apps.py": """\
                def ready():
                    from django.contrib.auth import user_logged_in  # BAD
                    user_logged_in.connect(print)  # BAD
            """,
            "config/celery.py": "from django.dispatch import Signal  # BAD\n",
            "config/lib/x.py": "from celery.signals import worker_ready  # BAD\n",
        },
    ),
    Plant(
        "signals",
        "Celery's own, and other things called so",
        {
            "config/celery.py": "from celery.signals import worker_ready\n@worker_ready.connect\ndef ready(**k): ...\n",
            "config/launch/x.py": "import signal\nsignal.signal(signal.SIGTERM, print)\n",
            "customers/services/x.py": "import sqlite3\nsqlite3.connect('x')\nchannel.send('words')\n",
        },
    ),
    Plant(
        "clock",
        "the system's clock",
        {
            "journeys/services/x.py": """\
                from datetime import UTC, date, datetime
                import datetime as dt
                from django.utils import timezone
                datetime.now(UTC)  # BAD
                datetime.utcnow()  # BAD
                date.today()  # BAD
                dt.datetime.now()  # BAD
                timezone.now()  # BAD
                timezone.localdate()  # BAD
            """,
        },
    ),
    Plant(
        "clock",
        "our clock",
        {
            "journeys/services/x.py": """\
                from datetime import UTC, datetime
                from django.utils import timezone
                from config.lib import clock
                clock.now()
                timezone.localdate(clock.now())
                datetime.fromtimestamp(0, UTC)
            """,
            "config/lib/clock.py": "from django.utils import timezone\ntimezone.now()\n",
        },
    ),
]
