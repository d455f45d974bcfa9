"""Row history is written by the database, whichever way a row is changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F

from accounts.models import Address, Person
from core import audit
from core.clock import real_now
from core.models import RowChange
from matchweek.models import Cycle
from triage.models import Meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def chair() -> Person:
    return Person.objects.create_user("chair@school.test", name="Chair")


@pytest.fixture
def meeting(chair: Person) -> Meeting:
    cycle = Cycle.objects.create(year=2027, slug="2027")
    return Meeting.objects.create(cycle=cycle, chair=chair, planned_at=datetime(2027, 3, 15, 14, 5, tzinfo=UTC))


def sql(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_history_holds_only_what_differs_newest_first(chair: Person) -> None:
    with audit.acting(chair):
        chair.name, chair.phone = "Dr. Chair", "555"
        chair.save()
        chair.phone = ""
        chair.save()
    last, first, made = audit.history(chair)
    assert (last.op, last.before, last.after) == ("update", {"phone": "555"}, {"phone": ""})
    assert (first.before, first.after) == ({"name": "Chair", "phone": ""}, {"name": "Dr. Chair", "phone": "555"})
    assert (made.op, made.before, made.after["name"]) == ("insert", {}, "Chair")
    assert (last.actor_id, made.actor_id) == (chair.pk, None)
    assert abs(last.at - real_now()) < timedelta(seconds=30)


def test_values_come_back_as_the_model_has_them(meeting: Meeting, chair: Person) -> None:
    made = audit.history(meeting)[0].after
    assert made["planned_at"] == meeting.planned_at
    assert (made["chair"], made["acting_chair"], made["item_minutes"]) == (chair.pk, None, 4)
    Person.objects.filter(pk=chair.pk).update(is_active=False)
    assert audit.history(chair)[0].after == {"is_active": False}


def test_secrets_and_counters_stay_out(chair: Person, meeting: Meeting) -> None:
    chair.set_password("correct horse battery")
    chair.last_login = real_now()
    chair.save()
    Meeting.objects.filter(pk=meeting.pk).update(event_number=F("event_number") + 1)
    assert [change.op for change in audit.history(chair)] == ["insert"]
    assert [change.op for change in audit.history(meeting)] == ["insert"]
    assert "password" not in audit.history(chair)[0].after


def test_update_that_changes_nothing_is_not_written(chair: Person) -> None:
    Person.objects.filter(pk=chair.pk).update(name="Chair")
    assert len(audit.history(chair)) == 1


def test_bulk_writes_are_recorded(chair: Person) -> None:
    made = Address.objects.bulk_create(Address(person=chair, email=f"{n}@school.test") for n in range(3))
    for address in made:
        address.email = f"new-{address.email}"
    Address.objects.bulk_update(made, ["email"])
    Address.objects.all().delete()
    assert [[change.op for change in audit.history(address)] for address in made] == [
        ["delete", "update", "insert"]
    ] * 3


def test_queryset_update_is_recorded(chair: Person) -> None:
    Person.objects.update(department="Medicine")
    assert audit.history(chair)[0].after == {"department": "Medicine"}


def test_raw_sql_is_recorded(chair: Person) -> None:
    sql("UPDATE accounts_person SET name = %s WHERE id = %s", "Raw", chair.pk)
    assert audit.history(chair)[0].after == {"name": "Raw"}


def test_upsert_is_recorded(chair: Person) -> None:
    rows = [Address(person=chair, email="a@school.test")]
    Address.objects.bulk_create(rows, update_conflicts=True, unique_fields=["email"], update_fields=["person"])
    other = Person.objects.create_user("other@school.test")
    rows = [Address(person=other, email="a@school.test")]
    Address.objects.bulk_create(rows, update_conflicts=True, unique_fields=["email"], update_fields=["person"])
    change = audit.history(Address.objects.get())[0]
    assert (change.op, change.before, change.after) == ("update", {"person": chair.pk}, {"person": other.pk})


@pytest.mark.sqlite
def test_replace_is_recorded_as_delete_and_insert(chair: Person) -> None:
    Address.objects.create(pk=5, person=chair, email="a@school.test")
    sql("REPLACE INTO accounts_address (id, person_id, email) VALUES (6, %s, 'a@school.test')", chair.pk)
    assert list(RowChange.objects.filter(table="accounts_address").values_list("row_id", "op")) == [
        (5, "insert"),
        (5, "delete"),
        (6, "insert"),
    ]
