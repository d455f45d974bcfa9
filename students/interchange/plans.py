"""A plan: what an import would add, change, leave and refuse, table by table. Nothing in it has happened yet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from students.enums import MatchStatus
from students.interchange.findings import RefusedCell, RefusedRow
from students.interchange.keeping import KEEPINGS
from students.interchange.values import Value

Counts = dict[str, int]


@dataclass(slots=True)
class Added:
    """A row that is new, or that an undone import left behind (`revives`). People are keys or, if new, addresses."""

    file: str
    row: int
    aamc_id: str
    values: dict[str, Value]
    revives: int | None = None


@dataclass(slots=True)
class Changed:
    """A row that is kept with other values: column to value, before and after."""

    file: str
    row: int
    aamc_id: str
    pk: int
    before: dict[str, Value]
    after: dict[str, Value]


@dataclass(slots=True)
class TablePlan:
    """What becomes of one table's rows."""

    table: str
    added: list[Added] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    unchanged: int = 0
    refused: list[RefusedRow] = field(default_factory=list)

    def counts(self) -> Counts:
        """Return the four counts."""
        return {
            "added": len(self.added),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "refused": len(self.refused),
        }


@dataclass(slots=True)
class Plan:
    """What an import would do, and the people it would make (address to name)."""

    source_digest: str
    tables: dict[str, TablePlan] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    new_people: dict[str, str] = field(default_factory=dict)
    students: dict[str, int] = field(default_factory=dict)  # AAMC ID to key, of those the cycle has already
    people: dict[str, int] = field(default_factory=dict)  # address to key, of those known already

    def table(self, name: str) -> TablePlan:
        """Return the plan of one table."""
        return self.tables.setdefault(name, TablePlan(name))

    def added_to(self, name: str) -> list[Added]:
        """Return the new rows of one table, none when it is not in the source."""
        found = self.tables.get(name)
        return found.added if found else []

    @property
    def in_order(self) -> list[TablePlan]:
        """The tables in the order in which they are written."""
        return [self.tables[name] for name in KEEPINGS if name in self.tables]

    @property
    def refused(self) -> list[RefusedRow]:
        """Every refused row."""
        return [row for each in self.in_order for row in each.refused]

    @property
    def row_count(self) -> int:
        """Rows that applying would write."""
        return sum(len(each.added) + len(each.changed) for each in self.tables.values())

    @property
    def brings_results(self) -> bool:
        """Whether it says of any student how the Match went: the embargo counts from then."""
        plan = self.tables.get("students")
        if plan is None:
            return False
        found = [each.values.get("match_status") for each in plan.added]
        found += [each.after.get("match_status") for each in plan.changed]
        return any(each not in {None, MatchStatus.UNKNOWN} for each in found)

    def counts(self) -> dict[str, Counts]:
        """Return the four counts of each table."""
        return {each.table: each.counts() for each in self.in_order}

    def report(self) -> dict[str, Any]:
        """Return what the command prints as JSON (ARCHITECTURE.md, "Commands")."""
        counts = self.counts()
        cells: list[RefusedCell] = [cell for row in self.refused for cell in row.cells_refused()]
        by_kind = {kind: _nonzero(counts, kind) for kind in ("added", "changed", "unchanged")}
        return {**by_kind, "refused": cells, "notices": self.notices}

    def digest(self) -> str:
        """Return a digest of everything it would do, to tell whether a later plan is the same."""
        total = hashlib.sha256(self.source_digest.encode())
        for each in self.in_order:
            added = [(row.file, row.row, row.revives) for row in each.added]
            changed = [(row.pk, sorted(row.before.items()), sorted(row.after.items())) for row in each.changed]
            refused = [(row.file, row.row) for row in each.refused]
            total.update(repr((each.table, added, changed, each.unchanged, refused)).encode())
        return total.hexdigest()

    def students_concerned(self) -> Mapping[str, int]:
        """Return how many rows are about each student, by AAMC ID."""
        return count_each(_ids(self.in_order))


def _ids(plans: Iterable[TablePlan]) -> Iterable[str]:
    for each in plans:
        yield from (row.aamc_id for row in each.added)
        yield from (row.aamc_id for row in each.changed)
        yield from (row.aamc_id for row in each.refused)


def count_each(items: Iterable[str]) -> dict[str, int]:
    """Count, leaving out what is blank."""
    found: dict[str, int] = {}
    for each in items:
        if each:
            found[each] = found.get(each, 0) + 1
    return found


def _nonzero(counts: Mapping[str, Counts], kind: str) -> Counts:
    return {table: each[kind] for table, each in counts.items() if each[kind]}
