"""Writes about conflicts: declaring a relation between a person and a student, and lifting a recusal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from core import audit
from core.clock import EASTERN, now
from students import permissions
from students.actions.access import end_access_of
from students.actions.evidence import raise_evidence_numbers, record_piece
from students.enums import AuditKind, ConflictKind
from students.models import Conflict, Student

if TYPE_CHECKING:
    from accounts.models import Person


@audit.attributed
def declare_conflict(
    student: Student, *, person: Person, kind: str, note: str = "", declared_on: date | None = None, by: Person
) -> Conflict:
    """Record a relation between a person and a student. A recusing kind ends that person's access at once. Audited.

    Declaring what stands already changes nothing; what was lifted or withdrawn stands again.
    """
    permissions.can_declare_conflict(by, student, person).or_raise()
    raise_evidence_numbers([student.pk])
    conflict: Conflict | None = Conflict.objects.filter(student=student, person=person, kind=kind).first()
    if conflict is not None and conflict.withdrawn_at is None and conflict.lifted_at is None:
        return conflict
    if conflict is None:
        conflict = Conflict(student=student, person=person, kind=ConflictKind(kind))
    conflict.note, conflict.entered_by = note, by
    conflict.declared_on = declared_on or now().astimezone(EASTERN).date()
    conflict.lifted_at, conflict.lifted_by, conflict.lifted_reason = None, None, ""
    conflict.withdrawn_at, conflict.withdrawn_by, conflict.withdrawn_reason = None, None, ""
    conflict.save()
    if conflict.is_recusal:
        end_access_of(person, student=student)
    record_piece(AuditKind.CONFLICT_DECLARED, conflict, by=by, person=person.pk, relation=str(kind))
    return conflict


@audit.attributed
def lift_recusal(conflict: Conflict, *, reason: str, by: Person) -> Conflict:
    """Let a recused person back, signed by a second officer with a reason. Audited.

    Access that ended with the recusal does not come back by itself.
    """
    permissions.can_lift_recusal(by, conflict).or_raise()
    raise_evidence_numbers([conflict.student_id])
    lifted = {"lifted_at": now(), "lifted_by": by, "lifted_reason": reason}
    if not Conflict.objects.recusing().filter(pk=conflict.pk).update(**lifted):
        return conflict  # A second press of the same button.
    for name, value in lifted.items():
        setattr(conflict, name, value)
    record_piece(AuditKind.RECUSAL_LIFTED, conflict, by=by, person=conflict.person_id, relation=conflict.kind)
    return conflict
