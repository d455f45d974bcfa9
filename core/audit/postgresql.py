"""The trail's triggers for PostgreSQL: a few functions for all tables. The actor is a setting of the transaction.

In production the product connects as a role that does not own the tables, and can then neither drop nor disable a
trigger; the history function runs as its owner, so that this role needs no right to write the history itself.
"""

from __future__ import annotations

import hashlib

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from core.audit.registry import kept_columns, left_out_columns
from core.audit.trigger import PREFIX, Trigger

# Run as their owner, so no name in them may be found in anybody else's schema, and nobody else may attach them.
_AS_OWNER = "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
_HISTORY = """
DECLARE
    left_out text[] := TG_ARGV[1]::text[];
    old_row jsonb;
    new_row jsonb;
BEGIN
    old_row := to_jsonb(OLD) - left_out;
    IF TG_OP = 'UPDATE' THEN new_row := to_jsonb(NEW) - left_out; END IF;
    IF old_row = new_row THEN RETURN NULL; END IF;
    INSERT INTO {schema}.core_rowchange ("table", row_id, op, "before", "after", actor_id, at) VALUES (
        TG_TABLE_NAME, (old_row ->> TG_ARGV[0])::bigint, lower(TG_OP), old_row, new_row,
        nullif(current_setting('matchweek.actor', true), '')::bigint, clock_timestamp()
    );
    RETURN NULL;
END
"""
# A bulk import inserts thousands of rows in one statement; once per statement costs a fraction of once per row.
_INSERTED = """
BEGIN
    INSERT INTO {schema}.core_rowchange ("table", row_id, op, "after", actor_id, at)
    SELECT TG_TABLE_NAME, (made.line ->> TG_ARGV[0])::bigint, 'insert', made.line,
        nullif(current_setting('matchweek.actor', true), '')::bigint, clock_timestamp()
    FROM (SELECT to_jsonb(new_rows) - TG_ARGV[1]::text[] AS line FROM new_rows) made;
    RETURN NULL;
END
"""
_REFUSAL = """
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
"""
_FUNCTIONS = {"audit_write_history": _HISTORY, "audit_write_inserted": _INSERTED, "audit_refuse": _REFUSAL}
_PRESENT = """
    SELECT c.relname, t.tgname, t.tgenabled <> 'D', f.proname, f.prosrc, obj_description(t.oid, 'pg_trigger')
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND starts_with(t.tgname, %s) AND c.relnamespace = current_schema()::regnamespace
"""


def prepare(connection: BaseDatabaseWrapper) -> None:
    """Make or renew the functions that the triggers call."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace")
        present = dict(cursor.fetchall())
        for name, body in _bodies(connection).items():
            if present.get(name) != body:
                cursor.execute(f"CREATE OR REPLACE FUNCTION {name}() {_AS_OWNER} AS $${body}$$")
                cursor.execute(f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC")


def present(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], str]:
    """Return the fingerprints of the trail's triggers, by table and name; empty for one that is off or not ours."""
    bodies = _bodies(connection)
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT, [PREFIX])
        return {
            (table, name): comment or "" if enabled and bodies.get(function) == body else ""
            for table, name, enabled, function, body, comment in cursor.fetchall()
        }


def create(connection: BaseDatabaseWrapper, trigger: Trigger) -> None:
    """Put the trigger in the place of whatever bears its name, switched on."""
    drop(connection, trigger.table, trigger.name)
    with connection.cursor() as cursor:
        cursor.execute(trigger.sql)
        cursor.execute(f'COMMENT ON TRIGGER "{trigger.name}" ON "{trigger.table}" IS \'{trigger.fingerprint}\'')


def drop(connection: BaseDatabaseWrapper, table: str, name: str) -> None:
    """Drop a trigger."""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')


def history_triggers(model: type[Model]) -> list[Trigger]:
    """Return the triggers that write the history of a table's rows."""
    table, key = model._meta.db_table, model._meta.pk.column
    left_out = "{" + ",".join(left_out_columns(model)) + "}"
    inserted = f'AFTER INSERT ON "{table}" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT'
    changed = f'AFTER UPDATE OR DELETE ON "{table}" FOR EACH ROW'
    return [
        _trigger(table, "inserted", inserted, f"audit_write_inserted('{key}', '{left_out}')"),
        _trigger(table, "changed", changed, f"audit_write_history('{key}', '{left_out}')"),
    ]


def guard_triggers(model: type[Model]) -> list[Trigger]:
    """Return the triggers that refuse UPDATE, DELETE and TRUNCATE."""
    table = model._meta.db_table
    return [
        _trigger(table, "keep", f'BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW', "audit_refuse()"),
        _trigger(table, "keep_truncate", f'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT', "audit_refuse()"),
    ]


def keeping_triggers(model: type[Model]) -> list[Trigger]:
    """Return the triggers that refuse DELETE, TRUNCATE, and UPDATE of the columns that are written once."""
    columns = ", ".join(f'"{column}"' for column in kept_columns(model))
    keep, *others = guard_triggers(model)
    when = f'BEFORE DELETE OR UPDATE OF {columns} ON "{keep.table}" FOR EACH ROW'
    return [_trigger(keep.table, "keep", when, "audit_refuse()"), *others]


def _trigger(table: str, what: str, when: str, call: str) -> Trigger:
    name = f"{PREFIX}{what}"
    sql = f'CREATE TRIGGER "{name}" {when} EXECUTE FUNCTION {call}'
    return Trigger(table, name, sql, fingerprint=hashlib.sha256(sql.encode()).hexdigest()[:16])


def _bodies(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
    return {name: body.replace("{schema}", schema) for name, body in _FUNCTIONS.items()}
