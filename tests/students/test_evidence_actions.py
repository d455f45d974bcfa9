"""Entering, changing, withdrawing and restoring evidence."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError

from core.models import Event
from core.permits import Refused
from students.actions.evidence import (
    AlreadyOnRecord,
    ChangedMeanwhile,
    change_evidence,
    enter_evidence,
    fingerprint,
    restore_evidence,
    withdraw_evidence,
)
from students.enums import AuditKind, Exam, ExamResult, VouchAnswer
from students.models import ExamAttempt, VouchRequest
from students.models.kinds import EVIDENCE_KINDS, kind_of
from tests import factories
from tests.factories import ExamAttemptFactory, VouchFactory, VouchRequestFactory
from tests.students.trail import trail_out_of_reach

EXAM = {"exam": Exam.STEP_1, "taken_on": date(2025, 6, 1), "result": ExamResult.PASS, "score": None}
MAKERS = {
    "exam": factories.ExamAttemptFactory,
    "evaluation": factories.ClerkshipEvaluationFactory,
    "academic": factories.AcademicEventFactory,
    "concern": factories.ConcernFactory,
    "vouch": factories.VouchFactory,
    "request": factories.VouchRequestFactory,
    "advising": factories.AdvisingNoteFactory,
    "conflict": factories.ConflictFactory,
}


def number_of(student):
    student.refresh_from_db(fields=["evidence_number"])
    return student.evidence_number


def test_enter_records_row_event_and_evidence_number(student, dean):
    before = number_of(student)
    attempt = enter_evidence(student, kind="exam", values=EXAM, by=dean)
    event = Event.objects.latest("seq")
    assert (attempt.entered_by, number_of(student)) == (dean, before + 1)
    assert (event.kind, event.actor_id, event.student_id) == (AuditKind.EVIDENCE_ENTERED, dean.pk, student.pk)
    assert event.payload == {"evidence": "exam"}


def test_enter_twice_is_refused_and_leaves_one(student, dean):
    enter_evidence(student, kind="exam", values=EXAM, by=dean)
    with pytest.raises(AlreadyOnRecord) as refusal:
        enter_evidence(student, kind="exam", values=EXAM | {"result": ExamResult.FAIL}, by=dean)
    assert str(refusal.value) == "This exam attempt is already on record."
    assert ExamAttempt.objects.count() == 1


def test_enter_what_was_withdrawn_points_to_its_history(student, dean):
    attempt = enter_evidence(student, kind="exam", values=EXAM, by=dean)
    withdraw_evidence(attempt, reason="Typed for the wrong student.", by=dean)
    with pytest.raises(AlreadyOnRecord) as refusal:
        enter_evidence(student, kind="exam", values=EXAM, by=dean)
    assert "take the withdrawal back" in str(refusal.value)


@pytest.mark.parametrize("role", ["member", "advisor", "faculty"])
def test_enter_is_for_the_office(student, role, request):
    with pytest.raises(Refused):
        enter_evidence(student, kind="exam", values=EXAM, by=request.getfixturevalue(role))


def test_advisor_notes_advice_to_the_own_student_only(cycle, student, advisor):
    note = {
        "kind": "broaden",
        "noted_on": date(2027, 1, 1),
        "followed": "yes",
        "advice": "Broaden.",
        "advisor": advisor,
    }
    assert enter_evidence(student, kind="advising", values=note, by=advisor).entered_by == advisor
    with pytest.raises(Refused):
        enter_evidence(factories.StudentFactory(cycle=cycle), kind="advising", values=note, by=advisor)


def test_change_keeps_what_somebody_else_wrote(student, dean, coordinator):
    attempt = ExamAttemptFactory(student=student, score=230)
    seen = fingerprint(attempt, ["score"])
    change_evidence(attempt, values={"score": 231}, seen=seen, by=coordinator)
    with pytest.raises(ChangedMeanwhile) as refusal:
        change_evidence(attempt, values={"score": 232}, seen=seen, by=dean)
    attempt.refresh_from_db()
    assert (attempt.score, refusal.value.held.score) == (231, 231)


def test_change_to_another_rows_identity_is_refused(student, dean):
    first = ExamAttemptFactory(student=student)
    second = ExamAttemptFactory(student=student)
    with pytest.raises(AlreadyOnRecord):
        change_evidence(second, values={"taken_on": first.taken_on}, seen=fingerprint(second, ["taken_on"]), by=dean)


def test_change_of_a_vouch_is_its_authors(student, dean, faculty):
    vouch = VouchFactory(student=student, faculty=faculty)
    seen = fingerprint(vouch, ["weeks_observed"])
    with pytest.raises(Refused):
        change_evidence(vouch, values={"weeks_observed": 9}, seen=seen, by=dean)
    assert change_evidence(vouch, values={"weeks_observed": 9}, seen=seen, by=faculty).weeks_observed == 9


@pytest.mark.parametrize("kind", [code for code in EVIDENCE_KINDS if code != "conflict"])
def test_withdraw_and_restore_every_kind(kind, student, dean):
    piece = MAKERS[kind](student=student)
    withdraw_evidence(piece, reason="Entered twice.", by=dean)
    withdraw_evidence(piece, reason="A second press.", by=dean)
    piece.refresh_from_db()
    assert (piece.withdrawn_by, piece.withdrawn_reason, kind_of(piece).code) == (dean, "Entered twice.", kind)
    restore_evidence(piece, by=dean)
    piece.refresh_from_db()
    assert (piece.withdrawn_at, piece.withdrawn_reason) == (None, "")
    kinds = [AuditKind.EVIDENCE_WITHDRAWN, AuditKind.EVIDENCE_RESTORED]
    assert list(Event.objects.order_by("seq").values_list("kind", flat=True))[-2:] == kinds


def test_withdrawn_vouch_leaves_its_request_waiting(student, faculty):
    request = VouchRequestFactory(student=student, faculty=faculty, status=VouchAnswer.ANSWERED)
    vouch = VouchFactory(student=student, faculty=faculty)
    withdraw_evidence(vouch, reason="I mixed up two students.", by=faculty)
    request.refresh_from_db()
    assert request.status == VouchAnswer.ASKED
    restore_evidence(vouch, by=faculty)
    assert VouchRequest.objects.get().status == VouchAnswer.ANSWERED


def test_a_change_does_not_outlive_its_audit_write(student, dean):
    before, events = number_of(student), Event.objects.count()
    with pytest.raises(DatabaseError), trail_out_of_reach():
        enter_evidence(student, kind="exam", values=EXAM, by=dean)
    assert (ExamAttempt.objects.count(), number_of(student), Event.objects.count()) == (0, before, events)
