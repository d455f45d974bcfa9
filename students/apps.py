"""App configuration."""

from django.apps import AppConfig


class StudentsConfig(AppConfig):
    """students"""

    name = "students"
