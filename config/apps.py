from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Gives every Django process the Celery app, so that a doorbell rings at the configured broker."""

    name = "config"

    def ready(self) -> None:
        from config import celery  # noqa: F401
