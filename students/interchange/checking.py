"""Rows to checked rows: finds a sheet's header and table, reads every cell, and refuses what does not hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from students.interchange.findings import RefusedRow, Unusable, fold
from students.interchange.tables import (
    Column,
    Table,
    known_headers,
    table_of_headers,
    table_of_name,
)
from students.interchange.values import BadValue, Parser, Value, is_cut, parse_aamc_id

PROBLEM_COLUMN = "problem"  # written into files of refused rows; a re-import does not read it
_LOOK_AHEAD = 20  # rows in which a header is looked for
_FORMULA_GUARDS = ("'=", "'+", "'-", "'@", "'\t", "'\r")
Numbered = tuple[int, list[str]]


class Row(NamedTuple):
    """One good row: where it stands, its values in the order of the sheet's columns, and its cells as they were."""

    number: int
    values: tuple[Value, ...]
    cells: tuple[str, ...]


@dataclass(slots=True)
class Sheet:
    """One table as found in one file: its columns in their order, its good rows and the refused ones."""

    file: str
    table: Table
    header: tuple[str, ...]
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


class _Cell(NamedTuple):
    """How one position of a row is read; values read before are remembered."""

    position: int
    column: Column
    known: dict[str, Value | BadValue]


def check(file: str, title: str, rows: Iterable[Numbered]) -> Sheet:
    """Return the table found in a sheet's rows. Raises `Unusable` when there is none."""
    numbered = [(number, cells) for number, cells in rows if any(each.strip() for each in cells)]
    if not numbered:
        raise Unusable("It holds no rows.")
    start, table = _find_header(title, numbered)
    header = [_unguarded(each).strip() for each in numbered[start][1]]
    columns = table.find(header)
    sheet = Sheet(file, table, tuple(header), tuple(each.name for each in columns if each))
    if not _header_holds(sheet, numbered[start][0]):
        return sheet
    _note_unknown(sheet, header, columns)
    _read_rows(sheet, columns, numbered[start + 1 :])
    return sheet


def _find_header(title: str, rows: list[Numbered]) -> tuple[int, Table]:
    """Return where the header stands, and the table: by the sheet's name, else by its headers."""
    named = table_of_name(title)
    top = rows[:_LOOK_AHEAD]
    best = max(range(len(top)), key=lambda each: (known_headers(top[each][1], named), -each))
    if named and known_headers(top[best][1], named) >= 1:
        return best, named
    table = table_of_headers(top[best][1])
    if table is None:
        raise Unusable(_not_recognised(named))
    return best, table


def _not_recognised(named: Table | None) -> str:
    if named:
        return f"It is named like {named.name}, but no row holds its headers: {', '.join(named.required)}."
    return "Neither its name nor its headers are those of a table."


def _header_holds(sheet: Sheet, number: int) -> bool:
    missing = [name for name in sheet.table.required if name not in sheet.columns]
    twice = sorted({name for name in sheet.columns if sheet.columns.count(name) > 1})
    reasons = [(name, "", f"a column {name}: without it nothing of this file is imported") for name in missing]
    reasons += [(name, "", f"only one column {name}: two headers mean it") for name in twice]
    if reasons:
        sheet.refused.append(RefusedRow(sheet.table.name, sheet.file, number, tuple(reasons)))
    return not reasons


def _note_unknown(sheet: Sheet, header: list[str], columns: list[Column | None]) -> None:
    unknown = [
        text
        for text, each in zip(header, columns, strict=True)
        if each is None and text and fold(text) != PROBLEM_COLUMN
    ]
    if unknown:
        sheet.notices.append(f"Columns that are not known here were not imported: {', '.join(unknown)}.")


def _read_rows(sheet: Sheet, columns: list[Column | None], rows: list[Numbered]) -> None:
    cells = [_Cell(position, each, {}) for position, each in enumerate(columns) if each]
    width, put_back = len(columns), 0
    id_at = next((each.position for each in cells if each.column.parse is parse_aamc_id), None)
    for number, row in rows:
        row = row + [""] * (width - len(row)) if len(row) < width else row
        values = [_value(each, row[each.position]) for each in cells]
        if len(row) > width and any(each.strip() for each in row[width:]):
            extra = BadValue(f"{width} cells, like the header; this row has {len(row)}")
            sheet.refused.append(_refused(sheet, number, row, [("", " ".join(row[width:]), extra)]))
        elif bad := [
            (each.column.name, row[each.position], value)
            for each, value in zip(cells, values, strict=True)
            if value.__class__ is BadValue
        ]:
            sheet.refused.append(_refused(sheet, number, row, bad))
        else:
            put_back += id_at is not None and is_cut(row[id_at])
            sheet.rows.append(Row(number, tuple(values), tuple(row[:width])))
    if put_back:
        whose = "1 AAMC ID had lost its" if put_back == 1 else f"{put_back:,} AAMC IDs had lost their"
        sheet.notices.append(f"{whose} first zero; it was put back.")


def _value(cell: _Cell, text: str) -> Value | BadValue:
    found = cell.known.get(text, cell)
    if found is cell:
        found = cell.known[text] = _parsed(cell.column, text)
    return found


def _parsed(column: Column, text: str) -> Value | BadValue:
    try:
        value = column.parse(_unguarded(text))
    except BadValue as problem:
        return problem
    except (ValueError, OverflowError):
        return BadValue("a value this column can hold")
    if column.required and value in (None, ""):
        return _what_is_needed(column.parse)
    return value


def _what_is_needed(parse: Parser) -> BadValue:
    """Ask the parser itself, with a cell that no column takes, for what it wants."""
    try:
        parse("\N{REPLACEMENT CHARACTER}?")
    except BadValue as problem:
        return BadValue(f"{problem}; the cell is empty")
    return BadValue("text; the cell is empty")


def _unguarded(text: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from running a cell as a formula."""
    return text[1:] if text.startswith(_FORMULA_GUARDS) else text


def _refused(sheet: Sheet, number: int, row: list[str], bad: list[tuple[str, str, BadValue]]) -> RefusedRow:
    reasons = tuple((column, text.strip(), str(problem)) for column, text, problem in bad)
    return refuse_row(sheet, Row(number, (), tuple(row)), reasons)


def refuse_row(sheet: Sheet, row: Row, reasons: tuple[tuple[str, str, str], ...]) -> RefusedRow:
    """Make the refusal of a row, with its cells to be mended and the student it is about, if that can be read."""
    return RefusedRow(
        sheet.table.name, sheet.file, row.number, reasons, sheet.header, row.cells, _student_of(sheet, row.cells)
    )


def _student_of(sheet: Sheet, cells: tuple[str, ...]) -> str:
    for text, column in zip(cells, sheet.table.find(sheet.header), strict=False):
        if column and column.parse is parse_aamc_id:
            try:
                return str(parse_aamc_id(_unguarded(text)))
            except BadValue:
                return ""
    return ""
