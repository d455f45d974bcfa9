"""App configuration."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """reports"""

    name = "reports"
