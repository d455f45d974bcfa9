"""What the tests about one student share: the cycle, people on every footing, and a full dossier."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine

from accounts.enums import Role
from accounts.models import Person
from core.clock import EASTERN
from matchweek.models import Cycle
from students.models import Student
from tests.factories import AccessGrantFactory, CycleFactory, PersonFactory, StudentFactory

BEFORE = datetime(2027, 3, 8, 12, 0, tzinfo=EASTERN)  # A week before Match Week.
EMBARGO_LIFTS = datetime(2027, 3, 15, 10, 0, tzinfo=EASTERN)


@pytest.fixture
def cycle(db: None) -> Cycle:
    return CycleFactory()


@pytest.fixture
def week_before():
    with time_machine.travel(BEFORE, tick=False):
        yield BEFORE


@pytest.fixture
def after_embargo():
    with time_machine.travel(EMBARGO_LIFTS, tick=False):
        yield EMBARGO_LIFTS


@pytest.fixture
def dean(cycle: Cycle) -> Person:
    return PersonFactory(name="Dana Dean", roles=[Role.DEAN])


@pytest.fixture
def coordinator(cycle: Cycle) -> Person:
    return PersonFactory(name="Cory Coordinator", roles=[Role.COORDINATOR])


@pytest.fixture
def student(cycle: Cycle) -> Student:
    person = PersonFactory(name="Sam Student", roles=[Role.STUDENT])
    return StudentFactory(cycle=cycle, last_name="Abernathy", first_name="Juno", person=person)


@pytest.fixture
def member(cycle: Cycle, student: Student) -> Person:
    """A meeting member with a grant to the student."""
    person = PersonFactory(name="Mo Member", roles=[Role.MEETING_MEMBER])
    AccessGrantFactory(person=person, student=student)
    return person


@pytest.fixture
def advisor(cycle: Cycle, student: Student) -> Person:
    person = PersonFactory(name="Ada Advisor", roles=[Role.ADVISOR])
    student.advisor = person
    student.save()
    return person


@pytest.fixture
def faculty(cycle: Cycle) -> Person:
    return PersonFactory(name="Fay Faculty", roles=[Role.CLERKSHIP_DIRECTOR], position="clerkship director")
