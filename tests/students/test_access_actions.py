"""Opening a dossier, and grants that the meeting sets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError

from core.models import Event
from students.actions.access import end_access, grant_access, open_dossier, set_grants
from students.enums import AuditKind, GrantGround, Purpose
from students.models import AccessGrant, Student
from tests.factories import AccessGrantFactory, ConflictFactory, PersonFactory, StudentFactory
from tests.students.trail import trail_out_of_reach

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MEETING = {"ground": GrantGround.MEETING, "reference": "meeting:9"}


def openings():
    return Event.objects.filter(kind=AuditKind.DOSSIER_OPENED).count()


@pytest.mark.parametrize(
    ("later", "purpose", "expected"),
    [
        (timedelta(minutes=14, seconds=59), Purpose.MEETING, 1),
        (timedelta(minutes=15), Purpose.MEETING, 2),
        (timedelta(0), Purpose.ADVISING, 2),
    ],
)
def test_one_opening_per_purpose_and_quarter_of_an_hour(student, dean, later, purpose, expected):
    with time_machine.travel(datetime(2027, 3, 15, 14, 0, tzinfo=UTC), tick=False) as clock:
        open_dossier(student, purpose=Purpose.MEETING, by=dean)
        clock.shift(later)
        open_dossier(student, purpose=purpose, by=dean)
    assert openings() == expected


def test_two_people_open_twice(student, dean, coordinator):
    open_dossier(student, purpose=Purpose.MEETING, by=dean)
    open_dossier(student, purpose=Purpose.MEETING, by=coordinator)
    assert openings() == 2


def granted():
    return set(AccessGrant.objects.in_force().filter(reference="meeting:9").values_list("person_id", "student_id"))


def test_set_grants_adds_revives_ends_and_repeats_nothing(cycle, dean):
    ann, ben = PersonFactory(), PersonFactory()
    one, two = StudentFactory(cycle=cycle), StudentFactory(cycle=cycle)
    set_grants([(ann.pk, one.pk, LONG_AGO), (ben.pk, two.pk, LONG_AGO)], **MEETING, by=dean)
    assert granted() == {(ann.pk, one.pk), (ben.pk, two.pk)}
    set_grants([(ann.pk, one.pk, LONG_AGO)], **MEETING, by=dean)
    assert granted() == {(ann.pk, one.pk)}
    set_grants([(ann.pk, one.pk, LONG_AGO), (ben.pk, two.pk, LONG_AGO)], **MEETING, by=dean)
    events = Event.objects.count()
    set_grants([(ben.pk, two.pk, LONG_AGO), (ann.pk, one.pk, LONG_AGO)], **MEETING, by=dean)
    assert (granted(), AccessGrant.objects.count()) == ({(ann.pk, one.pk), (ben.pk, two.pk)}, 2)
    assert Event.objects.count() == events


def test_set_grants_leaves_out_the_recused(student, dean):
    recused, other = ConflictFactory(student=student).person, PersonFactory()
    set_grants([(recused.pk, student.pk, LONG_AGO), (other.pk, student.pk, LONG_AGO)], **MEETING, by=dean)
    assert granted() == {(other.pk, student.pk)}


def test_set_grants_leaves_other_references_alone(student, dean):
    other = AccessGrantFactory(student=student, reference="meeting:1")
    set_grants([], **MEETING, by=dean)
    other.refresh_from_db()
    assert other.ends_at is None


def test_a_grant_opens_from_its_start_until_its_end(cycle, student, dean):
    person = PersonFactory()
    start, end = datetime(2027, 3, 15, 14, 0, tzinfo=UTC), datetime(2027, 3, 15, 18, 0, tzinfo=UTC)
    grant_access(student, person=person, ground="caller", reference="x", starts_at=start, ends_at=end, by=dean)
    moments = [start - timedelta(seconds=1), start, end - timedelta(seconds=1), end]
    seen = []
    for moment in moments:
        with time_machine.travel(moment, tick=False):
            seen.append(Student.objects.visible_to(person, cycle).filter(pk=student.pk).exists())
    assert seen == [False, True, True, False]


def test_end_access_twice_is_one_event(student, dean):
    grant = AccessGrantFactory(student=student)
    for _ in range(2):
        end_access(student, person=grant.person, ground=grant.ground, reference=grant.reference, by=dean)
    assert Event.objects.filter(kind=AuditKind.ACCESS_ENDED).count() == 1


def test_a_recused_person_is_granted_nothing(student, dean):
    recused = ConflictFactory(student=student).person
    assert grant_access(student, person=recused, ground="caller", reference="x", by=dean) is None


def test_grants_do_not_outlive_their_audit_write(student, dean):
    with pytest.raises(DatabaseError), trail_out_of_reach():
        set_grants([(PersonFactory().pk, student.pk, LONG_AGO)], **MEETING, by=dean)
    assert granted() == set()
