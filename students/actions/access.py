"""Writes about access: who may open which dossier, and who did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q

from core import audit
from core.clock import now, real_now
from core.models import Event
from students.enums import AuditKind, GrantGround, Purpose
from students.models import AccessGrant, Conflict, Student
from students.models.access import AccessGrantQuerySet

if TYPE_CHECKING:
    from accounts.models import Person

ONE_OPENING = timedelta(minutes=15)  # Opening again for the same purpose within this time is the same opening.


class Opening(NamedTuple):
    """One recorded opening of a dossier, by the product's clock."""

    at: datetime


def open_dossier(student: Student, *, purpose: str, by: Person) -> Opening:
    """Record that a person opened a dossier: one event per person, student, purpose and quarter of an hour.

    The view has loaded the student through `visible_to`. Returns when this opening was recorded.
    """
    return _latest_opening(student, purpose, by) or _record_opening(student, purpose=purpose, by=by)


@audit.attributed
def _record_opening(student: Student, *, purpose: str, by: Person) -> Opening:
    made_meanwhile = _latest_opening(student, purpose, by)
    if made_meanwhile is not None:
        return made_meanwhile
    audit.record(
        AuditKind.DOSSIER_OPENED,
        student,
        by=by,
        student_id=student.pk,
        cycle_id=student.cycle_id,
        purpose=str(Purpose(purpose)),
    )
    return Opening(now())


def _latest_opening(student: Student, purpose: str, by: Person) -> Opening | None:
    """Return an opening that still stands for this one; its age is real time."""
    openings = Event.objects.filter(
        kind=AuditKind.DOSSIER_OPENED, actor_id=by.pk, student_id=student.pk, at__gt=real_now() - ONE_OPENING
    )
    for clock_at, payload in openings.order_by("-seq").values_list("clock_at", "payload"):
        if payload and payload.get("purpose") == purpose:
            return Opening(clock_at)
    return None


@audit.attributed
def grant_access(
    student: Student,
    *,
    person: Person,
    ground: str,
    reference: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    by: Person,
) -> AccessGrant | None:
    """Let a person open one dossier from `starts_at` (now) until `ends_at` (until ended). Audited.

    Called inside an action that allowed it. A recused person gets nothing: then this returns None.
    """
    if Conflict.objects.recusing().filter(student=student, person=person).exists():
        return None
    grant, _ = AccessGrant.objects.update_or_create(
        person=person,
        student=student,
        ground=GrantGround(ground),
        reference=reference,
        defaults={"starts_at": starts_at or now(), "ends_at": ends_at},
    )
    _record(AuditKind.ACCESS_GRANTED, student, persons=[person.pk], ground=ground, reference=reference, by=by)
    return grant


@audit.attributed
def end_access(student: Student, *, person: Person, ground: str, reference: str, by: Person) -> None:
    """End one grant now; nothing happens when it ended already. Audited. Called inside an action that allowed it."""
    if _end(AccessGrant.objects.filter(student=student, person=person, ground=ground, reference=reference)):
        _record(AuditKind.ACCESS_ENDED, student, persons=[person.pk], ground=ground, reference=reference, by=by)


def end_access_of(person: Person, *, student: Student) -> int:
    """End every grant of a person to a student, whatever its ground. Called inside the action that recuses them."""
    return _end(AccessGrant.objects.filter(person=person, student=student))


@audit.attributed
def set_grants(pairs: Iterable[tuple[int, int, datetime]], *, ground: str, reference: str, by: Person | None) -> None:
    """Let exactly these people open these students' dossiers, each from a time on: add, revive, end. Audited.

    `pairs` holds person, student and start. Called inside an action that allowed it; calling it again with the same
    pairs changes nothing. Pairs in which the person is recused are left out.
    """
    starts = {(person, student): at for person, student, at in pairs}
    for pair in _recused_pairs({student for _, student in starts}):
        starts.pop(pair, None)
    held = AccessGrant.objects.filter(ground=ground, reference=reference)
    known = {(each.person_id, each.student_id): each for each in held}
    moment = now()
    standing = {pair for pair, each in known.items() if each.ends_at is None or each.ends_at > moment}
    _end(held.filter(pk__in=[known[pair].pk for pair in standing - set(starts)]))
    _restart([(known[pair], at) for pair, at in starts.items() if pair in known], standing)
    AccessGrant.objects.bulk_create(
        AccessGrant(person_id=person, student_id=student, ground=ground, reference=reference, starts_at=starts[pair])
        for pair in sorted(set(starts) - set(known))
        for person, student in [pair]
    )
    students = {each.pk: each for each in Student.objects.filter(pk__in={pk for _, pk in set(starts) ^ standing})}
    for kind, pairs_of_kind in (
        (AuditKind.ACCESS_GRANTED, set(starts) - standing),
        (AuditKind.ACCESS_ENDED, standing - set(starts)),
    ):
        for student_id, persons in _by_student(pairs_of_kind).items():
            _record(kind, students[student_id], persons=persons, ground=ground, reference=reference, by=by)


def _recused_pairs(student_ids: Collection[int]) -> list[tuple[int, int]]:
    recused = Conflict.objects.recusing().filter(student_id__in=student_ids)
    return list(recused.values_list("person_id", "student_id"))


def _restart(grants: Iterable[tuple[AccessGrant, datetime]], standing: Collection[tuple[int, int]]) -> None:
    """Give grants their start; those that had ended hold again."""
    changed = []
    for grant, starts_at in grants:
        if grant.starts_at != starts_at or (grant.person_id, grant.student_id) not in standing:
            grant.starts_at, grant.ends_at = starts_at, None
            changed.append(grant)
    AccessGrant.objects.bulk_update(changed, ["starts_at", "ends_at"])


def _end(grants: AccessGrantQuerySet) -> int:
    moment = now()
    return grants.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=moment)).update(ends_at=moment)


def _by_student(pairs: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for person, student in sorted(pairs):
        found[student].append(person)
    return found


def _record(kind: str, student: Student, *, persons: list[int], ground: str, reference: str, by: Person | None) -> None:
    audit.record(
        kind,
        student,
        by=by,
        student_id=student.pk,
        cycle_id=student.cycle_id,
        persons=persons,
        ground=str(ground),
        reference=reference,
    )
