"""The facts the rules stand on: what may stand where. A new kind of file is given its place here, with a thought."""

from __future__ import annotations

from fnmatch import fnmatchcase

APPS = ("customers", "journeys", "loyalty", "campaigns", "support")
RANK = {app: number for number, app in enumerate(APPS)}
CODE = (*APPS, "config")

# What an app may consist of. Anything else is a new idea and belongs into docs/architecture.md first.
APP_FILES = frozenset(
    {"__init__", "apps", "hooks", "kinds", "plugs", "tasks", "access", "checks", "urls", "forms", "middleware"}
) | {"docpages", "personal"}
APP_PACKAGES = frozenset(
    {"models", "services", "selectors", "panels", "channels", "admin", "api", "views", "management", "migrations"}
)

# Who wires: the only modules of config that may know the apps.
WIRING = frozenset({"config.urls", "config.api", "config.admin_site"})
# Entrances. Nobody but wiring and their own package imports them; panels are called by plugs.py.
FRONTS = ("api", "admin", "tasks", "views", "panels", "plugs", "kinds", "urls")
# Where receivers are registered.
REGISTRARS = frozenset({"plugs", "kinds", "panels"})

# Inside journeys, by noun, lowest first. A module may use its own tier and every tier before it. A noun that stands
# nowhere here is a fact of the shop, as most new ones are.
TIERS: tuple[tuple[str, frozenset[str]], ...] = (
    (
        "timeline",
        frozenset({"event", "events", "interaction", "reaction", "reactions", "timeline", "ingest", "hooks"})
        | {"timelinefilters"},
    ),
    ("catalog", frozenset({"catalog", "stock"})),
    (
        "facts",
        frozenset({"order", "orders", "cart", "carts", "wishlist", "wishlists", "instore", "survey", "surveys"})
        | {"wishes", "note", "notes", "promises", "tryons", "tryonwords", "reservations", "complaints", "sourcecode"}
        | {"coordination", "things", "talks", "prompts"},
    ),
    (
        "insight",
        frozenset({"persona", "personas", "journeymap", "maps", "metric", "metrics", "recommendations", "dropoff"})
        | {"lifetime", "voice", "affinity", "suggestions"},
    ),
    (
        "wiring",
        frozenset({"__init__", "apps", "kinds", "plugs", "tasks", "urls", "docpages", "personal", "demo*", "seed_demo"})
        | {"serializers", "views", "filters", "permissions"},
    ),
)


FACTS = 2


def tier_of(noun: str) -> int:
    """Return the tier of a journeys module by its noun."""
    named = (number for number, (_name, nouns) in enumerate(TIERS) if any(fnmatchcase(noun, name) for name in nouns))
    return next(named, FACTS)


# Clients that leave the machine, by the beginning of their module name.
NETWORK = (
    frozenset({"requests", "httpx", "urllib.request", "urllib3", "http.client", "aiohttp", "websockets", "websocket"})
    | {"smtplib", "imaplib", "poplib", "ftplib", "telnetlib", "socket", "socketserver", "django.core.mail"}
    | {"linebot", "boto", "boto3", "botocore", "twilio", "sendgrid", "paramiko", "grpc", "pycurl", "xmlrpc"}
    | {"redis", "valkey", "kombu"}
)
NETWORK_PAIRS = frozenset(
    {
        ("config.lib.limits", "redis.exceptions"),
        ("config.lib.tasks", "kombu.exceptions"),
        ("config.celery", "kombu.transport.redis"),
        ("config.celery", "redis.exceptions"),
    }
)
CELERY_PAIRS = frozenset(
    {
        ("config.lib.tasks", "celery.shared_task"),
        ("config.lib.health", "celery.current_app"),
        ("config.settings", "celery.schedules.crontab"),
    }
)
