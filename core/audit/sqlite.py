"""The trail's triggers for SQLite. Rows are written as JSON; the actor comes from a function of our connections.

A connection that is not ours has no such function, so that tracked tables cannot be written past the product at all.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model, UniqueConstraint

from core.audit import current
from core.audit.registry import history_fields, kept_columns
from core.audit.trigger import PREFIX, Trigger, refusal

_ACTOR = "matchweek_actor"
_HISTORY = (
    'INSERT INTO core_rowchange ("table", row_id, op, "before", "after", actor_id, at) VALUES '  # nosec B608 - constants
    f"('%s', %s, '%s', %s, %s, {_ACTOR}(), strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now'));"
)


def teach(connection: BaseDatabaseWrapper) -> None:
    """Give a new connection the actor's name, and let REPLACE fire the triggers of the rows it deletes."""
    raw: Any = connection.connection
    raw.create_function(_ACTOR, 0, current.actor_id.get, deterministic=False)
    raw.execute("PRAGMA recursive_triggers = ON")


def prepare(connection: BaseDatabaseWrapper) -> None:
    """SQLite keeps all it needs in the triggers themselves."""


def present(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], str]:
    """Return the SQL of the trail's triggers in this database, by table and name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 6) = %s", [PREFIX]
        )
        return {(table, name): sql for table, name, sql in cursor.fetchall()}


def create(connection: BaseDatabaseWrapper, trigger: Trigger) -> None:
    """Put the trigger in the place of whatever bears its name."""
    drop(connection, trigger.table, trigger.name)
    with connection.cursor() as cursor:
        cursor.execute(trigger.sql)


def drop(connection: BaseDatabaseWrapper, table: str, name: str) -> None:
    """Drop a trigger; its table may be gone already."""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')


def history_triggers(model: type[Model]) -> list[Trigger]:
    """Return the three triggers that write the history of a table's rows."""
    table, key = model._meta.db_table, _primary_key(model)
    fields = history_fields(model)
    differs = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in fields)
    old, new = _row("OLD", fields), _row("NEW", fields)
    return [
        _trigger(table, "insert", "AFTER INSERT", _HISTORY % (table, f'NEW."{key}"', "insert", "NULL", new)),
        _trigger(table, "update", "AFTER UPDATE", _HISTORY % (table, f'OLD."{key}"', "update", old, new), differs),
        _trigger(table, "delete", "AFTER DELETE", _HISTORY % (table, f'OLD."{key}"', "delete", old, "NULL")),
    ]


def guard_triggers(model: type[Model]) -> list[Trigger]:
    """Return the triggers that refuse UPDATE, DELETE, and the REPLACE that would delete a row unseen."""
    table = model._meta.db_table
    refuse = f"SELECT RAISE(ABORT, '{refusal(table)}');"
    replaces = " OR ".join(
        f'EXISTS (SELECT 1 FROM "{table}" WHERE {_same(columns)})'  # nosec B608 - names of our own models
        for columns in _unique_columns(model)
    )
    return [
        _trigger(table, "keep_update", "BEFORE UPDATE", refuse),
        _trigger(table, "keep_delete", "BEFORE DELETE", refuse),
        _trigger(table, "keep_replace", "BEFORE INSERT", refuse, replaces),
    ]


def keeping_triggers(model: type[Model]) -> list[Trigger]:
    """Return the triggers that refuse DELETE, REPLACE, and UPDATE of the columns that are written once."""
    columns = ", ".join(f'"{column}"' for column in kept_columns(model))
    update, *others = guard_triggers(model)
    refuse = f"SELECT RAISE(ABORT, '{refusal(update.table)}');"
    return [_trigger(update.table, "keep_update", f"BEFORE UPDATE OF {columns}", refuse), *others]


def _trigger(table: str, what: str, when: str, body: str, condition: str = "") -> Trigger:
    name = f"{PREFIX}{table}_{what}"
    only = f" WHEN {condition}" if condition else ""
    sql = f'CREATE TRIGGER "{name}" {when} ON "{table}"{only} BEGIN {body} END'
    return Trigger(table, name, sql, fingerprint=sql)


def _row(row: str, fields: dict[str, Field[object, object]]) -> str:
    pairs = (f"'{column}', {_value(row, column, field)}" for column, field in fields.items())
    return f"json_object({', '.join(pairs)})"


def _value(row: str, column: str, field: Field[object, object]) -> str:
    value = f'{row}."{column}"'
    return f"json({value})" if field.get_internal_type() == "JSONField" else value


def _same(columns: list[str]) -> str:
    return " AND ".join(f'"{each}" = NEW."{each}"' for each in columns)


def _unique_columns(model: type[Model]) -> list[list[str]]:
    """Return every set of columns by which a REPLACE could find a row to delete."""
    columns = {each.name: str(each.column) for each in model._meta.concrete_fields}
    single = [[str(each.column)] for each in model._meta.concrete_fields if each.unique]
    joint = [
        [columns[name] for name in each.fields]
        for each in model._meta.constraints
        if isinstance(each, UniqueConstraint) and each.fields
    ]
    return single + joint


def _primary_key(model: type[Model]) -> str:
    return str(model._meta.pk.column)
