"""All settings, one file, from the environment only. Unknown or missing values stop the start with a reason.

`DEMO=1` is the newcomer's product (made by `make run`): it allows a generated secret key and the published demo
logins. Everything else must be given; see README, "Running it for real".
"""

from pathlib import Path
from typing import Any

from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config.lib import env
from config.lib.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent

# --- who we are ---------------------------------------------------------------------------------------------------
DEMO = env.flag("DEMO", default=False)
DEMO_PEOPLE = env.integer("DEMO_PEOPLE", default=3_000, least=1)
DEBUG = env.flag("DEBUG", default=False)
PROCESS = env.text("PROCESS", "manage")  # web, worker, beat or manage
START_TOKEN = env.text("START_TOKEN", "")
SECRET_KEY = env.secret("SECRET_KEY", allow_published=DEMO)
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts; * is refused.")
HTTPS = env.flag("HTTPS", default=not DEMO)
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0)
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS")

# --- rooms --------------------------------------------------------------------------------------------------------
# Order matters: a lower app's hooks.py is imported before the plugs.py of the apps above it.
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "config.apps.WiringConfig",
    "config.admin_site.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "customers",
    "journeys",
    "loyalty",
    "campaigns",
    "support",
]
MIDDLEWARE = [
    "config.lib.edge.EdgeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.lib.sessions.SessionMiddleware",
    "config.lib.sessions.CsrfViewMiddleware",
    "config.lib.sessions.AuthenticationMiddleware",
    "config.lib.sessions.MessageMiddleware",
    "customers.middleware.PolicyMiddleware",
]
if DEMO:
    MIDDLEWARE.insert(1, "config.lib.demo.DemoMarkMiddleware")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.lib.pages.page_context",
            ],
        },
    },
]

# --- data ---------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = 300
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
_STATEMENT_TIMEOUT = {"web": 5_000, "worker": 60_000}.get(PROCESS, 0)
_options: dict[str, object] = DATABASES["default"]["OPTIONS"]  # type: ignore[assignment]
_options["options"] = (
    f"-c statement_timeout={_STATEMENT_TIMEOUT} "
    f"-c lock_timeout={1_000 if PROCESS == 'manage' else 3_000} "
    f"-c idle_in_transaction_session_timeout={60_000 if PROCESS == 'manage' else 10_000} "
    "-c timezone=UTC"
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.text("CACHE_URL"),
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
        "KEY_PREFIX": "yorisoi",
    }
}
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(BASE_DIR / "var" / "media")))

# --- work in the background: rows in PostgreSQL are the queue, Celery is the doorbell --------------------------------
CELERY_BROKER_URL = env.text("BROKER_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 270
CELERY_VISIBILITY_TIMEOUT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 15.0
# An idle worker would wait its 15 s too; a newcomer pressing Ctrl-C should not.
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = not DEMO
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Tokyo"
CELERY_TASK_DEFAULT_QUEUE = "work"
if CELERY_BROKER_URL.startswith("amqp"):
    # Messages must survive a broker node; see spec figures in docs/adr/0002-broker.md.
    CELERY_TASK_DEFAULT_QUEUE_TYPE = "quorum"
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"confirm_publish": True}
else:
    # kombu's own defaults look for lost messages only about every 100 s; throttle 1 brings them back within 10 s.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 300,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_keepalive": not CELERY_BROKER_URL.startswith("redis+socket"),
        "max_retries": 1,
        # Without a broker, kombu would rest 2 s before its second try, and every write with it.
        "interval_start": 0,
    }
CELERY_BEAT_SCHEDULE = {
    "customers.look_for_duplicates": {"task": "customers.look_for_duplicates", "schedule": 3600.0},
    "journeys.sweep_reactions": {"task": "journeys.sweep_reactions", "schedule": 60.0},
    "journeys.sweep_imports": {"task": "journeys.sweep_imports", "schedule": 60.0},
    "journeys.expire_reservations": {"task": "journeys.expire_reservations", "schedule": 60.0},
    "journeys.count_affinity": {"task": "journeys.count_affinity", "schedule": crontab(hour="3", minute="10")},
}

# --- people and safety --------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "customers.User"
AUTHENTICATION_BACKENDS = ["customers.services.signin.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "yorisoi-session"
DEVICE_COOKIE_NAME = "__Host-device" if HTTPS else "yorisoi-device"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "yorisoi-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "config.lib.pages.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS and TRUSTED_PROXIES == 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The edge middleware sets these headers, and the CSRF middleware is a subclass of Django's (config/lib/sessions.py);
# Django's own checks look for its classes by name.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002", "security.W003"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_PERMISSIONS = 0o640

# --- language and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
FORMAT_MODULE_PATH = "config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"

# --- files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "var" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- API ----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["customers.api.authentication.StaffSessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["customers.api.permissions.PolicyPermission"],
    "DEFAULT_PARSER_CLASSES": ["config.lib.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "config.lib.problems.exception_handler",
    "DEFAULT_FILTER_BACKENDS": [],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
    "FORMAT_SUFFIX_KWARG": None,
}

LOGGING = logging_config(PROCESS)

# --- back-office screens ------------------------------------------------------------------------------------------
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Yorisoi"),
    "SITE_HEADER": _("Yorisoi"),
    "SITE_SUBHEADER": _("Staying close to each customer"),
    "SITE_SYMBOL": "storefront",
    "SITE_URL": "/",
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "ENVIRONMENT": "config.lib.pages.environment_badge",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "config.lib.pages.icon"}],
    "STYLES": ["config.lib.pages.stylesheet"],
    "BORDER_RADIUS": "8px",
    "LOGIN": {"form": "customers.forms.StaffLoginForm"},
    "COLORS": {
        "base": {
            "50": "#f6f7f5",
            "100": "#eef0ec",
            "200": "#dde2dd",
            "300": "#b4bec5",
            "400": "#97a2aa",
            "500": "#626d74",
            "600": "#4a555c",
            "700": "#333c44",
            "800": "#232a31",
            "900": "#1a2026",
            "950": "#12161a",
        },
        "primary": {
            "50": "#e0f1f0",
            "100": "#c9e7e5",
            "200": "#a3d7d5",
            "300": "#7fd4d3",
            "400": "#6bcccc",
            "500": "#5cc4c4",
            "600": "#0b5f63",
            "700": "#0a5256",
            "800": "#0a464a",
            "900": "#10302f",
            "950": "#0c1a1b",
        },
    },
    "SIDEBAR": {
        "show_search": False,
        "command_search": False,
        "show_all_applications": False,
        "navigation": "config.admin_site.navigation",
    },
}
