"""What the database holds of the tables an import names, loaded in a handful of queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from accounts.models import Address, Person
from core.models import RowChange
from matchweek.models import Cycle
from students.enums import ImportStatus
from students.interchange.keeping import KEEPINGS, UNDONE_REASON, Keeping
from students.interchange.sources import Source
from students.interchange.values import Value

CHUNK = 500  # keys in one query's list
_WHOLE_CYCLE = 400  # beyond so many students, a table's rows are loaded for all of the cycle
Key = tuple[Any, ...]


class Kept(NamedTuple):
    """A row the database holds, with its values by column of the interchange format."""

    pk: int
    student: int
    is_withdrawn: bool
    was_undone: bool
    values: dict[str, Value]

    @property
    def stands(self) -> bool:
        """Whether the row is in force."""
        return not self.is_withdrawn and not self.was_undone


def students_kept(cycle: Cycle | None) -> dict[str, Kept]:
    """Return the cycle's students by AAMC ID, withdrawn ones included."""
    if cycle is None:
        return {}
    rows = _load(KEEPINGS["students"], KEEPINGS["students"].rows.filter(cycle=cycle), "pk")
    return {each.values["aamc_id"]: each for each in rows}


def records_kept(keeping: Keeping, cycle: Cycle | None, students: Iterable[int]) -> list[Kept]:
    """Return what is kept in one table of evidence on these students, perhaps with that of others."""
    keys = sorted(set(students))
    if cycle is None or not keys:
        return []
    rows = keeping.rows.filter(student__cycle=cycle)
    if len(keys) <= _WHOLE_CYCLE:
        rows = keeping.rows.filter(student_id__in=keys)
    found = list(_load(keeping, rows, "student_id"))
    return found + _earlier_versions(found) if keeping.is_whole_row else found


def _earlier_versions(rows: Sequence[Kept]) -> list[Kept]:
    """Return what vouches said before their authors edited them: an old file does not bring these words back."""
    by_pk = {each.pk: each for each in rows}
    keeping = KEEPINGS["vouches"]
    found: dict[Any, Kept] = {}
    for some in chunks(sorted(by_pk)):
        changes = RowChange.objects.filter(table=keeping.model._meta.db_table, op="update", row_id__in=some)
        for row_id, before in changes.values_list("row_id", "before"):
            now = by_pk[row_id]
            values = {column: (before or {})[name] for column, name in keeping.fields.items()}
            values["willing_to_advocate"] = bool(values["willing_to_advocate"])  # SQLite's triggers write figures
            if values != now.values:
                found[row_id, repr(values)] = Kept(now.pk, now.student, True, False, values)
    return list(found.values())


def people_kept(keys: Iterable[int]) -> dict[int, Kept]:
    """Return what is kept of people, by key."""
    keeping, found = KEEPINGS["faculty"], {}
    columns, names = list(keeping.fields), list(keeping.fields.values())
    for some in chunks(sorted(set(keys))):
        for pk, *values in keeping.rows.filter(pk__in=some).values_list("pk", *names):
            found[pk] = Kept(pk, 0, False, False, dict(zip(columns, values, strict=True)))
    return found


def people_by_address(source: Source) -> dict[str, int]:
    """Return the keys of the people whose addresses the source names."""
    found: dict[str, int] = {}
    for some in chunks(sorted(_addresses(source))):
        found |= dict(Address.objects.filter(email__in=some).values_list("email", "person_id"))
        found |= dict(Person.objects.filter(email__in=some).values_list("email", "pk"))
    return found


def by_identity(rows: Iterable[Kept], columns: Sequence[str]) -> dict[Key, list[Kept]]:
    """Sort rows by student and the identifying columns that a file has."""
    found: dict[Key, list[Kept]] = {}
    for each in rows:
        key = (each.student, *(folded(each.values[name]) for name in columns))
        found.setdefault(key, []).append(each)
    return found


def folded(value: Value) -> Value:
    """Make a value comparable as part of an identity: without case, an empty one being None."""
    return value.casefold() if isinstance(value, str) and value else value or None


def chunks(items: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """Cut into parts that a query can hold."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _load(keeping: Keeping, rows: Any, student: str) -> Iterator[Kept]:
    columns, names = list(keeping.fields), list(keeping.fields.values())
    leading = ("pk", student, "withdrawn_at", "withdrawn_reason", "batch__status")
    for pk, owner, withdrawn_at, reason, status, *found in rows.order_by("pk").values_list(*leading, *names):
        undone = withdrawn_at is not None and reason == UNDONE_REASON and status == ImportStatus.UNDONE
        withdrawn = withdrawn_at is not None and not undone
        yield Kept(pk, owner, withdrawn, undone, dict(zip(columns, found, strict=True)))


def _addresses(source: Source) -> set[str]:
    found: set[str] = set()
    for sheet in source.sheets:
        named = KEEPINGS[sheet.table.name].people | {"email"}
        at = [position for position, name in enumerate(sheet.columns) if name in named]
        for row in sheet.rows:
            found.update(row.values[each] for each in at if row.values[each])
    return found
