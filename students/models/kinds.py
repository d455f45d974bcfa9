"""The kinds of evidence as one literal table: model, words, and what makes two rows the same piece."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from students.models.access import Conflict
from students.models.evidence import (
    AcademicEvent,
    AdvisingNote,
    ClerkshipEvaluation,
    Concern,
    Evidence,
    ExamAttempt,
    Vouch,
    VouchRequest,
)


class EvidenceKind(NamedTuple):
    """One kind. `identity`: the fields that, with the student, make two rows the same piece (ARCHITECTURE.md)."""

    code: str
    model: type[Evidence]
    words: str
    identity: tuple[str, ...]


_VOUCH_ROW = ("faculty", "strength", "weeks_observed", "relationship", "statement", "willing_to_advocate")

EVIDENCE_KINDS: Mapping[str, EvidenceKind] = {
    each.code: each
    for each in (
        EvidenceKind("exam", ExamAttempt, "exam attempt", ("exam", "taken_on")),
        EvidenceKind(
            "evaluation", ClerkshipEvaluation, "clerkship evaluation", ("clerkship", "evaluated_on", "evaluator")
        ),
        EvidenceKind("academic", AcademicEvent, "academic event", ("kind", "happened_on")),
        EvidenceKind("concern", Concern, "concern", ("kind", "happened_on", "record_reference")),
        EvidenceKind("vouch", Vouch, "vouch", _VOUCH_ROW),
        EvidenceKind("request", VouchRequest, "vouch request", ("faculty",)),
        EvidenceKind("advising", AdvisingNote, "advising note", ("noted_on", "kind", "advice")),
        EvidenceKind("conflict", Conflict, "conflict", ("person", "kind")),
    )
}
_BY_MODEL = {each.model: each for each in EVIDENCE_KINDS.values()}


def kind_of(evidence: Evidence) -> EvidenceKind:
    """Return the kind of one piece of evidence."""
    return _BY_MODEL[type(evidence)]
