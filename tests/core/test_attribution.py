"""Actions are one transaction, and the row history names who acted."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from accounts.models import Address, Person
from core import audit
from core.models import Event, RowChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def chair() -> Person:
    return Person.objects.create_user("chair@school.test")


@pytest.fixture
def office() -> Person:
    return Person.objects.create_user("office@school.test")


@audit.attributed
def add_address(person: Person, *, email: str, by: Person | None) -> Address:
    """An action."""
    address = Address.objects.create(person=person, email=email)
    audit.record("address-added", address, by=by)
    return address


@audit.attributed
def add_two(person: Person, *, inner_by: Person | None, by: Person | None) -> tuple[Address, Address, Address]:
    """An action that calls another one in somebody else's name."""
    first = Address.objects.create(person=person, email="first@school.test")
    second = add_address(person, email="second@school.test", by=inner_by)
    return first, second, Address.objects.create(person=person, email="third@school.test")


def actors(*rows: Address) -> list[int | None]:
    return [audit.history(row)[0].actor_id for row in rows]


def test_history_names_the_actor(chair: Person) -> None:
    assert actors(add_address(chair, email="a@school.test", by=chair)) == [chair.pk]


def test_history_names_nobody_for_the_system(chair: Person) -> None:
    assert actors(add_address(chair, email="a@school.test", by=None)) == [None]


def test_nested_action_keeps_its_own_actor_and_gives_back_the_outer_one(chair: Person, office: Person) -> None:
    assert actors(*add_two(chair, inner_by=office, by=chair)) == [chair.pk, office.pk, chair.pk]


def test_nested_system_action_has_no_actor_in_between(chair: Person) -> None:
    assert actors(*add_two(chair, inner_by=None, by=chair)) == [chair.pk, None, chair.pk]


def test_actor_is_forgotten_after_the_action(chair: Person) -> None:
    add_address(chair, email="a@school.test", by=chair)
    assert actors(Address.objects.create(person=chair, email="b@school.test")) == [None]


def test_actor_is_given_back_when_the_nested_action_fails(chair: Person, office: Person) -> None:
    @audit.attributed
    def fail(*, by: Person) -> None:
        Address.objects.create(person=chair, email="lost@school.test")
        raise LookupError

    with audit.acting(chair):
        with pytest.raises(LookupError):
            fail(by=office)
        after = Address.objects.create(person=chair, email="after@school.test")
    assert actors(after) == [chair.pk]
    assert not RowChange.objects.filter(after__email="lost@school.test").exists()


def test_event_of_a_failed_nested_action_is_not_chained(chair: Person) -> None:
    @audit.attributed
    def fail(*, by: Person) -> None:
        audit.record("failed", chair, by=by)
        raise LookupError

    with audit.acting(chair):
        audit.record("before", chair, by=chair)
        with pytest.raises(LookupError):
            fail(by=chair)
        audit.record("after", chair, by=chair)
    assert list(Event.objects.values_list("kind", flat=True)) == ["before", "after"]
    assert audit.verify().length == 2


def test_change_is_rolled_back_when_its_audit_write_fails(chair: Person) -> None:
    @audit.attributed
    def say_too_much(*, by: Person) -> None:
        Address.objects.create(person=chair, email="lost@school.test")
        audit.record("said", chair, by=by, words="x" * 201)

    with pytest.raises(audit.UnfitFact):
        say_too_much(by=chair)
    assert not Address.objects.exists()
    assert not Event.objects.exists()


def test_change_is_rolled_back_when_the_chain_cannot_be_written(chair: Person) -> None:
    def refuse_events(execute: Any, sql: str, *args: Any) -> Any:
        if sql.startswith("INSERT INTO") and "core_event" in sql:
            raise RuntimeError("the disk is full")
        return execute(sql, *args)

    with pytest.raises(RuntimeError), connection.execute_wrapper(refuse_events):
        add_address(chair, email="lost@school.test", by=chair)
    assert not Address.objects.exists()


def test_action_keeps_name_and_docstring() -> None:
    assert (add_address.__name__, add_address.__doc__) == ("add_address", "An action.")


def test_action_with_its_trail_costs_few_queries(chair: Person, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(8):
        add_address(chair, email="a@school.test", by=chair)
