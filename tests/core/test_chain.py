"""The chain of events: what it takes, and what it tells when somebody was at it."""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from accounts.models import Person
from core import audit, clock
from core.models import Event


@pytest.fixture
def chair(db: None) -> Person:
    return Person.objects.create_user("chair@school.test")


@pytest.fixture
def five_events(chair: Person) -> list[Event]:
    for number in range(5):
        with audit.acting(chair):
            audit.record("counted", chair, by=chair, student_id=7, number=number)
    return list(Event.objects.all())


def tamper(sql: str, *parameters: object) -> None:
    """Do what only somebody could who owns the database and took its guards away."""
    with audit.guards_lifted(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_event_says_who_what_when_on_which_clock(chair: Person) -> None:
    with clock.running(clock.Clock(timedelta(days=100))), audit.acting(chair):
        audit.record("seen", chair, by=chair, student_id=3, cycle_id=4, before=date(2027, 3, 1), after=None)
    event = Event.objects.get()
    assert (event.seq, event.kind, event.actor_id, event.subject_type, event.subject_id) == (
        1,
        "seen",
        chair.pk,
        "accounts.person",
        chair.pk,
    )
    assert (event.student_id, event.cycle_id) == (3, 4)
    assert event.payload == {"before": "2027-03-01", "after": None}
    assert abs(event.clock_at - event.at - timedelta(days=100)) < timedelta(seconds=1)


def test_several_events_of_one_action_are_chained_in_order(chair: Person) -> None:
    with audit.acting(chair):
        for number in range(3):
            audit.record("counted", None, by=None, number=number)
        assert not Event.objects.exists()
    assert [event.payload for event in Event.objects.all()] == [{"number": number} for number in range(3)]
    assert audit.verify() == audit.Chain(3, Event.objects.get(seq=3).hash)


def test_record_in_a_plain_transaction_is_chained_at_once(chair: Person) -> None:
    with transaction.atomic():
        audit.record("counted", chair, by=chair)
        assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused() -> None:
    with pytest.raises(audit.NotInTransaction):
        audit.record("counted", None, by=None)


@pytest.mark.parametrize(
    "fact", ["x" * 201, {"words": "x" * 201}, ["x" * 201], {"x" * 201: 1}, b"", object(), float("nan"), 1e15, "\x00"]
)
def test_unfit_fact_is_refused(chair: Person, fact: object) -> None:
    with pytest.raises(audit.UnfitFact), audit.acting(chair):
        audit.record("said", chair, by=chair, fact=fact)


def test_facts_of_every_kind_survive_the_database(chair: Person) -> None:
    facts: dict[str, Any] = {
        "text": "ä" * 200,
        "number": 2**53,
        "float": 0.1,
        "small": 1e-7,
        "zero": -0.0,
        "whole": 3.0,
        "flag": True,
        "nothing": None,
        "list": [1, "two"],
        "set": {3, 1, 2},
        "dict": {"b": 1, "a": {"c": []}},
        "moment": datetime(2027, 3, 15, 10, 5, tzinfo=UTC),
    }
    with audit.acting(chair):
        audit.record("said", chair, by=chair, **facts)
    assert audit.verify().length == 1
    payload = Event.objects.get().payload
    assert (payload["set"], payload["moment"]) == ([1, 2, 3], "2027-03-15T10:05:00+00:00")


def test_empty_chain_is_whole(db: None) -> None:
    assert audit.verify() == audit.Chain(0, "0" * 64)


def test_whole_chain_tells_length_and_head(five_events: list[Event]) -> None:
    assert audit.verify() == audit.Chain(5, five_events[-1].hash)


@pytest.mark.parametrize(
    ("sql", "broken_at"),
    [
        ("UPDATE core_event SET kind = 'forged' WHERE seq = 3", 3),
        ("UPDATE core_event SET actor_id = 99 WHERE seq = 2", 2),
        ("UPDATE core_event SET student_id = NULL WHERE seq = 2", 2),
        ("""UPDATE core_event SET payload = '{"number": 9}' WHERE seq = 4""", 4),
        ("UPDATE core_event SET previous_hash = hash WHERE seq = 5", 5),
        ("DELETE FROM core_event WHERE seq = 3", 4),
        ("DELETE FROM core_event WHERE seq = 1", 2),
        ("UPDATE core_event SET seq = seq + 10 WHERE seq = 5", 15),
    ],
)
def test_altered_chain_is_found(five_events: list[Event], sql: str, broken_at: int) -> None:
    tamper(sql)
    with pytest.raises(audit.BrokenChain) as broken:
        audit.verify()
    assert broken.value.seq == broken_at


def test_redacted_payload_leaves_the_chain_whole(five_events: list[Event]) -> None:
    tamper("UPDATE core_event SET payload = NULL WHERE seq = 2")
    assert audit.verify() == audit.Chain(5, five_events[-1].hash)


def test_command_tells_length_and_head(five_events: list[Event]) -> None:
    out, err = StringIO(), StringIO()
    call_command("verify_audit", stdout=out, stderr=err)
    assert json.loads(out.getvalue()) == {"length": 5, "head": five_events[-1].hash}
    assert err.getvalue() == "The trail is whole: 5 events.\n"


def test_command_tells_where_the_chain_breaks(five_events: list[Event]) -> None:
    tamper("UPDATE core_event SET kind = 'forged' WHERE seq = 3")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("verify_audit", stdout=out, stderr=err)
    assert exit_.value.code == 1
    assert json.loads(out.getvalue()) == {"broken_at": 3, "words": "it is not what was recorded."}


@pytest.mark.django_db(transaction=True)
def test_actions_at_the_same_time_make_one_chain() -> None:
    person = Person.objects.create_user("chair@school.test")
    failures: list[BaseException] = []
    start = threading.Barrier(6)

    def act() -> None:
        try:
            start.wait(timeout=10)
            for number in range(10):
                with audit.acting(person):
                    Person.objects.filter(pk=person.pk).update(name=f"{threading.get_ident()} {number}")
                    audit.record("counted", person, by=person, number=number)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert audit.verify().length == 60
    assert len(audit.history(person)) == 61


@pytest.mark.django_db(transaction=True)
def test_recording_and_then_changing_a_row_does_not_deadlock() -> None:
    """One person records and then raises the meeting's number, another changes the meeting and then records."""
    person = Person.objects.create_user("chair@school.test")
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def act(record_first: bool) -> None:
        try:
            start.wait(timeout=10)
            for number in range(15):
                with audit.acting(person):
                    if record_first:
                        audit.record("counted", person, by=person)
                    Person.objects.filter(pk=person.pk).update(name=f"{record_first} {number}")
                    if not record_first:
                        audit.record("counted", person, by=person)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=[number % 2 == 0]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert audit.verify().length == 60
