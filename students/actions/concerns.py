"""Writes about concerns: settling them, and the student's response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core import audit
from core.clock import EASTERN, now
from core.transitions import StaleState, move
from students import permissions
from students.actions.evidence import add_piece, raise_evidence_numbers, record_piece
from students.enums import AuditKind, ConcernStatus
from students.models import Concern, Evidence, Student

if TYPE_CHECKING:
    from accounts.models import Person

_SETTLED = (ConcernStatus.RESOLVED, ConcernStatus.DISMISSED)


@audit.attributed
def report_concern(student: Student, *, values: Mapping[str, Any], by: Person) -> Evidence:
    """Enter a concern the author saw first-hand. It does not count until documented and told. Audited."""
    permissions.can_report_concern(by, student).or_raise()
    seen = {**values, "reported_by": by, "first_hand": True, "record_reference": "", "student_told_on": None}
    return add_piece(student, kind="concern", values=seen, by=by)


@audit.attributed
def settle_concern(concern: Concern, *, to: str, reason: str, by: Person) -> Concern:
    """Resolve, dismiss, dispute or reopen a concern, with a reason. Audited.

    Raises `NoSuchTransition` and, when somebody settled it meanwhile or it was withdrawn, `StaleState`.
    """
    permissions.can_settle_concern(by, concern).or_raise()
    raise_evidence_numbers([concern.student_id])
    if Concern.objects.filter(pk=concern.pk, withdrawn_at__isnull=False).exists():
        raise StaleState(concern)
    before = concern.status
    settled = {"settled_at": now(), "settled_by": by} if to in _SETTLED else {"settled_at": None, "settled_by": None}
    move(concern, ConcernStatus(to), settled_reason=reason, **settled)
    record_piece(AuditKind.CONCERN_SETTLED, concern, by=by, before=str(before), after=str(to))
    return concern


@audit.attributed
def answer_concern(concern: Concern, *, response: str, by: Person) -> Concern:
    """Keep the student's own words beside the concern; the first response dates it. Audited.

    A concern the student responded to counts as told. Earlier words stay in the row's history.
    """
    permissions.can_answer_concern(by, concern).or_raise()
    raise_evidence_numbers([concern.student_id])
    concern.student_response = response
    if concern.student_response_on is None:
        concern.student_response_on = now().astimezone(EASTERN).date()
    concern.save(update_fields=["student_response", "student_response_on"])
    record_piece(AuditKind.CONCERN_ANSWERED, concern, by=by)
    return concern
