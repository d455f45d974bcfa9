"""How each table is kept: its model, which column goes to which field, and which columns name people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import Person
from students import models as evidence
from students.interchange.tables import TABLES
from students.models import Student


@dataclass(frozen=True, slots=True)
class Keeping:
    """One table's way into the database: columns to attribute names, and which columns hold people's addresses."""

    table: str
    model: type[Any]
    fields: Mapping[str, str]
    people: frozenset[str] = frozenset()

    @property
    def rows(self) -> models.QuerySet[Any]:
        """The model's rows, withdrawn ones included."""
        rows: models.QuerySet[Any] = self.model._base_manager.all()
        return rows

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns that identify a row."""
        return TABLES[self.table].identity

    @property
    def is_whole_row(self) -> bool:
        """Whether the whole row is its identity, so that other values are another row."""
        return self.table == "vouches"


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


# In the order in which they are written: people, students, then what is known of these.
KEEPINGS: Mapping[str, Keeping] = {
    each.table: each
    for each in (
        Keeping("faculty", Person, {**_same("email", "name", "department", "specialty", "phone"), "role": "position"}),
        Keeping(
            "students",
            Student,
            {
                **_same(
                    "aamc_id", "last_name", "first_name", "preferred_name", "email", "phone", "match_status",
                    "soap_eligibility", "backup_specialties", "prior_specialties", "specialty_change_reason",
                    "geography", "nrmp_id", "position_types", "visa", "couples", "constraints",
                ),
                "applied_specialty": "applied_specialty_id",
                "advisor_email": "advisor_id",
            },
            frozenset({"advisor_email"}),
        ),
        Keeping("exams", evidence.ExamAttempt, {**_same("exam", "result", "score"), "date": "taken_on"}),
        Keeping(
            "evaluations",
            evidence.ClerkshipEvaluation,
            {**_same("clerkship", "grade", "comment"), "evaluator_email": "evaluator_id", "date": "evaluated_on"},
            frozenset({"evaluator_email"}),
        ),
        Keeping("academics", evidence.AcademicEvent, {**_same("kind", "note"), "date": "happened_on"}),
        Keeping(
            "concerns",
            evidence.Concern,
            {
                # The student's own words are in no file; they are looked at by a rule.
                **_same("kind", "severity", "status", "record_reference", "student_told_on", "student_response_on",
                        "student_response", "summary"),
                "date": "happened_on",
                "reported_by": "reported_by_id",
                "firsthand": "first_hand",
            },
            frozenset({"reported_by"}),
        ),
        Keeping(
            "vouches",
            evidence.Vouch,
            {
                **_same("strength", "weeks_observed", "relationship", "statement", "willing_to_advocate"),
                "faculty_email": "faculty_id",
                "role": "faculty_position",
            },
            frozenset({"faculty_email"}),
        ),
        Keeping(
            "vouch_requests",
            evidence.VouchRequest,
            {"faculty_email": "faculty_id", "asked_on": "asked_on", "answer": "status"},
            frozenset({"faculty_email"}),
        ),
        Keeping(
            "conflicts",
            evidence.Conflict,
            {**_same("kind", "declared_on", "note"), "person_email": "person_id"},
            frozenset({"person_email"}),
        ),
        Keeping(
            "advising",
            evidence.AdvisingNote,
            {**_same("kind", "followed", "advice"), "date": "noted_on", "advisor_email": "advisor_id"},
            frozenset({"advisor_email"}),
        ),
    )
}  # fmt: skip
EVIDENCE_TABLES = tuple(name for name in KEEPINGS if name not in {"faculty", "students"})
UNDONE_REASON = "Import undone"
