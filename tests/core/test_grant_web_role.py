"""The site's own role on PostgreSQL: reads, writes, adds to the trail, and can neither alter it nor the guards."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from core.models import Event
from matchweek.models import Specialty

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_web_role(monkeypatch):
    """Be the site's role until the test's transaction is rolled back."""
    monkeypatch.setenv("WEB_DATABASE_URL", "postgres://web:secret@localhost/matchweek")
    call_command("grant_web_role")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE web")


def refused(statement: str) -> bool:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        connection.cursor().execute(statement)
    return True


@pytest.mark.postgres
def test_web_role_reads_and_writes(as_web_role):
    assert Specialty.objects.filter(pk=Specialty.objects.first().pk).update(name="Renamed") == 1


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_event SET kind = 'x'",
        "DELETE FROM core_event",
        "TRUNCATE core_event CASCADE",
        "DROP TABLE core_event",
        "ALTER TABLE core_event DISABLE TRIGGER ALL",
        "UPDATE core_rowchange SET op = 'x'",
        "UPDATE triage_policyversion SET digest = 'x'",
        "DELETE FROM triage_policyversion",
    ],
)
def test_web_role_cannot_alter_the_trail(as_web_role, statement):
    assert refused(statement)


@pytest.mark.postgres
def test_web_role_changes_the_open_columns_of_what_is_written_once(as_web_role):
    connection.cursor().execute("UPDATE triage_policyversion SET is_active = false")


@pytest.mark.postgres
def test_grant_may_be_repeated(as_web_role):
    connection.cursor().execute("RESET ROLE")
    call_command("grant_web_role")
    assert Event.objects.count() == 0


@pytest.mark.postgres
def test_grant_refuses_the_owner_itself(monkeypatch):
    monkeypatch.setenv("WEB_DATABASE_URL", f"postgres://{connection.settings_dict['USER']}@localhost/matchweek")
    with pytest.raises(CommandError, match="name the same role"):
        call_command("grant_web_role")


@pytest.mark.sqlite
def test_grant_is_for_postgresql_only(monkeypatch):
    monkeypatch.setenv("WEB_DATABASE_URL", "postgres://web:secret@localhost/matchweek")
    with pytest.raises(CommandError, match="Only PostgreSQL has roles"):
        call_command("grant_web_role")
