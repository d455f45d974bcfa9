"""The dossier of one student as one person may see it: complete, so that its templates do no query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.http import Http404

from accounts.permissions import has_ability
from accounts.roles import Ability
from accounts.selectors import User
from core.timeline import Timelines
from matchweek.models import Cycle
from matchweek.specialties import specialty_name
from students.models import ClerkshipEvaluation, Conflict, ExamAttempt, Student, Vouch, VouchRequest
from students.permissions import Footing, RecusedFromStudent, Section, footing_of
from students.selectors import sections
from students.selectors.cards import Act, Card, Linker, page_url
from students.selectors.compiled import CompiledRows
from students.selectors.people_to_ask import PersonToAsk, people_to_ask
from students.selectors.sections import EvaluationRow, ExamRow, Reading, exam_timeline, rows
from students.selectors.standing import Standings

__all__ = ["DossierView", "Preference", "RecusedFromStudent", "load_conflicts", "load_dossier", "refuse_recused"]


class Preference(NamedTuple):
    """A wish or circumstance. `shapes_list`: it shapes only the list of programs, never the tier."""

    label: str
    value: str
    shapes_list: bool


@dataclass(frozen=True, slots=True)
class DossierView:
    """All of one dossier that the viewer may see. A closed section is None, an empty one is an empty tuple."""

    student: Student
    pk: int
    name: str
    facts: str
    match_status: str
    sections: frozenset[Section]
    footing: Footing
    may_edit: bool
    add_links: tuple[Act, ...]
    history_url: str
    change_url: str
    timeline: Timelines | None
    exams: tuple[ExamRow, ...] | None
    exam_note: str
    evaluations: tuple[EvaluationRow, ...] | None
    evaluation_note: str
    academics: tuple[Card, ...] | None
    concerns: tuple[Card, ...] | None
    shows_set_aside: bool
    vouches: tuple[Card, ...] | None
    people_to_ask: tuple[PersonToAsk, ...]
    ask_url: str
    advising: tuple[Card, ...] | None
    advise_url: str
    conflicts: tuple[Card, ...] | None
    declare_url: str
    preferences: tuple[Preference, ...]


def load_dossier(
    pk: int,
    user: User,
    cycle: Cycle,
    standings: Standings | None = None,
    *,
    closed: frozenset[Section] = frozenset(),
) -> DossierView:
    """Return the dossier as this person may see it. `standings` are those of the current assessment.

    `closed` names sections that a page shows to nobody, whatever their footing.

    Raises `RecusedFromStudent` for a recused person, Http404 when the dossier is not open to them. Ten queries at
    most, however full the dossier; fewer when sections are closed.
    """
    conflicts = load_conflicts(pk)
    refuse_recused(user, conflicts)
    student = (
        Student.objects.visible_to(user, cycle).select_related("advisor", "applied_specialty").filter(pk=pk).first()
    )
    if student is None:
        raise Http404("No such dossier.")
    student.cycle = cycle
    may_edit = bool(has_ability(user, Ability.EDIT_EVIDENCE, cycle.year))
    reading = Reading(
        student,
        user,
        cycle,
        footing_of(user, student, cycle).without(closed),
        standings or {},
        Linker(cycle.slug, student.pk, may_edit),
    )
    return _view(reading, conflicts, may_edit)


_CONFLICTS = CompiledRows(Conflict.objects.standing(), "person", "entered_by", "lifted_by")


def load_conflicts(pk: int) -> list[Conflict]:
    """Return a student's declared relations, lifted ones included, with the people in them."""
    return _CONFLICTS.of(pk)


def refuse_recused(user: User, conflicts: Iterable[Conflict]) -> None:
    """Raise `RecusedFromStudent` when one of these recuses the person."""
    for conflict in conflicts:
        if conflict.person_id == user.pk and conflict.is_recusal:
            raise RecusedFromStudent(conflict)


def _view(reading: Reading, conflicts: list[Conflict], may_edit: bool) -> DossierView:
    student, slug = reading.student, reading.cycle.slug
    evaluations = rows(ClerkshipEvaluation, reading, Section.EVALUATIONS)
    vouches = rows(Vouch, reading, Section.VOUCHES)
    requests = rows(VouchRequest, reading, Section.VOUCHES)
    attempts = rows(ExamAttempt, reading, Section.EXAMS)
    suggestions: tuple[PersonToAsk, ...] = ()
    if reading.shows(Section.VOUCHES):
        suggestions = people_to_ask(
            student, evaluations=evaluations, conflicts=conflicts, vouches=vouches, requests=requests
        )
    page = (slug, student.pk)
    return DossierView(
        student=student,
        pk=student.pk,
        name=student.name,
        facts=_facts(reading) if reading.shows(Section.FACTS) else "",
        match_status=student.get_match_status_display() if reading.shows(Section.RESULT) else "",
        sections=reading.footing.sections,
        footing=reading.footing,
        may_edit=may_edit,
        add_links=_add_links(reading, may_edit),
        history_url=page_url("student-history", *page),
        change_url=page_url("student-change", *page) if may_edit else "",
        timeline=exam_timeline(attempts) if attempts else None,
        exams=sections.exam_rows(reading, attempts) if reading.shows(Section.EXAMS) else None,
        exam_note=sections.exam_note(attempts),
        evaluations=sections.evaluation_rows(reading, evaluations, vouches, requests)
        if reading.shows(Section.EVALUATIONS)
        else None,
        evaluation_note=sections.evaluation_note(evaluations),
        academics=sections.academic_cards(reading) if reading.shows(Section.ACADEMICS) else None,
        concerns=sections.concern_cards(reading) if reading.shows(Section.CONCERNS) else None,
        shows_set_aside=reading.shows(Section.SET_ASIDE),
        vouches=sections.vouch_cards(reading, vouches, requests) if reading.shows(Section.VOUCHES) else None,
        people_to_ask=suggestions,
        ask_url=page_url("vouch-request", *page) if may_edit else "",
        advising=sections.advising_cards(reading) if reading.shows(Section.ADVISING) else None,
        advise_url=page_url("evidence-add", *page, "advising") if _may_advise(reading) else "",
        conflicts=sections.conflict_cards(reading, conflicts) if reading.shows(Section.CONFLICTS) else None,
        declare_url=page_url("conflict-declare", *page),
        preferences=_preferences(reading),
    )


def _preferences(reading: Reading) -> tuple[Preference, ...]:
    if not reading.shows(Section.FACTS):
        return ()
    open_too = reading.shows(Section.CIRCUMSTANCES)
    return tuple(each for each in preferences_of(reading.student) if open_too or not each.shapes_list)


def _facts(reading: Reading) -> str:
    student = reading.student
    specialty = student.applied_specialty.name if student.applied_specialty else "no specialty on record"
    backups = " and ".join(specialty_name(code) for code in student.backup_specialties)
    parts = [f"AAMC {student.aamc_id}", f"{specialty}, backup {backups}" if backups else specialty]
    if reading.shows(Section.RESULT):
        parts.append(f"{student.get_match_status_display()}, {student.get_soap_eligibility_display()}")
    parts.append(f"advisor {student.advisor}" if student.advisor else "no advisor")
    return " · ".join(parts)


_ADDABLE = (
    ("vouch", "Vouch"),
    ("exam", "Exam attempt"),
    ("evaluation", "Clerkship evaluation"),
    ("academic", "Academic event"),
    ("concern", "Concern"),
    ("advising", "Advising note"),
)


def _add_links(reading: Reading, may_edit: bool) -> tuple[Act, ...]:
    if not may_edit:
        return ()
    page = (reading.cycle.slug, reading.student.pk)
    return tuple(Act(label, page_url("evidence-add", *page, kind)) for kind, label in _ADDABLE)


def _may_advise(reading: Reading) -> bool:
    return reading.linker.may_edit or (
        reading.student.advisor_id == reading.user.pk
        and bool(has_ability(reading.user, Ability.ADVISE, reading.cycle.year))
    )


def preferences_of(student: Student) -> tuple[Preference, ...]:
    """Return wishes and circumstances, each marked when it shapes only the list of programs, never the tier."""
    changes = ", ".join(specialty_name(code) for code in student.prior_specialties)
    rows = (
        ("Changed specialty from", changes, False),
        ("Reason for the change", student.specialty_change_reason, False),
        ("Position types", ", ".join(student.position_types) or "categorical", False),
        ("Geography", ", ".join(place.capitalize() if place.islower() else place for place in student.geography), True),
        ("Couples", student.couples, True),
        ("Constraints on place", student.constraints, True),
        ("Visa", student.visa, True),
    )
    return tuple(Preference(*row) for row in rows if row[1])
