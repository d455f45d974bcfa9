"""App configuration."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """core"""

    name = "core"
