"""Lists of students: the class, an advisor's own, and those a faculty member may vouch for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import Person
from accounts.selectors import User
from matchweek.models import Cycle, Specialty
from matchweek.permissions import can_see_results
from students.enums import VouchAnswer
from students.models import AdvisingNote, ClerkshipEvaluation, ExamAttempt, Student, Vouch, VouchRequest
from students.models.student import StudentQuerySet

SHORTEST_SEARCH = 2  # Letters.
MOST_FOUND = 20


class RosterRow(NamedTuple):
    """One student of the class. Without `url` the record is not open to the viewer."""

    name: str
    aamc_id: str
    specialty: str
    status: str
    advisor: str
    url: str
    note: str


def roster_students(user: User, cycle: Cycle) -> StudentQuerySet:
    """Return the class without those the person is recused from, who are in no row and no count."""
    return (
        Student.objects.of(cycle)
        .not_recused(user)
        .select_related("advisor", "applied_specialty")
        .order_by("last_name", "first_name", "pk")
    )


def roster_rows(page: Iterable[Student], user: User, cycle: Cycle) -> list[RosterRow]:
    """Return the rows of one page: one query more for which of them are open."""
    students = list(page)
    sees_results = bool(can_see_results(user, cycle))
    visible = set(
        Student.objects.visible_to(user, cycle)
        .filter(pk__in=[each.pk for each in students])
        .values_list("pk", flat=True)
    )
    return [_roster_row(each, cycle, is_open=each.pk in visible, sees_results=sees_results) for each in students]


def _roster_row(student: Student, cycle: Cycle, *, is_open: bool, sees_results: bool) -> RosterRow:
    closed = "" if is_open else "record closed"
    return RosterRow(
        student.sort_name,
        student.aamc_id,
        student.applied_specialty.name if student.applied_specialty else "",
        student.get_match_status_display() if sees_results else "",
        str(student.advisor or ""),
        reverse("triage:dossier", args=[cycle.slug, student.pk]) if is_open else "",
        closed if sees_results else "",
    )


def advisor_choices(cycle: Cycle) -> list[tuple[int, str]]:
    """Return the advisors of a cycle's students."""
    advisors = Person.objects.filter(advised_students__cycle=cycle).distinct().order_by("name", "pk")
    return [(each.pk, str(each)) for each in advisors]


def specialty_choices(cycle: Cycle) -> list[tuple[str, str]]:
    """Return the specialties the class applied to."""
    applied = Student.objects.of(cycle).filter(applied_specialty__isnull=False).values("applied_specialty_id")
    return list(Specialty.objects.filter(pk__in=applied).order_by("name").values_list("code", "name"))


class AdvisedRow(NamedTuple):
    """One of an advisor's students, and what is missing of what the advisor sees."""

    name: str
    specialty: str
    status: str
    missing: tuple[str, ...]
    url: str
    note_url: str


def advised_rows(user: User, cycle: Cycle) -> list[AdvisedRow]:
    """Return the students this person advises and may see: one query. Nothing tells of vouches, which are closed."""
    sees_results = bool(can_see_results(user, cycle))
    students = (
        Student.objects.visible_to(user, cycle)
        .filter(advisor_id=user.pk)
        .select_related("applied_specialty")
        .annotate(
            has_exam=Exists(ExamAttempt.objects.standing().filter(student=OuterRef("pk"))),
            has_note=Exists(AdvisingNote.objects.standing().filter(student=OuterRef("pk"))),
        )
        .order_by("last_name", "first_name", "pk")
    )
    return [
        AdvisedRow(
            each.name,
            each.applied_specialty.name if each.applied_specialty else "",
            each.get_match_status_display() if sees_results else "",
            _missing(each),
            reverse("triage:dossier", args=[cycle.slug, each.pk]),
            reverse("students:evidence-add", args=[cycle.slug, each.pk, "advising"]),
        )
        for each in students
    ]


def _missing(student: Any) -> tuple[str, ...]:
    facts = (
        ("no specialty applied to", student.applied_specialty_id),
        ("no backup specialty", student.backup_specialties),
        ("no exam attempt", student.has_exam),
        ("no advising note", student.has_note),
        ("no geography", student.geography),
        ("no phone", student.phone),
    )
    return tuple(words for words, there in facts if not there)


class VouchListRow(NamedTuple):
    """A student as faculty see them: the name, how they know them, what they said. Never a status or a result."""

    pk: int
    name: str
    why: str
    said: str
    is_waiting: bool
    url: str


def vouch_rows(user: User, cycle: Cycle) -> list[VouchListRow]:
    """Return the students this person was asked about, evaluated or vouched for; asked ones first. Four queries."""
    mine = {"student__cycle": cycle}
    asked = dict(VouchRequest.objects.standing().filter(faculty_id=user.pk, **mine).values_list("student_id", "status"))
    evaluated: dict[int, str] = dict(
        ClerkshipEvaluation.objects.standing()
        .filter(evaluator_id=user.pk, **mine)
        .values_list("student_id", "clerkship")
    )
    said: dict[int, str] = {
        each.student_id: str(each)
        for each in Vouch.objects.standing().filter(faculty_id=user.pk, **mine).order_by("entered_at", "pk")
    }
    students = Student.objects.of(cycle).not_recused(user).filter(pk__in={*asked, *evaluated, *said})
    rows = [
        _vouch_row(each, cycle, asked, evaluated, said) for each in students.order_by("last_name", "first_name", "pk")
    ]
    return sorted(rows, key=lambda row: not row.is_waiting)


def _vouch_row(
    student: Student, cycle: Cycle, asked: dict[int, str], evaluated: dict[int, str], said: dict[int, str]
) -> VouchListRow:
    is_waiting = asked.get(student.pk) == VouchAnswer.ASKED
    why = [f"you evaluated {evaluated[student.pk]}"] if student.pk in evaluated else []
    if student.pk in asked:
        why.insert(0, "you were asked" if is_waiting else f"you were asked, {VouchAnswer(asked[student.pk]).label}")
    url = reverse("students:vouch-give", args=[cycle.slug, student.pk])
    return VouchListRow(student.pk, student.name, ", ".join(why), said.get(student.pk, ""), is_waiting, url)


def found_by_name(text: str, user: User, cycle: Cycle) -> list[VouchListRow]:
    """Search the whole class by name, whatever became of whom: at most 20, names only."""
    words = text.split()
    if sum(map(len, words)) < SHORTEST_SEARCH:
        return []
    students = Student.objects.of(cycle).not_recused(user).filter(name_matches(words))
    return [
        VouchListRow(each.pk, each.name, "", "", False, reverse("students:vouch-give", args=[cycle.slug, each.pk]))
        for each in students.order_by("last_name", "first_name", "pk")[:MOST_FOUND]
    ]


def name_matches(words: Iterable[str]) -> Q:
    """Keep who has every word somewhere in the name."""
    wanted = Q()
    for word in words:
        wanted &= Q(last_name__icontains=word) | Q(first_name__icontains=word) | Q(preferred_name__icontains=word)
    return wanted
