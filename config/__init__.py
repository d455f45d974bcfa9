"""Settings, doors and processes. Makes the Celery app known, so that a page's `.delay()` finds its broker."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
