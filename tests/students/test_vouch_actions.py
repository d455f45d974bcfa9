"""Vouches, requests and concerns: who may, when, and where they go from here."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError

from accounts.enums import Role
from core.permits import Refused
from core.transitions import NoSuchTransition, StaleState, move
from matchweek.enums import MilestoneKind
from students.actions.concerns import answer_concern, report_concern, settle_concern
from students.actions.evidence import AlreadyOnRecord
from students.actions.vouches import CannotBeAsked, close_request, decline_request, give_vouch, request_vouch
from students.enums import (
    CONCERN_TRANSITIONS,
    VOUCH_REQUEST_TRANSITIONS,
    ConcernStatus,
    Strength,
    VouchAnswer,
)
from students.models import Concern, Vouch, VouchRequest
from students.permissions import can_vouch
from tests.factories import ConcernFactory, ConflictFactory, PersonFactory, VouchFactory, VouchRequestFactory
from tests.students.trail import trail_out_of_reach

SAID = {
    "strength": Strength.STRONG,
    "weeks_observed": 4,
    "relationship": "ward attending",
    "statement": "Caught a wrong dose.",
    "willing_to_advocate": True,
}


def test_a_vouch_answers_the_request(student, faculty):
    asked = VouchRequestFactory(student=student, faculty=faculty)
    vouch = give_vouch(student, **SAID, by=faculty)
    asked.refresh_from_db()
    assert (vouch.faculty, vouch.faculty_position, asked.status) == (faculty, "clerkship director", "answered")


def test_the_same_vouch_twice_is_one(student, faculty):
    give_vouch(student, **SAID, by=faculty)
    with pytest.raises(AlreadyOnRecord):
        give_vouch(student, **SAID, by=faculty)
    give_vouch(student, **SAID | {"strength": Strength.WOULD_TAKE}, by=faculty)
    assert Vouch.objects.count() == 2


@pytest.mark.parametrize(
    ("role", "may"),
    [(role, role in {"dean", "meeting_member", "clerkship_director", "caller", "advisor"}) for role in Role.values],
)
def test_vouching_by_role(role, may, student):
    assert bool(can_vouch(PersonFactory(roles=[role]), student)) is may


def test_a_recused_person_does_not_vouch(student, faculty):
    ConflictFactory(student=student, person=faculty)
    with pytest.raises(Refused):
        give_vouch(student, **SAID, by=faculty)


@pytest.mark.parametrize("position", ["program director", "Program_Director", "interviewer"])
def test_program_directors_window_is_half_open(position, cycle, student):
    director = PersonFactory(roles=[Role.MEETING_MEMBER], position=position)
    start, end = cycle.milestone(MilestoneKind.SCHOOL_REPORT), cycle.milestone(MilestoneKind.SOAP_ENDS)
    second = timedelta(seconds=1)
    may = []
    for moment in (start - second, start, end - second, end):
        with time_machine.travel(moment, tick=False):
            may.append(bool(can_vouch(director, student)))
    assert may == [True, False, False, True]


def test_asking_again_after_a_decline(student, faculty, dean):
    asked = request_vouch(student, faculty=faculty, asked_on=date(2027, 3, 1), by=dean)
    with pytest.raises(AlreadyOnRecord):
        request_vouch(student, faculty=faculty, by=dean)
    decline_request(asked, by=faculty)
    again = request_vouch(student, faculty=faculty, asked_on=date(2027, 3, 5), by=dean)
    assert (again.pk, again.status, again.asked_on) == (asked.pk, VouchAnswer.ASKED, date(2027, 3, 5))


def test_asking_who_vouched_already_is_answered(student, faculty, dean):
    VouchFactory(student=student, faculty=faculty)
    assert request_vouch(student, faculty=faculty, by=dean).status == VouchAnswer.ANSWERED


def test_a_recused_person_is_not_asked(student, dean):
    with pytest.raises(CannotBeAsked):
        request_vouch(student, faculty=ConflictFactory(student=student).person, by=dean)


def test_only_who_was_asked_or_the_office_declines(student, faculty, dean):
    asked = VouchRequestFactory(student=student)
    with pytest.raises(Refused):
        decline_request(asked, by=faculty)
    assert close_request(asked, by=dean).status == VouchAnswer.UNANSWERED


@pytest.mark.parametrize("old", ConcernStatus.values)
@pytest.mark.parametrize("new", ConcernStatus.values)
def test_concern_goes_only_where_the_table_leads(old, new, student, dean):
    concern = ConcernFactory(student=student, status=old)
    if new in CONCERN_TRANSITIONS[old]:
        settle_concern(concern, to=new, reason="Looked into it.", by=dean)
        assert Concern.objects.get().status == new
    else:
        with pytest.raises(NoSuchTransition):
            settle_concern(concern, to=new, reason="Looked into it.", by=dean)
        assert Concern.objects.get().status == old


@pytest.mark.parametrize("old", VouchAnswer.values)
@pytest.mark.parametrize("new", VouchAnswer.values)
def test_request_goes_only_where_the_table_leads(old, new, student):
    asked = VouchRequestFactory(student=student, status=old)
    if new in VOUCH_REQUEST_TRANSITIONS[old]:
        move(asked, new)
        assert VouchRequest.objects.get().status == new
    else:
        with pytest.raises(NoSuchTransition):
            move(asked, new)


def test_settling_what_somebody_settled_meanwhile_is_stale(student, dean, coordinator):
    first = ConcernFactory(student=student)
    second = Concern.objects.get()
    settle_concern(first, to="resolved", reason="Talked it over.", by=dean)
    with pytest.raises(StaleState):
        settle_concern(second, to="dismissed", reason="Not so.", by=coordinator)
    assert (Concern.objects.get().status, Concern.objects.get().settled_by) == ("resolved", dean)


@pytest.mark.parametrize("role", ["member", "advisor", "faculty"])
def test_only_the_office_settles(role, student, request):
    with pytest.raises(Refused):
        settle_concern(ConcernFactory(student=student), to="dismissed", reason="No.", by=request.getfixturevalue(role))


def test_only_the_student_answers_and_the_first_day_stays(student, member):
    concern = ConcernFactory(student=student)
    with pytest.raises(Refused):
        answer_concern(concern, response="Not mine.", by=member)
    with time_machine.travel("2027-03-09T12:00:00-04:00"):
        answer_concern(concern, response="The bus was late.", by=student.person)
    with time_machine.travel("2027-03-10T12:00:00-04:00"):
        answer_concern(concern, response="The bus was late twice.", by=student.person)
    concern.refresh_from_db()
    assert (concern.student_response, concern.student_response_on) == ("The bus was late twice.", date(2027, 3, 9))


def test_a_concern_after_a_caution_waits_for_its_record(student, faculty):
    seen = {"kind": "respect", "severity": "moderate", "happened_on": date(2026, 9, 1), "summary": "Shouted."}
    with pytest.raises(Refused):
        report_concern(student, values=seen, by=faculty)
    VouchFactory(student=student, faculty=faculty, strength=Strength.CAUTION)
    concern = report_concern(student, values=seen, by=faculty)
    assert (concern.reported_by, concern.first_hand, concern.record_reference) == (faculty, True, "")


def test_a_vouch_does_not_outlive_its_audit_write(student, faculty):
    asked = VouchRequestFactory(student=student, faculty=faculty)
    with pytest.raises(DatabaseError), trail_out_of_reach():
        give_vouch(student, **SAID, by=faculty)
    asked.refresh_from_db()
    assert (Vouch.objects.count(), asked.status) == (0, VouchAnswer.ASKED)
