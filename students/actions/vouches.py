"""Writes about vouches: giving one, asking for one, declining."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

from core import audit
from core.clock import EASTERN, now
from core.transitions import move
from students import permissions
from students.actions.evidence import AlreadyOnRecord, add_piece, raise_evidence_numbers, record_piece
from students.enums import AuditKind, DeclineReason, Strength, VouchAnswer
from students.models import Conflict, Student, Vouch, VouchRequest

if TYPE_CHECKING:
    from accounts.models import Person


class CannotBeAsked(Exception):
    """This person cannot be asked for a vouch. The text is fit for a user."""


@audit.attributed
def give_vouch(
    student: Student,
    *,
    strength: str,
    weeks_observed: int,
    relationship: str,
    statement: str,
    willing_to_advocate: bool,
    by: Person,
) -> Vouch:
    """Record what a faculty member says of a student they observed; it answers an open request. Audited.

    Several statements of one person stay on record. Raises `AlreadyOnRecord` for the very same one.
    """
    permissions.can_vouch(by, student).or_raise()
    said = {
        "faculty": by,
        "strength": Strength(strength),
        "weeks_observed": weeks_observed,
        "relationship": relationship,
        "statement": statement,
        "willing_to_advocate": willing_to_advocate,
        "faculty_position": by.position,
    }
    return cast("Vouch", add_piece(student, kind="vouch", values=said, event=AuditKind.VOUCH_GIVEN, by=by))


@audit.attributed
def request_vouch(student: Student, *, faculty: Person, asked_on: date | None = None, by: Person) -> VouchRequest:
    """Record that a person was asked to vouch; one who declined or did not answer is asked again. Audited.

    Raises `AlreadyOnRecord` while an earlier request waits or was answered, `CannotBeAsked` for a recused person.
    """
    permissions.can_edit_evidence(by, student).or_raise()
    raise_evidence_numbers([student.pk])
    if Conflict.objects.recusing().filter(student=student, person=faculty).exists():
        raise CannotBeAsked(f"{faculty} is recused from this student and cannot be asked.")
    day = asked_on or now().astimezone(EASTERN).date()
    request = VouchRequest.objects.filter(student=student, faculty=faculty).first()
    if request is None:
        vouched = Vouch.objects.standing().filter(student=student, faculty=faculty).exists()
        status = VouchAnswer.ANSWERED if vouched else VouchAnswer.ASKED
        request = VouchRequest.objects.create(
            student=student, faculty=faculty, asked_on=day, status=status, entered_by=by
        )
    elif request.withdrawn_at or request.status in (VouchAnswer.ASKED, VouchAnswer.ANSWERED):
        raise AlreadyOnRecord(request)
    else:
        move(request, VouchAnswer.ASKED, asked_on=day, declined_why="")
    record_piece(AuditKind.VOUCH_REQUESTED, request, by=by, faculty=faculty.pk)
    return request


@audit.attributed
def decline_request(request: VouchRequest, *, why: str = "", by: Person) -> VouchRequest:
    """Record that who was asked would rather not, or did not see the student at work; no reason is needed. Audited."""
    permissions.can_decline_request(by, request).or_raise()
    raise_evidence_numbers([request.student_id])
    move(request, VouchAnswer.DECLINED, declined_why=DeclineReason(why) if why else "")
    record_piece(AuditKind.VOUCH_DECLINED, request, by=by, why=why)
    return request


@audit.attributed
def want_outcome(vouch: Vouch, *, by: Person) -> None:
    """Remember that the author of a vouch wants to hear what became of the student. Audited; asked twice, once."""
    permissions.can_want_outcome(by, vouch).or_raise()
    if Vouch.objects.filter(pk=vouch.pk, outcome_wanted_at__isnull=True).update(outcome_wanted_at=now()):
        record_piece(AuditKind.OUTCOME_WANTED, vouch, by=by)


@audit.attributed
def close_request(request: VouchRequest, *, by: Person) -> VouchRequest:
    """Stop waiting for an answer: the request counts as unanswered until its answer comes after all. Audited."""
    permissions.can_edit_evidence(by, request.student).or_raise()
    raise_evidence_numbers([request.student_id])
    move(request, VouchAnswer.UNANSWERED)
    record_piece(AuditKind.EVIDENCE_CHANGED, request, by=by, fields=["status"])
    return request
