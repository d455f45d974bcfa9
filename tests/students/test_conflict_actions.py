"""Declaring a conflict acts at once; lifting a recusal takes a second officer."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from accounts.enums import Role
from core.permits import Refused
from students.actions.conflicts import declare_conflict, lift_recusal
from students.actions.evidence import restore_evidence, withdraw_evidence
from students.enums import RECUSING_KINDS, ConflictKind
from students.models import Conflict, Student
from tests.factories import ConflictFactory, PersonFactory
from tests.students.trail import trail_out_of_reach


def sees(person, student):
    return Student.objects.visible_to(person, student.cycle).filter(pk=student.pk).exists()


@pytest.mark.parametrize("kind", ConflictKind.values)
def test_only_recusing_kinds_close_the_student(kind, student, member):
    declare_conflict(student, person=member, kind=kind, by=member)
    assert sees(member, student) is (kind not in RECUSING_KINDS)


def test_a_recusal_outlasts_ability_and_lifting_does_not_give_access_back(student, member, dean, coordinator):
    conflict = declare_conflict(student, person=member, kind="family", by=coordinator)
    lift_recusal(conflict, reason="Not related after all.", by=dean)
    assert (sees(member, student), sees(dean, student)) == (False, True)


def test_the_dean_can_be_recused(student, dean):
    declare_conflict(student, person=dean, kind="family", by=dean)
    assert sees(dean, student) is False


def test_declaring_again_is_one_row_and_revives_a_lifted_one(student, member, dean, coordinator):
    first = declare_conflict(student, person=member, kind="family", by=coordinator)
    again = declare_conflict(student, person=member, kind="family", by=coordinator)
    lift_recusal(first, reason="Mistaken.", by=dean)
    revived = declare_conflict(student, person=member, kind="family", note="It is true.", by=coordinator)
    assert {first.pk, again.pk, revived.pk} == {Conflict.objects.get().pk}
    assert Conflict.objects.get().is_recusal


def test_others_conflicts_are_declared_by_the_office_only(student, member, faculty):
    with pytest.raises(Refused):
        declare_conflict(student, person=member, kind="family", by=faculty)


@pytest.mark.parametrize("who", ["recused", "recorder", "coordinator", "recused_second"])
def test_lifting_is_for_an_unrecused_second_officer_who_did_not_record_it(who, student, coordinator):
    recorder = PersonFactory(roles=[Role.DEAN])
    recused = PersonFactory(roles=[Role.MATCH_OFFICER])
    conflict = declare_conflict(student, person=recused, kind="family", by=recorder)
    also_recused = PersonFactory(roles=[Role.DEAN])
    ConflictFactory(student=student, person=also_recused)
    people = {
        "recused": recused,
        "recorder": recorder,
        "coordinator": coordinator,
        "recused_second": also_recused,
    }
    with pytest.raises(Refused):
        lift_recusal(conflict, reason="Please.", by=people[who])


def test_a_recusal_is_lifted_not_withdrawn(student, member, coordinator):
    conflict = declare_conflict(student, person=member, kind="family", by=coordinator)
    with pytest.raises(Refused):
        withdraw_evidence(conflict, reason="I would rather see.", by=coordinator)


def test_restoring_a_lifted_declaration_keeps_it_lifted(student, member, dean, coordinator):
    conflict = declare_conflict(student, person=member, kind="family", by=coordinator)
    lift_recusal(conflict, reason="Mistaken.", by=dean)
    withdraw_evidence(conflict, reason="Entered for the wrong person.", by=coordinator)
    restore_evidence(conflict, by=coordinator)
    assert not Conflict.objects.get().is_recusal


def test_a_declaration_does_not_outlive_its_audit_write(student, member):
    with pytest.raises(DatabaseError), trail_out_of_reach():
        declare_conflict(student, person=member, kind="family", by=member)
    assert (Conflict.objects.count(), sees(member, student)) == (0, True)
