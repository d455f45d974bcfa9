"""The digest of exactly the evidence that an assessment reads, in a form that no order of the rows changes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from .evidence import Concern, Dossier, ExamAttempt
from .market import Market

_ANSWERS = {"asked": "open", "unanswered": "open"}
_SCORED = frozenset({"step_2_ck", "comlex_2_ce"})


def evidence_digest(dossier: Dossier, market: Market) -> str:
    """SHA-256 (hex) of what the engine judges by: no refs, names or notes, and no date or score it does not read."""
    return hashlib.sha256("\n".join(_canonical(dossier, market)).encode()).hexdigest()


def _canonical(dossier: Dossier, market: Market) -> list[str]:
    """One line a kind of evidence. Only keys of people are free text, so they alone are quoted."""
    recused = dossier.recused
    return [
        market.digest,
        f"{dossier.match_status} {dossier.applied} {len(dossier.prior_specialties)} {dossier.has_change_reason:d}",
        _line(dossier.backups),
        _line(dossier.position_types),
        _line([_exam(attempt) for attempt in dossier.exams]),
        _line([each.grade for each in dossier.evaluations if each.grade in ("honors", "fail")]),
        _line([event.kind for event in dossier.academics]),
        _line([_concern(concern) for concern in dossier.concerns]),
        _line(
            [
                f"{each.faculty!r} {each.strength} {each.weeks_observed}"
                f" {each.willing_to_advocate:d} {each.faculty in recused:d}"
                for each in dossier.vouches
            ]
        ),
        _line([f"{each.faculty!r} {_ANSWERS.get(each.answer, each.answer)}" for each in dossier.requests]),
        _line([f"{each.kind} {each.followed}" for each in dossier.advice]),
    ]


def _line(words: Sequence[str]) -> str:
    return ";".join(sorted(words))


def _exam(attempt: ExamAttempt) -> str:
    score = attempt.score if attempt.passed and attempt.exam in _SCORED else None
    return f"{attempt.exam} {attempt.taken_on.toordinal()} {attempt.passed:d} {score}"


def _concern(concern: Concern) -> str:
    told_on = concern.student_told_on
    is_documented = bool(concern.record_reference.strip())
    return (
        f"{concern.status} {concern.severity} {concern.kind == 'integrity':d} {concern.first_hand:d} {is_documented:d}"
        f" {told_on.toordinal() if told_on else None} {concern.student_response_on is not None:d}"
    )
