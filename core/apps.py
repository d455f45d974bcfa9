"""App configuration: connections learn the actor's name, and the trail's triggers are put back after every migrate."""

from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    """core"""

    name = "core"

    def ready(self) -> None:
        """Connect what Django tells us of its connections and migrations; hear what keeps mail back."""
        from core.checks import trail_is_guarded

        connection_created.connect(_teach_connection)
        pre_migrate.connect(_lift_triggers, sender=self)
        post_migrate.connect(_install_triggers, sender=self)
        register(trail_is_guarded, Tags.database)
        autodiscover_modules("holds")


def _teach_connection(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    from core.audit import sqlite

    if connection.vendor == "sqlite":
        sqlite.teach(connection)


def _lift_triggers(using: str, plan: list[Any], **kwargs: Any) -> None:
    """SQLite refuses to rebuild a table, or to drop a column, that a trigger names."""
    from core.audit import triggers

    if plan and connections[using].vendor == "sqlite":
        triggers.lift(connections[using])


def _install_triggers(using: str, **kwargs: Any) -> None:
    from core.audit import triggers

    triggers.install(connections[using])
