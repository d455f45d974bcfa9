"""What is append-only is refused by the database itself, and missing guards are noticed."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import Person
from core import audit
from core.audit.registry import append_only_models, tracked_models
from core.models import Event, RowChange

pytestmark = pytest.mark.django_db

on_sqlite = pytest.mark.sqlite
on_postgres = pytest.mark.postgres


@pytest.fixture
def chair() -> Person:
    person = Person.objects.create_user("chair@school.test")
    with audit.acting(person):
        audit.record("counted", person, by=person)
    return person


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_event SET kind = 'forged'",
        "UPDATE core_event SET payload = NULL",
        "DELETE FROM core_event",
        "UPDATE core_rowchange SET actor_id = 99",
        "DELETE FROM core_rowchange",
        pytest.param("REPLACE INTO core_event SELECT * FROM core_event", marks=on_sqlite),
        pytest.param("UPDATE OR REPLACE core_event SET kind = 'forged'", marks=on_sqlite),
        pytest.param("REPLACE INTO core_rowchange SELECT * FROM core_rowchange", marks=on_sqlite),
        pytest.param("TRUNCATE core_event", marks=on_postgres),
        pytest.param("TRUNCATE core_event, core_rowchange CASCADE", marks=on_postgres),
        pytest.param(
            "INSERT INTO core_event SELECT * FROM core_event ON CONFLICT (seq) DO UPDATE SET kind = 'forged'",
            marks=on_postgres,
        ),
    ],
)
def test_tampering_is_refused(chair: Person, statement: str) -> None:
    before = list(Event.objects.values()), list(RowChange.objects.values())
    with pytest.raises(IntegrityError, match="append-only"):
        run(statement)
    assert (list(Event.objects.values()), list(RowChange.objects.values())) == before


def test_model_methods_are_refused_too(chair: Person) -> None:
    event = Event.objects.get()
    with pytest.raises(IntegrityError, match="core_event is append-only"), transaction.atomic():
        event.save()
    with pytest.raises(IntegrityError, match="core_event is append-only"), transaction.atomic():
        event.delete()


def test_decisions_are_append_only() -> None:
    names = {model._meta.label for model in append_only_models()}
    assert {"core.Event", "core.RowChange", "triage.Decision"} <= names


def test_nothing_is_both_tracked_and_append_only() -> None:
    assert set(tracked_models()).isdisjoint(append_only_models())


def test_every_trigger_is_there() -> None:
    assert audit.faults(connection) == []
    assert [each for each in run_checks(databases=["default"]) if each.id == "core.W001"] == []


@pytest.mark.parametrize("table", ["core_event", "accounts_person"])
def test_missing_trigger_is_noticed_and_put_back(table: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            name = "audit_keep" if table == "core_event" else "audit_changed"
            cursor.execute(f"DROP TRIGGER {name} ON {table}")
        else:
            name = f"audit_{table}_keep_update" if table == "core_event" else f"audit_{table}_update"
            cursor.execute(f"DROP TRIGGER {name}")
    words = [f"The trigger {name} on {table} is missing."]
    assert audit.faults(connection) == words
    assert [each.msg for each in run_checks(databases=["default"]) if each.id == "core.W001"] == words
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_audit", stdout=out, stderr=StringIO())
    assert json.loads(out.getvalue())["unguarded"] == words
    audit.install(connection)
    assert audit.faults(connection) == []


@on_sqlite
def test_trigger_of_another_body_is_noticed() -> None:
    run("DROP TRIGGER audit_core_event_keep_delete")
    run("CREATE TRIGGER audit_core_event_keep_delete BEFORE DELETE ON core_event BEGIN SELECT 1; END")
    assert audit.faults(connection) == ["The trigger audit_core_event_keep_delete on core_event is not ours."]


@on_postgres
def test_trigger_switched_off_is_noticed() -> None:
    run("ALTER TABLE core_event DISABLE TRIGGER audit_keep")
    assert audit.faults(connection) == ["The trigger audit_keep on core_event is not ours."]


@on_postgres
def test_function_of_another_body_is_noticed_and_put_back() -> None:
    run("CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
    assert "The trigger audit_keep on core_event is not ours." in audit.faults(connection)
    audit.install(connection)
    assert audit.faults(connection) == []


def test_trigger_that_nothing_asks_for_is_dropped() -> None:
    if connection.vendor == "postgresql":
        run("CREATE TRIGGER audit_old BEFORE UPDATE ON django_session FOR EACH ROW EXECUTE FUNCTION audit_refuse()")
    else:
        run("CREATE TRIGGER audit_old BEFORE UPDATE ON django_session BEGIN SELECT 1; END")
    audit.install(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname = 'audit_old'")
        else:
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = 'audit_old'")
        assert cursor.fetchone() == (0,)


@on_sqlite
def test_connection_that_is_not_ours_cannot_write_a_tracked_table(chair: Person) -> None:
    import sqlite3

    stranger = sqlite3.connect(connection.settings_dict["NAME"])
    with pytest.raises(sqlite3.OperationalError, match="matchweek_actor"):
        stranger.execute("INSERT INTO accounts_address (person_id, email) VALUES (1, 'x@school.test')")
    stranger.close()


@pytest.mark.django_db(transaction=True)
def test_tables_are_flushed_and_guarded_again(chair: Person) -> None:
    with audit.guards_lifted():
        call_command("flush", interactive=False, verbosity=0)
        assert not Event.objects.exists()
    assert audit.faults(connection) == []


@pytest.mark.django_db(transaction=True)
def test_migrate_puts_everything_back() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER audit_keep ON core_event")
        else:
            cursor.execute("DROP TRIGGER audit_core_event_keep_update")
    call_command("migrate", verbosity=0, skip_checks=True)
    assert audit.faults(connection) == []
