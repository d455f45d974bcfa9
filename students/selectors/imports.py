"""Reads about imports: the list, the progress, the preview as one person may see it, and what was built on one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Q

from accounts.selectors import User
from core.cells import safe_cell
from core.clock import real_now
from core.models import Event, RowChange
from matchweek.models import Cycle
from students.enums import AuditKind, ImportStatus
from students.interchange.checking import PROBLEM_COLUMN
from students.interchange.keeping import EVIDENCE_TABLES, KEEPINGS
from students.interchange.kept import chunks
from students.models import AccessGrant, Conflict, ImportBatch, Student

SHOWN_REFUSED = 100
_CLAIM = timedelta(minutes=2)
_WORKING = (ImportStatus.UPLOADED, ImportStatus.READING, ImportStatus.APPLYING)


def batches_left_waiting() -> list[int]:
    """Return the imports that wait for a worker, or whose worker died two minutes ago."""
    dead = Q(claimed_at__isnull=True) | Q(claimed_at__lt=real_now() - _CLAIM)
    waiting = ImportBatch.objects.filter(dead, status__in=_WORKING).order_by("uploaded_at", "pk")
    return list(waiting.values_list("pk", flat=True))


class ImportRow(NamedTuple):
    """One line of the list of imports."""

    pk: int
    name: str
    status: str
    status_words: str
    uploaded_by: str
    uploaded_at: datetime
    counts: str


def import_rows(cycle: Cycle) -> list[ImportRow]:
    """Return every import of the cycle, newest first: one query."""
    found = ImportBatch.objects.filter(cycle=cycle).order_by("-uploaded_at", "-pk")
    rows = found.values_list(
        "pk", "name", "status", "uploaded_by__name", "uploaded_by__email", "uploaded_at", "preview__counts"
    )
    return [
        ImportRow(
            pk, name, status, str(ImportStatus(status).label), person or email or "the command line", at,
            _counts_words(counts),
        )
        for pk, name, status, person, email, at, counts in rows
    ]  # fmt: skip


def _counts_words(counts: dict[str, dict[str, int]] | None) -> str:
    total = {kind: sum(each[kind] for each in (counts or {}).values()) for kind in _KINDS}
    return ", ".join(f"{number:,} {kind}" for kind, number in total.items() if number)


_KINDS = ("added", "changed", "unchanged", "refused")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a worker is."""

    stage: str
    done: int
    total: int


def progress_of(batch: ImportBatch) -> Progress:
    """Return how far a batch is: from the cache while a transaction hides its row, else from the row."""
    told = cache.get(f"import-progress:{batch.pk}") if batch.status == ImportStatus.APPLYING else None
    if told:
        return Progress(told["stage"], told["done"], told["total"])
    stage = batch.stage or ("Waiting for a worker" if batch.status in _WORKING else "")
    return Progress(stage, batch.done, batch.total if batch.status == ImportStatus.APPLYING else 0)


def is_working(batch: ImportBatch) -> bool:
    """Tell whether a worker has, or will have, the batch in hand."""
    return batch.status in _WORKING


class Line(NamedTuple):
    """One row as a preview shows it."""

    file: str
    row: int
    who: str
    cells: list[list[str]]


class RefusedCellLine(NamedTuple):
    """One bad cell as a preview shows it."""

    file: str
    row: int
    column: str
    value: str
    expected: str


@dataclass(frozen=True, slots=True)
class TableView:
    """One table of a preview."""

    name: str
    added: int
    changed: int
    unchanged: int
    refused: int
    added_rows: list[Line]
    changed_rows: list[Line]

    @property
    def words(self) -> str:
        """The table's name as a person reads it."""
        return self.name.replace("_", " ")


@dataclass(slots=True)
class PreviewView:
    """A preview, or a result, without the rows about students the viewer is recused from."""

    rows: int = 0
    people: int = 0
    words: str = ""
    tables: list[TableView] = field(default_factory=list)
    refused: list[RefusedCellLine] = field(default_factory=list)
    refused_rows: int = 0
    more_refused: int = 0
    notices: list[str] = field(default_factory=list)
    recused_rows: int = 0

    @property
    def rows_words(self) -> str:
        """What the button applies."""
        return f"{self.rows:,} row" if self.rows == 1 else f"{self.rows:,} rows"

    @property
    def added(self) -> int:
        """Rows added, over all tables."""
        return sum(each.added for each in self.tables)

    @property
    def changed(self) -> int:
        """Rows changed, over all tables."""
        return sum(each.changed for each in self.tables)

    @property
    def unchanged(self) -> int:
        """Rows unchanged, over all tables."""
        return sum(each.unchanged for each in self.tables)

    @property
    def refused_in_all(self) -> int:
        """Rows refused, over all tables."""
        return sum(each.refused for each in self.tables)


def preview_view(batch: ImportBatch, user: User) -> PreviewView:
    """Return what `user` may see of what a batch would do or did."""
    kept = batch.preview
    if "counts" not in kept:
        return PreviewView(words=kept.get("words", ""))
    closed = recused_ids(batch.cycle, user)
    view = PreviewView(rows=kept["rows"], people=kept["people"], notices=kept["notices"])
    view.recused_rows = sum(number for aamc_id, number in kept["about"].items() if aamc_id in closed)
    view.tables = [_table_view(kept, name, counts, closed) for name, counts in kept["counts"].items()]
    cells = [line for row in _refused_rows(kept, closed) for line in _cell_lines(row)]
    view.refused = cells[:SHOWN_REFUSED]
    view.more_refused = len(cells) - len(view.refused)
    view.refused_rows = sum(1 for row in _refused_rows(kept, closed) if row["cells"])
    return view


def recused_ids(cycle: Cycle, user: User) -> frozenset[str]:
    """Return the AAMC IDs of the cycle's students the person is recused from."""
    recused = Conflict.objects.recusing().filter(person_id=user.pk, student__cycle=cycle)
    return frozenset(recused.values_list("student__aamc_id", flat=True))


def _table_view(kept: dict[str, Any], name: str, counts: dict[str, int], closed: frozenset[str]) -> TableView:
    return TableView(
        name=name,
        added_rows=_lines(kept, "added", name, closed),
        changed_rows=_lines(kept, "changed", name, closed),
        **{kind: counts[kind] for kind in _KINDS},
    )


def _lines(kept: dict[str, Any], kind: str, name: str, closed: frozenset[str]) -> list[Line]:
    rows = kept.get(kind, {}).get(name, [])
    return [Line(row["file"], row["row"], row["who"], row["cells"]) for row in rows if row["aamc_id"] not in closed]


def _refused_rows(kept: dict[str, Any], closed: frozenset[str]) -> Iterator[dict[str, Any]]:
    for rows in kept["refused"].values():
        yield from (row for row in rows if row["aamc_id"] not in closed)


def _cell_lines(row: dict[str, Any]) -> Iterator[RefusedCellLine]:
    for column, value, expected in row["reasons"]:
        yield RefusedCellLine(row["file"], row["row"], column, value, expected)


def refused_files(batch: ImportBatch, user: User) -> list[tuple[str, str, int]]:
    """Return the refused rows as CSV files to be mended: name, text and number of rows of each.

    Every file begins with a column `problem`, which a re-import does not read.
    """
    closed = recused_ids(batch.cycle, user)
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for table, rows in batch.preview.get("refused", {}).items():
        for row in rows:
            if row["cells"] and row["aamc_id"] not in closed:
                found.setdefault((table, row["file"]), []).append(row)
    names: dict[str, int] = {}
    files = []
    for (table, file), rows in found.items():
        names[table] = names.get(table, 0) + 1
        suffix = f"-{names[table]}" if names[table] > 1 else ""
        text = _refused_csv(batch.preview["headers"][file], rows)
        files.append((f"{table}-refused{suffix}.csv", text, len(rows)))
    return files


def _refused_csv(header: list[str], rows: Sequence[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([PROBLEM_COLUMN, *map(safe_cell, header)])
    for row in rows:
        problem = "; ".join(f"{column}: expected {expected}".lstrip(": ") for column, _, expected in row["reasons"])
        writer.writerow([safe_cell(each) for each in (problem, *row["cells"])])
    return text.getvalue()


def what_was_built_on(batch: ImportBatch) -> str:
    """Return, in a sentence, what stands in the way of undoing an import; nothing when nothing does."""
    for find in (_recusals, _edited_since, _other_evidence, _worked_on_since):
        words = find(batch)
        if words:
            return words
    return ""


def _recusals(batch: ImportBatch) -> str:
    """Recusals from students who would stay in the class: they are lifted by a second officer, never undone."""
    brought = Conflict.objects.recusing().filter(batch=batch)
    if brought.filter(Q(student__batch__isnull=True) | ~Q(student__batch=batch)).exists():
        return "Undoing it would lift recusals, which only a second officer does, with a reason."
    return ""


def _edited_since(batch: ImportBatch) -> str:
    mark = batch.preview.get("mark", 0)
    changed: dict[str, list[int]] = {}
    for table, row_id in batch.changes.values_list("table", "row_id"):
        changed.setdefault(table, []).append(row_id)
    for table, keeping in KEEPINGS.items():
        since = RowChange.objects.filter(table=keeping.model._meta.db_table, seq__gt=mark)
        sets = [since.filter(row_id__in=some) for some in chunks(changed.get(table, []))]
        if table != "faculty":
            sets.append(since.filter(row_id__in=keeping.rows.filter(batch=batch).values("pk")))
        if any(_says_something(each) for found in sets for each in found.iterator()):
            return f"Rows in {table} that this import brought or changed were changed since, by hand or by an import."
    return ""


def _says_something(change: RowChange) -> bool:
    """Leave out what is only a mark that evidence changed."""
    before, after = change.before or {}, change.after or {}
    return any(before.get(name) != value for name, value in after.items() if name != "evidence_number")


def _other_evidence(batch: ImportBatch) -> str:
    for table in EVIDENCE_TABLES:
        others = KEEPINGS[table].rows.filter(student__batch=batch, withdrawn_at__isnull=True)
        if others.filter(Q(batch__isnull=True) | ~Q(batch=batch)).exists():
            return f"Students this import added have {table} by now that came another way."
    return ""


def _worked_on_since(batch: ImportBatch) -> str:
    """Look for access given since, and for what higher apps have on the trail about these students."""
    students = _students_of(batch)
    applied = Event.objects.filter(
        kind=AuditKind.IMPORT_APPLIED, subject_type=batch._meta.label_lower, subject_id=batch.pk
    )
    since = Event.objects.filter(seq__gt=applied.values("seq")[:1], actor_id__isnull=False)
    acts = since.exclude(subject_type__startswith="students.").exclude(kind__endswith="-opened")
    for some in chunks(sorted(students)):
        if AccessGrant.objects.filter(student__in=some, starts_at__gte=batch.applied_at).exists():
            return "Since then a meeting's agenda, or a caller, was given students that this import is about."
        if acts.filter(student_id__in=some).exists():
            return "Since then people worked on students that this import is about, as in a meeting."
    return ""


def _students_of(batch: ImportBatch) -> set[int]:
    found = set(Student.objects.filter(batch=batch).values_list("pk", flat=True))
    changed: dict[str, list[int]] = {}
    for table, row_id in batch.changes.values_list("table", "row_id"):
        changed.setdefault(table, []).append(row_id)
    found.update(changed.get("students", ()))
    for table in EVIDENCE_TABLES:
        rows = KEEPINGS[table].rows
        found.update(rows.filter(batch=batch).values_list("student_id", flat=True))
        for some in chunks(changed.get(table, [])):
            found.update(rows.filter(pk__in=some).values_list("student_id", flat=True))
    return found
