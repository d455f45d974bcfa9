"""What the engine may read of one student: dated evidence by named sources, and nothing protected or private.

`ref` is an opaque identifier ("vouch:12") by which a page finds the piece again. The engine never judges by it and
leaves it out of the digest. All sequences are tuples; codes are those of the interchange format.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

NOT_ASSESSED = frozenset({"matched", "withdrawn", "unknown"})


def is_assessed(match_status: str) -> bool:
    """Whether the policy has something to say: every status but matched, withdrawn and unknown."""
    return match_status not in NOT_ASSESSED


@dataclass(frozen=True, slots=True)
class ExamAttempt:
    """One sitting of step_1, step_2_ck, step_3, comlex_1, comlex_2_ce or comlex_3."""

    exam: str
    taken_on: date
    passed: bool
    score: int | None = None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A clerkship grade: honors, high_pass, pass, low_pass or fail. Comments are not read."""

    clerkship: str
    grade: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class AcademicEvent:
    """A course_repeat, remediation, leave or dismissal_hearing."""

    kind: str
    happened_on: date
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Concern:
    """A professionalism flag. Its text is not read, only what makes it count and how heavy it is."""

    kind: str
    severity: str
    status: str
    happened_on: date
    first_hand: bool
    record_reference: str
    student_told_on: date | None
    student_response_on: date | None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Vouch:
    """A named person's statement; `faculty` is an opaque key of that person."""

    faculty: str
    strength: str
    weeks_observed: int
    willing_to_advocate: bool
    ref: str = ""


@dataclass(frozen=True, slots=True)
class VouchRequest:
    """Somebody was asked. "asked" and "unanswered" both mean that no answer came yet."""

    faculty: str
    answer: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What the student was advised to do (broaden, geography, other) and whether it was followed (yes, no, partly)."""

    kind: str
    followed: str
    noted_on: date
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """All the engine knows of one student.

    Specialties are codes such as "140P"; a blank `applied` is missing, blank `position_types` mean categorical.
    `recused` holds the keys of the people whose vouches are set aside (family, treated, financial).
    """

    match_status: str
    applied: str = ""
    backups: tuple[str, ...] = ()
    prior_specialties: tuple[str, ...] = ()
    has_change_reason: bool = False
    position_types: tuple[str, ...] = ()
    exams: tuple[ExamAttempt, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    academics: tuple[AcademicEvent, ...] = ()
    concerns: tuple[Concern, ...] = ()
    vouches: tuple[Vouch, ...] = ()
    requests: tuple[VouchRequest, ...] = ()
    advice: tuple[Advice, ...] = ()
    recused: frozenset[str] = frozenset()
