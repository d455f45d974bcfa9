"""The triggers of the trail on either database: made, proved, lifted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from django.db import connection as default_connection
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from core.audit import postgresql, sqlite
from core.audit.registry import append_only_models, tracked_models, written_once_models
from core.audit.trigger import Trigger


def install(connection: BaseDatabaseWrapper) -> None:
    """Make every trigger that is missing or differs, and drop those that nothing asks for any more. Idempotent."""
    dialect = _dialect(connection)
    with transaction.atomic(using=connection.alias):
        dialect.prepare(connection)
        wanted, present = _wanted(connection), dialect.present(connection)
        for key in present.keys() - wanted.keys():
            dialect.drop(connection, *key)
        for key, trigger in wanted.items():
            if present.get(key) != trigger.fingerprint:
                dialect.create(connection, trigger)


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    """Say which triggers are missing, switched off or not ours. Empty when the database guards the trail."""
    present = _dialect(connection).present(connection)
    return [
        f"The trigger {trigger.name} on {trigger.table} is {'not ours' if key in present else 'missing'}."
        for key, trigger in _wanted(connection).items()
        if present.get(key) != trigger.fingerprint
    ]


def lift(connection: BaseDatabaseWrapper) -> None:
    """Drop every trigger of the trail. For Django's table rebuilds on SQLite, which they would hinder."""
    dialect = _dialect(connection)
    with transaction.atomic(using=connection.alias):
        for key in dialect.present(connection):
            dialect.drop(connection, *key)


@contextmanager
def guards_lifted() -> Iterator[None]:
    """Let the tables be changed and emptied inside the block, unrecorded. Only for tests and the retention command."""
    lift(default_connection)
    try:
        yield
    finally:
        install(default_connection)


def _dialect(connection: BaseDatabaseWrapper) -> ModuleType:
    return postgresql if connection.vendor == "postgresql" else sqlite


def _wanted(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], Trigger]:
    """Return the triggers of all tables that exist so far, by table and name."""
    dialect = _dialect(connection)
    existing = set(connection.introspection.table_names())
    if "core_rowchange" not in existing:
        return {}
    wanted: list[Trigger] = []
    for model in tracked_models():
        wanted += dialect.history_triggers(model)
    for model in append_only_models():
        wanted += dialect.guard_triggers(model)
    for model in written_once_models():
        wanted += dialect.keeping_triggers(model)
    return {(each.table, each.name): each for each in wanted if each.table in existing}
