"""Writes about evidence of every kind: entering, changing, withdrawing, and taking a withdrawal back."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Model

from core import audit
from core.clock import now
from core.transitions import move
from students import permissions
from students.actions.access import end_access_of
from students.enums import AuditKind, VouchAnswer
from students.models import Conflict, Evidence, Student, Vouch, VouchRequest
from students.models.kinds import EVIDENCE_KINDS, kind_of

if TYPE_CHECKING:
    from accounts.models import Person


class AlreadyOnRecord(Exception):
    """The same piece is there already, perhaps withdrawn. The text is fit for a user."""

    def __init__(self, twin: Evidence) -> None:
        self.twin = twin
        words = kind_of(twin).words
        if twin.withdrawn_at:
            super().__init__(f"This {words} is on record, but withdrawn: take the withdrawal back in its history.")
        else:
            super().__init__(f"This {words} is already on record.")


class ChangedMeanwhile(Exception):
    """Somebody else changed the row since it was read; `held` is what it holds now. The text is fit for a user."""

    def __init__(self, held: Model) -> None:
        self.held = held
        super().__init__("Somebody else changed this while you were writing. Nothing of either version is lost.")


def raise_evidence_numbers(student_ids: Collection[int]) -> None:
    """Make the assessments of these students stale, in the transaction that changes their evidence.

    Called first, it also holds their rows, so that two people's changes to one student wait for each other.
    """
    Student.objects.filter(pk__in=student_ids).update(evidence_number=F("evidence_number") + 1)


def fingerprint(row: Model, names: Iterable[str]) -> str:
    """Return a digest of what a row holds in these fields. A form brings it back: did somebody change it meanwhile?"""
    held = repr([(name, _held(row, name)) for name in sorted(names)])
    return hashlib.sha256(held.encode()).hexdigest()[:32]


def _held(row: Model, name: str) -> object:
    value = getattr(row, row._meta.get_field(name).attname)  # type: ignore[union-attr]  # only columns are asked for
    return str(value) if isinstance(value, str) else value


@audit.attributed
def enter_evidence(student: Student, *, kind: str, values: Mapping[str, Any], by: Person) -> Evidence:
    """Add a piece of evidence. Audited. Raises `AlreadyOnRecord` when the same piece is there."""
    permissions.can_enter_evidence(by, student, kind).or_raise()
    return add_piece(student, kind=kind, values=values, by=by)


def add_piece(
    student: Student, *, kind: str, values: Mapping[str, Any], by: Person, event: str = AuditKind.EVIDENCE_ENTERED
) -> Evidence:
    """Write the row; a vouch answers an open request. Audited. Called inside an action that allowed it."""
    raise_evidence_numbers([student.pk])
    wanted = EVIDENCE_KINDS[kind]
    twin = find_twin(student, kind=kind, values=values)
    if twin is not None:
        raise AlreadyOnRecord(twin)
    evidence = wanted.model.objects.create(student=student, entered_by=by, **values)
    if isinstance(evidence, Vouch):
        _settle_request(evidence)
    record_piece(event, evidence, by=by)
    return evidence


def find_twin(student: Student, *, kind: str, values: Mapping[str, Any], besides: int | None = None) -> Evidence | None:
    """Return the row that is the same piece as `values`, standing or withdrawn, but not row `besides`."""
    wanted = EVIDENCE_KINDS[kind]
    same = {name: values[name] for name in wanted.identity if values.get(name) is not None}
    blank = {f"{name}__isnull": True for name in wanted.identity if values.get(name) is None}
    twins: Any = wanted.model.objects.filter(student=student, **same, **blank).exclude(pk=besides)
    if kind == "vouch":  # Its author may say the same again after a withdrawal.
        twins = twins.standing()
    found: Evidence | None = twins.first()
    return found


@audit.attributed
def change_evidence(evidence: Evidence, *, values: Mapping[str, Any], seen: str, by: Person) -> Evidence:
    """Change a piece of evidence; `seen` is the fingerprint of what the editor had before them. Audited.

    Raises `ChangedMeanwhile` when somebody changed it since, `AlreadyOnRecord` when another row says the same.
    """
    permissions.can_change_evidence(by, evidence).or_raise()
    raise_evidence_numbers([evidence.student_id])
    held: Evidence = type(evidence).objects.select_for_update().get(pk=evidence.pk)
    if fingerprint(held, values) != seen:
        raise ChangedMeanwhile(held)
    kind = kind_of(evidence)
    identity = {name: values.get(name, getattr(held, name)) for name in kind.identity}
    if twin := find_twin(evidence.student, kind=kind.code, values=identity, besides=held.pk):
        raise AlreadyOnRecord(twin)
    changed = write_changes(held, values)
    if changed:
        record_piece(AuditKind.EVIDENCE_CHANGED, held, by=by, fields=changed)
    return held


def write_changes(row: Model, values: Mapping[str, Any]) -> list[str]:
    """Write those of `values` that differ; return their names."""
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    return changed


@audit.attributed
def withdraw_evidence(evidence: Evidence, *, reason: str, by: Person) -> Evidence:
    """Take a piece out of the dossier, with a reason; it stays on record and can be restored. Audited.

    Without another statement of its author, the vouch request a withdrawn vouch had answered waits again.
    """
    permissions.can_withdraw_evidence(by, evidence).or_raise()
    raise_evidence_numbers([evidence.student_id])
    if not _mark_withdrawn(evidence, at=now(), by=by, reason=reason):
        return evidence  # A second press of the same button.
    if isinstance(evidence, Vouch):
        _reopen_request(evidence)
    record_piece(AuditKind.EVIDENCE_WITHDRAWN, evidence, by=by)
    return evidence


@audit.attributed
def restore_evidence(evidence: Evidence, *, by: Person) -> Evidence:
    """Take a withdrawal back. A restored recusal ends the person's access again. Audited."""
    permissions.can_restore_evidence(by, evidence).or_raise()
    raise_evidence_numbers([evidence.student_id])
    if not _mark_withdrawn(evidence, at=None, by=None, reason=""):
        return evidence
    if isinstance(evidence, Vouch):
        _settle_request(evidence)
    if isinstance(evidence, Conflict) and evidence.is_recusal:
        end_access_of(evidence.person, student=evidence.student)
    record_piece(AuditKind.EVIDENCE_RESTORED, evidence, by=by)
    return evidence


def _mark_withdrawn(evidence: Evidence, *, at: datetime | None, by: Person | None, reason: str) -> bool:
    """Write or clear the withdrawal if it is not so already; tell whether this made the difference."""
    changes = {"withdrawn_at": at, "withdrawn_by": by, "withdrawn_reason": reason}
    rows = type(evidence).objects.filter(pk=evidence.pk, withdrawn_at__isnull=at is not None)
    if not rows.update(**changes):
        return False
    for name, value in changes.items():
        setattr(evidence, name, value)
    return True


def _settle_request(vouch: Vouch) -> None:
    """Whoever vouches has answered what they were asked."""
    asked = VouchRequest.objects.standing().filter(student=vouch.student, faculty=vouch.faculty_id).first()
    if asked is not None and asked.status != VouchAnswer.ANSWERED:
        move(asked, VouchAnswer.ANSWERED, declined_why="")


def _reopen_request(vouch: Vouch) -> None:
    """An answer that was withdrawn, with no other of the same person standing, leaves the request waiting."""
    mine = {"student": vouch.student, "faculty": vouch.faculty_id}
    if Vouch.objects.standing().filter(**mine).exists():
        return
    answered = VouchRequest.objects.standing().filter(**mine, status=VouchAnswer.ANSWERED).first()
    if answered is not None:
        move(answered, VouchAnswer.ASKED)


def record_piece(event: str, evidence: Evidence, *, by: Person, **facts: Any) -> None:
    """Put an event about a piece of evidence on the trail. Called inside an action."""
    audit.record(
        event,
        evidence,
        by=by,
        student_id=evidence.student_id,
        cycle_id=evidence.student.cycle_id,
        evidence=kind_of(evidence).code,
        **facts,
    )
