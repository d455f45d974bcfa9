"""The digest of exactly the evidence that an assessment reads, in a form that no order of the rows changes."""

from __future__ import annotations

import hashlib

from .evidence import Concern, Dossier, ExamAttempt
from .market import Market

_ANSWERS = {"asked": "open", "unanswered": "open"}
_READ_GRADES = frozenset({"honors", "fail"})
_SCORED = frozenset({"step_2_ck", "comlex_2_ce"})


def evidence_digest(dossier: Dossier, market: Market) -> str:
    """SHA-256 (hex) of what the engine judges by: no refs, names or notes, and no date or score it does not read."""
    lines = _lines(dossier)
    lines.sort()
    lines += (
        f"{dossier.match_status} {dossier.applied} {len(dossier.prior_specialties)} {dossier.has_change_reason:d}",
        market.digest,
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _lines(dossier: Dossier) -> list[str]:
    """One line a piece, begun by its kind. Only keys of people are free text, so they alone are quoted."""
    recused = dossier.recused
    return [
        *["backup " + code for code in dossier.backups],
        *["type " + position_type for position_type in dossier.position_types],
        *[_exam(attempt) for attempt in dossier.exams],
        *["grade " + each.grade for each in dossier.evaluations if each.grade in _READ_GRADES],
        *["event " + event.kind for event in dossier.academics],
        *[_concern(concern) for concern in dossier.concerns],
        *[
            f"vouch {each.faculty!r} {each.strength} {each.weeks_observed}"
            f" {each.willing_to_advocate:d} {each.faculty in recused:d}"
            for each in dossier.vouches
        ],
        *[f"request {each.faculty!r} {_ANSWERS.get(each.answer, each.answer)}" for each in dossier.requests],
        *[f"advice {each.kind} {each.followed}" for each in dossier.advice],
    ]


def _exam(attempt: ExamAttempt) -> str:
    score = attempt.score if attempt.passed and attempt.exam in _SCORED else None
    return f"exam {attempt.exam} {attempt.taken_on.toordinal()} {attempt.passed:d} {score}"


def _concern(concern: Concern) -> str:
    told_on = concern.student_told_on
    is_integrity, is_documented = concern.kind == "integrity", bool(concern.record_reference.strip())
    return (
        f"concern {concern.status} {concern.severity} {is_integrity:d} {concern.first_hand:d} {is_documented:d}"
        f" {told_on.toordinal() if told_on else None} {concern.student_response_on is not None:d}"
    )
