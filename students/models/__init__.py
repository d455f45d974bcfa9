"""The evidence: students, what is known of them, who may see it, and the imports that brought it."""

from students.models.access import AccessGrant, Conflict
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
from students.models.imports import ImportBatch, ImportedChange
from students.models.links import VouchLink
from students.models.student import Student

__all__ = [
    "AcademicEvent",
    "AccessGrant",
    "AdvisingNote",
    "ClerkshipEvaluation",
    "Concern",
    "Conflict",
    "Evidence",
    "ExamAttempt",
    "ImportBatch",
    "ImportedChange",
    "Student",
    "Vouch",
    "VouchLink",
    "VouchRequest",
]
