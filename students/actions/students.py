"""Writes about a student's own facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core import audit
from matchweek.actions import note_results_loaded
from matchweek.models import Cycle
from students import permissions
from students.actions.evidence import ChangedMeanwhile, fingerprint, raise_evidence_numbers, write_changes
from students.enums import AuditKind, MatchStatus
from students.models import Student

if TYPE_CHECKING:
    from accounts.models import Person


class StudentKnown(Exception):
    """The cycle has a student with this AAMC ID. The text is fit for a user."""


@audit.attributed
def add_student(cycle: Cycle, *, values: Mapping[str, Any], by: Person) -> Student:
    """Add a student by hand. Audited. A known match status starts the embargo. Raises `StudentKnown`."""
    permissions.can_add_student(by, cycle).or_raise()
    if Student.objects.filter(cycle=cycle, aamc_id=values["aamc_id"]).exists():
        raise StudentKnown("A student with this AAMC ID is in the class already.")
    student = Student.objects.create(cycle=cycle, entered_by=by, **values)
    _note_result(student, by)
    audit.record(AuditKind.STUDENT_ADDED, student, by=by, student_id=student.pk, cycle_id=cycle.pk)
    return student


@audit.attributed
def change_student(student: Student, *, values: Mapping[str, Any], seen: str, by: Person) -> Student:
    """Change a student's facts; `seen` is the fingerprint of what the editor had before them. Audited.

    A match status that becomes known starts the embargo. Raises `ChangedMeanwhile`.
    """
    permissions.can_change_student(by, student).or_raise()
    raise_evidence_numbers([student.pk])
    held: Student = Student.objects.select_for_update().get(pk=student.pk)
    held.cycle = student.cycle
    if fingerprint(held, values) != seen:
        raise ChangedMeanwhile(held)
    changed = write_changes(held, values)
    if changed:
        _note_result(held, by)
        audit.record(AuditKind.STUDENT_CHANGED, held, by=by, student_id=held.pk, cycle_id=held.cycle_id, fields=changed)
    return held


def _note_result(student: Student, by: Person) -> None:
    if student.match_status not in (MatchStatus.UNKNOWN, MatchStatus.WITHDRAWN):
        note_results_loaded(student.cycle, by=by)
