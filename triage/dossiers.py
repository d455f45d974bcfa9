"""Reads evidence in bulk into the dossiers the policy judges, and the cycle's market. The only bridge to the engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import QuerySet

from core.clock import EASTERN
from matchweek.enums import MilestoneKind
from matchweek.models import Cycle, UnfilledCount
from matchweek.specialties import specialties
from students.enums import VOUCH_RECUSING_KINDS, ExamResult
from students.models import (
    AcademicEvent,
    AdvisingNote,
    ClerkshipEvaluation,
    Concern,
    Conflict,
    ExamAttempt,
    Student,
    Vouch,
    VouchRequest,
)
from triage.policy import evidence
from triage.policy.market import Market


class Read(NamedTuple):
    """A dossier and the number its evidence had just before it was read."""

    evidence_number: int
    dossier: evidence.Dossier


StudentIds = Collection[int] | QuerySet[Any, Any]
"""Keys of students, or a query for them, which many dossiers are read faster by."""


def load_dossiers(student_ids: StudentIds) -> dict[int, Read]:
    """Return the dossiers of these students in nine queries, however many; withdrawn records have none.

    The evidence number is read first: evidence that changes meanwhile leaves the assessment stale, never falsely fresh.
    """
    students = list(
        Student.objects.standing()
        .filter(pk__in=student_ids)
        .values_list(
            "pk",
            "evidence_number",
            "match_status",
            "applied_specialty_id",
            "backup_specialties",
            "prior_specialties",
            "specialty_change_reason",
            "position_types",
        )
    )
    pieces = {name: kind.read(student_ids) for name, kind in _KINDS.items()}
    recused = _recused(student_ids)
    return {
        pk: Read(
            number,
            evidence.Dossier(
                match_status=status,
                applied=applied or "",
                backups=tuple(backups),
                prior_specialties=tuple(prior),
                has_change_reason=bool(reason.strip()),
                position_types=tuple(types),
                recused=frozenset(recused.get(pk, ())),
                **{name: tuple(found.get(pk, ())) for name, found in pieces.items()},
            ),
        )
        for pk, number, status, applied, backups, prior, reason, types in students
    }


def load_market(cycle: Cycle) -> Market:
    """Return what the year offers: groups and names of the specialties, the unfilled list once there is one."""
    counts = {
        (code, kind): positions
        for code, kind, positions in UnfilledCount.objects.filter(cycle=cycle).values_list(
            "specialty_id", "position_type", "positions"
        )
    }
    known = specialties()
    return Market(
        groups={code: str(each.group) for code, each in known.items()},
        names={code: each.name for code, each in known.items()},
        school_report=cycle.milestone(MilestoneKind.SCHOOL_REPORT).astimezone(EASTERN).date(),
        unfilled=counts or None,
    )


class _Kind(NamedTuple):
    """One kind of evidence: its rows, the columns the engine may read, and what they make."""

    rows: QuerySet[Any]
    columns: tuple[str, ...]
    make: Callable[..., object]

    def read(self, student_ids: StudentIds) -> Mapping[int, list[Any]]:
        found: defaultdict[int, list[Any]] = defaultdict(list)
        rows: Iterable[tuple[Any, ...]] = self.rows.filter(student_id__in=student_ids).values_list(
            "student_id", "pk", *self.columns
        )
        for student_id, pk, *values in rows:
            found[student_id].append(self.make(pk, *values))
        return found


def _exam(pk: int, exam: str, taken_on: Any, result: str, score: int | None) -> evidence.ExamAttempt:
    return evidence.ExamAttempt(exam, taken_on, result == ExamResult.PASS, score, f"exam:{pk}")


def _evaluation(pk: int, clerkship: str, grade: str) -> evidence.Evaluation:
    return evidence.Evaluation(clerkship, grade, f"evaluation:{pk}")


def _academic(pk: int, kind: str, happened_on: Any) -> evidence.AcademicEvent:
    return evidence.AcademicEvent(kind, happened_on, f"academic:{pk}")


def _concern(pk: int, *columns: Any) -> evidence.Concern:
    kind, severity, status, happened_on, first_hand, reference, told_on, response_on = columns
    return evidence.Concern(
        kind, severity, status, happened_on, first_hand, reference, told_on, response_on, f"concern:{pk}"
    )


def _vouch(pk: int, faculty_id: int, strength: str, weeks: int, is_willing: bool) -> evidence.Vouch:
    return evidence.Vouch(str(faculty_id), strength, weeks, is_willing, f"vouch:{pk}")


def _request(pk: int, faculty_id: int, answer: str) -> evidence.VouchRequest:
    return evidence.VouchRequest(str(faculty_id), answer, f"request:{pk}")


def _advice(pk: int, kind: str, followed: str, noted_on: Any) -> evidence.Advice:
    return evidence.Advice(kind, followed, noted_on, f"advising:{pk}")


_KINDS: Mapping[str, _Kind] = {
    "exams": _Kind(ExamAttempt.objects.standing().order_by("pk"), ("exam", "taken_on", "result", "score"), _exam),
    "evaluations": _Kind(ClerkshipEvaluation.objects.standing().order_by("pk"), ("clerkship", "grade"), _evaluation),
    "academics": _Kind(AcademicEvent.objects.standing().order_by("pk"), ("kind", "happened_on"), _academic),
    "concerns": _Kind(
        Concern.objects.standing().order_by("pk"),
        (
            "kind",
            "severity",
            "status",
            "happened_on",
            "first_hand",
            "record_reference",
            "student_told_on",
            "student_response_on",
        ),
        _concern,
    ),
    "vouches": _Kind(
        Vouch.objects.standing().order_by("pk"),
        ("faculty_id", "strength", "weeks_observed", "willing_to_advocate"),
        _vouch,
    ),
    "requests": _Kind(VouchRequest.objects.standing().order_by("pk"), ("faculty_id", "status"), _request),
    "advice": _Kind(AdvisingNote.objects.standing().order_by("pk"), ("kind", "followed", "noted_on"), _advice),
}


def _recused(student_ids: StudentIds) -> Mapping[int, set[str]]:
    """The people whose vouches are set aside, by student."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    rows = Conflict.objects.recusing().filter(kind__in=VOUCH_RECUSING_KINDS, student_id__in=student_ids)
    for student_id, person_id in rows.values_list("student_id", "person_id"):
        found[student_id].add(str(person_id))
    return found
