"""The digest of exactly the evidence that an assessment reads, in a form that no order of the rows changes."""

from __future__ import annotations

import hashlib

from .evidence import Concern, Dossier, ExamAttempt
from .market import Market
from .strands.known import NO_ANSWER_YET

_SCORED = frozenset({"step_2_ck", "comlex_2_ce"})
_NO_DATE = 0


def evidence_digest(dossier: Dossier, market: Market) -> str:
    """SHA-256 (hex) of what the engine judges by: no refs, names or notes, and no date or score it does not read."""
    return hashlib.sha256(repr(_canonical(dossier, market)).encode()).hexdigest()


def _canonical(dossier: Dossier, market: Market) -> tuple[object, ...]:
    recused = dossier.recused
    return (
        market.digest,
        dossier.match_status,
        dossier.applied or "",
        sorted(set(dossier.backups)),
        len(dossier.prior_specialties),
        dossier.has_change_reason,
        sorted(set(dossier.position_types)),
        sorted([_exam(attempt) for attempt in dossier.exams]),
        sorted([each.grade for each in dossier.evaluations if each.grade in ("honors", "fail")]),
        sorted([event.kind for event in dossier.academics]),
        sorted([_concern(concern) for concern in dossier.concerns]),
        sorted(
            [
                (each.faculty, each.strength, each.weeks_observed, each.willing_to_advocate, each.faculty in recused)
                for each in dossier.vouches
            ]
        ),
        sorted([(each.faculty, "" if each.answer in NO_ANSWER_YET else each.answer) for each in dossier.requests]),
        sorted([(each.kind, each.followed) for each in dossier.advice]),
    )


def _exam(attempt: ExamAttempt) -> tuple[str, int, bool, int]:
    score = attempt.score if attempt.passed and attempt.exam in _SCORED else None
    return attempt.exam, attempt.taken_on.toordinal(), attempt.passed, -1 if score is None else score


def _concern(concern: Concern) -> tuple[str, str, bool, bool, bool, int, bool]:
    told_on = concern.student_told_on
    return (
        concern.status,
        concern.severity,
        concern.kind == "integrity",
        concern.first_hand,
        bool(concern.record_reference.strip()),
        _NO_DATE if told_on is None else told_on.toordinal(),
        concern.student_response_on is not None,
    )
