"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MatchWeekConfig(AppConfig):
    """The cycle and its calendar."""

    name = "matchweek"
    verbose_name = "Match Week"

    def ready(self) -> None:
        """Keep the specialties in the table after every migrate."""
        from matchweek.specialties import store_specialties

        post_migrate.connect(store_specialties, sender=self)
