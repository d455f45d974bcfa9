"""A plan as words that a batch can keep: counts, the first rows of each kind, every refused row, whom it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from accounts.models import Person
from matchweek.specialties import specialty_name
from students.interchange.findings import RefusedRow, shorten
from students.interchange.keeping import KEEPINGS
from students.interchange.plans import Added, Changed, Plan
from students.interchange.values import Value
from students.models import Student

FIRST_ROWS = 20  # of each table's added and changed rows
MOST_NOTICES = 200
_SPECIALTIES = frozenset({"applied_specialty", "backup_specialties", "prior_specialties"})
Json = dict[str, Any]


def preview_of(plan: Plan) -> Json:
    """Return everything the preview page shows, and the digest by which applying knows the plan again."""
    words = _Words(plan)
    first = {
        "digest": plan.digest(),
        "added": {each.table: [words.added(row) for row in each.added[:FIRST_ROWS]] for each in plan.in_order},
        "changed": {
            each.table: [words.changed(each.table, row) for row in each.changed[:FIRST_ROWS]] for each in plan.in_order
        },
    }
    return {**result_of(plan, 0), **storable(first)}


def result_of(plan: Plan, mark: int) -> Json:
    """Return what stays of a plan once it is applied. `mark`: where the row history stood then."""
    notices = plan.notices[:MOST_NOTICES]
    if len(plan.notices) > MOST_NOTICES:
        notices.append(f"And {len(plan.notices) - MOST_NOTICES:,} more of the same kind.")
    kept = {
        "counts": plan.counts(),
        "rows": plan.row_count,
        "people": len(plan.new_people),
        "notices": notices,
        "about": plan.students_concerned(),
        "headers": {row.file: list(row.header) for row in plan.refused},
        "refused": {each.table: [_refused(row) for row in each.refused] for each in plan.in_order if each.refused},
        "mark": mark,
    }
    found: Json = storable(kept)
    return found


def storable(value: Any) -> Any:
    """Return plain JSON values without the zero character, which PostgreSQL's JSON cannot keep."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {storable(key): storable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [storable(each) for each in value]
    return value


def _refused(row: RefusedRow) -> Json:
    return {
        "file": row.file,
        "row": row.row,
        "aamc_id": row.aamc_id,
        "reasons": [[column, shorten(value), expected] for column, value, expected in row.reasons],
        "cells": list(row.cells),
    }


class _Words:
    """Values in the words of the interchange format, with names for people, students and specialties."""

    def __init__(self, plan: Plan) -> None:
        added = [row for each in plan.in_order for row in each.added[:FIRST_ROWS]]
        changed = [row for each in plan.in_order for row in each.changed[:FIRST_ROWS]]
        self.names = _student_names(plan, {row.aamc_id for row in added} | {row.aamc_id for row in changed})
        self.people = _people_names([row.values for row in added] + [row.before | row.after for row in changed])
        self.people |= _people_names([row.before for row in changed])
        faculty = plan.tables.get("faculty")
        self.faculty = _people_names([{"": row.pk} for row in faculty.changed[:FIRST_ROWS]] if faculty else [])

    def added(self, row: Added) -> Json:
        """Return one new row."""
        shown = [[name, self.of(name, value)] for name, value in row.values.items() if value not in (None, "", [])]
        return {"file": row.file, "row": row.row, "aamc_id": row.aamc_id, "who": self._who(row), "cells": shown}

    def changed(self, table: str, row: Changed) -> Json:
        """Return one changed row: column, before, after."""
        shown = [[name, self.of(name, row.before[name]), self.of(name, row.after[name])] for name in row.after]
        who = self.faculty.get(row.pk, "") if table == "faculty" else self._who(row)
        return {"file": row.file, "row": row.row, "aamc_id": row.aamc_id, "who": who, "cells": shown}

    def _who(self, row: Added | Changed) -> str:
        return self.names.get(row.aamc_id, "")

    def of(self, column: str, value: Value) -> str:
        """Write one value."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, list):
            return "; ".join(self.of(column, each) for each in value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, int) and column in _PEOPLE:
            return self.people.get(value, "")
        if column in _SPECIALTIES and value:
            return specialty_name(value)
        return "" if value is None else shorten(str(value))


_PEOPLE = frozenset(name for each in KEEPINGS.values() for name in each.people)


def _student_names(plan: Plan, wanted: Iterable[str]) -> dict[str, str]:
    keys = {plan.students[each]: each for each in wanted if each in plan.students}
    found = {keys[each.pk]: each.sort_name for each in Student.objects.filter(pk__in=list(keys))}
    for row in plan.added_to("students"):
        first = row.values.get("preferred_name") or row.values.get("first_name")
        found[row.aamc_id] = ", ".join(filter(None, [row.values["last_name"], first]))
    return found


def _people_names(rows: Iterable[Mapping[str, Value]]) -> dict[int, str]:
    keys = {
        value for row in rows for name, value in row.items() if isinstance(value, int) and (name in _PEOPLE or not name)
    }
    return {each.pk: str(each) for each in Person.objects.filter(pk__in=keys)}
