"""App configuration."""

from django.apps import AppConfig


class TriageConfig(AppConfig):
    """triage"""

    name = "triage"
