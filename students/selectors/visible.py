"""One student, or one piece of evidence, as far as it is open to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404

from accounts.permissions import has_ability
from accounts.roles import Ability
from accounts.selectors import User
from matchweek.models import Cycle
from students.models import Conflict, Evidence, Student, Vouch
from students.models.kinds import EVIDENCE_KINDS
from students.permissions import RecusedFromStudent, Section, footing_of

# What must be open for the history of a kind: a concern's tells what was set aside, a vouch's may tell of a caution.
HISTORY_SECTIONS: Mapping[str, Section] = {
    "exam": Section.EXAMS,
    "evaluation": Section.EVALUATIONS,
    "academic": Section.ACADEMICS,
    "concern": Section.SET_ASIDE,
    "vouch": Section.CAUTIONS,
    "request": Section.VOUCHES,
    "advising": Section.ADVISING,
    "conflict": Section.CONFLICTS,
}


def visible_student(pk: int, user: User, cycle: Cycle) -> Student:
    """Return a student whose dossier the person may open. Raises `RecusedFromStudent`, or Http404."""
    refuse_recused_from(pk, user, cycle)
    return _found(Student.objects.visible_to(user, cycle).select_related("advisor").filter(pk=pk).first(), cycle)


def named_student(pk: int, user: User, cycle: Cycle) -> Student:
    """Return any student of the class, for who may vouch or attend: of these the name is open, and nothing else.

    Matched students stay here after the embargo too: that somebody is missing would tell a result.
    """
    refuse_recused_from(pk, user, cycle)
    abilities = (Ability.VOUCH, Ability.ATTEND_MEETING)
    if not any(has_ability(user, ability, cycle.year) for ability in abilities):
        raise Http404("No such student.")
    return _found(Student.objects.of(cycle).filter(pk=pk).first(), cycle)


def refuse_recused_from(pk: int, user: User, cycle: Cycle) -> None:
    """Raise `RecusedFromStudent` when the person is recused."""
    recusals = Conflict.objects.recusing().filter(person_id=user.pk, student_id=pk, student__cycle=cycle)
    recusal = recusals.select_related("entered_by").first()
    if recusal is not None:
        raise RecusedFromStudent(recusal)


def visible_evidence(student: Student, kind: str, pk: int, user: User) -> Evidence:
    """Return a piece of a visible student's evidence, withdrawn or not, with its history open. Raises Http404."""
    if kind not in EVIDENCE_KINDS:
        raise Http404("No such kind of evidence.")
    evidence: Any = EVIDENCE_KINDS[kind].model.objects.filter(student=student, pk=pk).first()
    sections = footing_of(user, student, student.cycle).sections
    is_own = isinstance(evidence, Vouch) and evidence.faculty_id == user.pk
    if evidence is None or not (HISTORY_SECTIONS[kind] in sections or is_own):
        raise Http404("No such evidence.")
    evidence.student = student
    return evidence  # type: ignore[no-any-return]  # the table's models are all Evidence


def _found(student: Student | None, cycle: Cycle) -> Student:
    if student is None:
        raise Http404("No such student.")
    student.cycle = cycle
    return student
