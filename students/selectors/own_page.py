"""What a student reads of the own file: the present evidence, who opened it, and nothing of the school's judgement.

No tier, points or strand; no result before the embargo lifts; other people than vouchers and openers by role only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.urls import reverse

from accounts.models import Person
from accounts.selectors import User
from core.clock import now
from core.models import Event
from core.timeline import Timelines
from matchweek.enums import MilestoneKind
from matchweek.models import Cycle
from matchweek.selectors import is_embargoed, results_known_from
from matchweek.specialties import specialty_name
from students.enums import AuditKind, MatchStatus, Purpose
from students.models import (
    AcademicEvent,
    AdvisingNote,
    ClerkshipEvaluation,
    Concern,
    ExamAttempt,
    Student,
    Vouch,
    VouchRequest,
)
from students.selectors.cards import Act, Card, day_words, person_words, response_words
from students.selectors.dossier import Preference, preferences_of
from students.selectors.sections import ExamRow, exam_timeline

_OPENINGS_SHOWN = 50


class Opening(NamedTuple):
    """Who opened the file, when, and what for."""

    at: datetime
    who: str
    words: str


@dataclass(frozen=True, slots=True)
class OwnPage:
    """The own page, complete. `vouches` is None when the student waived reading them."""

    student: Student
    name: str
    facts: tuple[tuple[str, str], ...]
    preferences: tuple[Preference, ...]
    timeline: Timelines | None
    exams: tuple[ExamRow, ...]
    evaluations: tuple[Card, ...]
    academics: tuple[Card, ...]
    concerns: tuple[Card, ...]
    vouches: tuple[Card, ...] | None
    vouches_waived_on: date | None
    advising: tuple[Card, ...]
    openings: tuple[Opening, ...]
    openings_held_back: bool


def own_student(user: User, cycle: Cycle) -> Student | None:
    """Return the signed-in person's own record in a cycle."""
    found: Student | None = (
        Student.objects.of(cycle).filter(person_id=user.pk).select_related("advisor", "applied_specialty").first()
    )
    if found is not None:
        found.cycle = cycle
    return found


def load_own_page(student: Student, cycle: Cycle) -> OwnPage:
    """Return all the student may read: nine queries, however full the file."""
    attempts = list(ExamAttempt.objects.standing().filter(student=student).order_by("taken_on", "pk"))
    return OwnPage(
        student=student,
        name=student.name,
        facts=_facts(student, cycle),
        preferences=preferences_of(student),
        timeline=exam_timeline(attempts) if attempts else None,
        exams=tuple(
            ExamRow(
                "",
                each.get_exam_display(),
                day_words(each.taken_on),
                each.get_result_display(),
                str(each.score or ""),
                (),
            )
            for each in attempts
        ),
        evaluations=_evaluations(student),
        academics=_academics(student),
        concerns=_concerns(student, cycle),
        vouches=None if student.vouches_waived_on else _vouches(student),
        vouches_waived_on=student.vouches_waived_on,
        advising=_advising(student),
        openings=_openings(student, cycle),
        openings_held_back=is_embargoed(cycle),
    )


def _facts(student: Student, cycle: Cycle) -> tuple[tuple[str, str], ...]:
    specialty = student.applied_specialty.name if student.applied_specialty else ""
    rows = [
        ("AAMC ID", student.aamc_id),
        ("Address", student.email),
        ("Phone", student.phone),
        ("Applied specialty", specialty),
        ("Backup specialties", ", ".join(specialty_name(code) for code in student.backup_specialties)),
        ("Advisor", person_words(student.advisor)),
    ]
    if now() >= cycle.milestone(MilestoneKind.EMBARGO_LIFTS) and student.match_status != MatchStatus.UNKNOWN:
        rows.append(("Match", student.get_match_status_display()))
        rows.append(("SOAP", student.get_soap_eligibility_display()))
    return tuple(row for row in rows if row[1])


def _evaluations(student: Student) -> tuple[Card, ...]:
    rows = ClerkshipEvaluation.objects.standing().filter(student=student).order_by("evaluated_on", "clerkship", "pk")
    return tuple(
        Card("", day_words(each.evaluated_on), each.clerkship, "", each.get_grade_display(), say=each.comment)
        for each in rows
    )


def _academics(student: Student) -> tuple[Card, ...]:
    rows = AcademicEvent.objects.standing().filter(student=student).order_by("happened_on", "pk")
    return tuple(
        Card("", day_words(each.happened_on), each.get_kind_display().capitalize(), say=each.note) for each in rows
    )


def _concerns(student: Student, cycle: Cycle) -> tuple[Card, ...]:
    rows = Concern.objects.standing().filter(student=student).select_related("reported_by")
    return tuple(_concern(each, student, cycle) for each in rows.order_by("happened_on", "pk"))


def _concern(concern: Concern, student: Student, cycle: Cycle) -> Card:
    """Draw a concern: its reporter is a third party, so by role only."""
    position = concern.reported_by.position.replace("_", " ") if concern.reported_by else ""
    by = f"Reported by a {position}" if position else "Reported by a member of the school"
    facts = [by, f"status: {concern.get_status_display()}"]
    if concern.student_told_on:
        facts.append(f"you were told {day_words(concern.student_told_on)}")
    label = "Change your response" if concern.student_response_on else "Respond"
    return Card(
        f"concern:{concern.pk}",
        day_words(concern.happened_on),
        f"{concern.get_kind_display().capitalize()}, {concern.get_severity_display()}",
        by=" · ".join(facts),
        say=concern.summary,
        response=response_words(concern).replace("The student", "You"),
        acts=(Act(label, reverse("students:concern-answer", args=[cycle.slug, concern.pk])),),
    )


def _vouches(student: Student) -> tuple[Card, ...]:
    vouches = Vouch.objects.standing().filter(student=student).select_related("faculty").order_by("-entered_at", "-pk")
    given = {each.faculty_id for each in vouches}
    requests = VouchRequest.objects.standing().filter(student=student).select_related("faculty")
    return (
        *(
            Card(
                "",
                day_words(each.entered_at.date()),
                f"{each.get_strength_display()}, {each.weeks_observed} weeks observed",
                by=person_words(each.faculty, each.faculty_position),
                say=each.statement,
            )
            for each in vouches
        ),
        *(
            Card("", day_words(each.asked_on), f"Asked: {person_words(each.faculty)}", "", each.get_status_display())
            for each in requests.order_by("-asked_on", "-pk")
            if each.faculty_id not in given
        ),
    )


def _advising(student: Student) -> tuple[Card, ...]:
    rows = AdvisingNote.objects.standing().filter(student=student).select_related("advisor").order_by("noted_on", "pk")
    return tuple(
        Card(
            "",
            day_words(each.noted_on),
            f"Advice: {each.get_kind_display()}, {each.get_followed_display()}",
            by=person_words(each.advisor),
            say=each.advice,
        )
        for each in rows
    )


def _openings(student: Student, cycle: Cycle) -> tuple[Opening, ...]:
    """List who opened the file. Under the embargo without what happened in it: a busy file would tell a result."""
    events = Event.objects.filter(student_id=student.pk, kind=AuditKind.DOSSIER_OPENED).order_by("-seq")
    if is_embargoed(cycle):
        events = events.filter(clock_at__lt=results_known_from(cycle))
    rows = list(events.values_list("clock_at", "actor_id", "payload")[:_OPENINGS_SHOWN])
    names = _names(actor for _, actor, _ in rows)
    return tuple(Opening(at, names.get(actor or 0, "somebody"), _purpose(payload or {})) for at, actor, payload in rows)


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    return {each.pk: person_words(each) for each in Person.objects.filter(pk__in={pk for pk in ids if pk})}


def _purpose(payload: dict[str, str]) -> str:
    purpose = payload.get("purpose", "")
    return Purpose(purpose).label if purpose in Purpose.values else ""
