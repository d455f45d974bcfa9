"""Import of about ten thousand rows, beside what Python's csv and Django alone take for the same rows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from django.db import transaction
from django.db.models import Model

from accounts.models import Person
from core import audit
from matchweek.models import Cycle
from matchweek.specialties import find_specialty
from reports.bench.measuring import seconds
from students.actions.imports import import_at_once
from students.enums import SoapEligibility
from students.interchange.sources import read_source
from students.models import ClerkshipEvaluation, ExamAttempt, Student, Vouch

Row = Mapping[str, str]


class _Rollback(Exception):
    """Ends the baseline's transaction; nothing of it stays."""


def baseline_seconds(cycle: Cycle, folder: Path) -> float:
    """Return the seconds of csv + clean_fields + bulk_create of the four great tables, without triggers or checks."""
    with audit.guards_lifted():
        return seconds(lambda: _rolled_back(lambda: _write_plainly(cycle, folder)))


def import_seconds(cycle: Cycle, folder: Path) -> float:
    """Return the seconds of reading, checking, planning and writing the folder, row history and event included."""
    return seconds(lambda: import_at_once(cycle, source=read_source(folder), by=None))


def _rolled_back(work: Callable[[], object]) -> None:
    try:
        with transaction.atomic():
            work()
            raise _Rollback
    except _Rollback:
        pass


def _rows(folder: Path, table: str) -> Iterator[Row]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _store(model: type[Model], rows: list[Model]) -> None:
    for row in rows:
        row.clean_fields(exclude=["student", "faculty", "evaluator", "cycle", "applied_specialty"])
    model._default_manager.bulk_create(rows, batch_size=500)


def _write_plainly(cycle: Cycle, folder: Path) -> None:
    faculty = {row["email"]: Person(email=row["email"], name=row["name"]) for row in _rows(folder, "faculty")}
    Person.objects.bulk_create(faculty.values())
    codes: dict[str, str] = {}
    for row in _rows(folder, "students"):
        found = find_specialty(row["applied_specialty"])
        codes[row["applied_specialty"]] = found.code if found else ""
    students = {row["aamc_id"]: _student(cycle, row, codes) for row in _rows(folder, "students")}
    _store(Student, list(students.values()))
    _store(ExamAttempt, [_exam(students, row) for row in _rows(folder, "exams")])
    _store(ClerkshipEvaluation, [_evaluation(students, faculty, row) for row in _rows(folder, "evaluations")])
    _store(Vouch, [_vouch(students, faculty, row) for row in _rows(folder, "vouches")])


def _student(cycle: Cycle, row: Row, codes: Mapping[str, str]) -> Student:
    return Student(
        cycle=cycle,
        aamc_id=row["aamc_id"],
        last_name=row["last_name"],
        first_name=row["first_name"],
        email=row["email"],
        match_status=row["match_status"],
        soap_eligibility=SoapEligibility.ELIGIBLE,
        applied_specialty_id=codes[row["applied_specialty"]],
    )


def _exam(students: Mapping[str, Student], row: Row) -> ExamAttempt:
    exam = row["exam"].lower().replace(" ", "_")
    return ExamAttempt(
        student=students[row["aamc_id"]],
        exam=exam,
        taken_on=row["date"],
        result=row["result"],
        score=row["score"] or None,
    )


def _evaluation(students: Mapping[str, Student], faculty: Mapping[str, Person], row: Row) -> ClerkshipEvaluation:
    return ClerkshipEvaluation(
        student=students[row["aamc_id"]],
        clerkship=row["clerkship"],
        grade=row["grade"].lower().replace(" ", "_"),
        evaluator=faculty[row["evaluator_email"]],
        evaluated_on=row["date"],
        comment=row["comment"],
    )


def _vouch(students: Mapping[str, Student], faculty: Mapping[str, Person], row: Row) -> Vouch:
    return Vouch(
        student=students[row["aamc_id"]],
        faculty=faculty[row["faculty_email"]],
        strength=row["strength"],
        relationship=row["relationship"],
        weeks_observed=row["weeks_observed"],
        statement=row["statement"],
        willing_to_advocate=row["willing_to_advocate"] == "yes",
    )
