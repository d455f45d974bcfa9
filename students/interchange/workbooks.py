"""XLSX workbooks: every sheet as rows of text, the way the same table would stand in a CSV file."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from students.interchange.findings import Unusable

WIDEST = 300  # columns
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FORMULA_WITHOUT_VALUE = re.compile(rb"<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")


def refuse_old_or_locked(content: bytes) -> None:
    """Raise `Unusable` for the old XLS format and for encrypted workbooks, which share their first bytes."""
    if not content.startswith(_OLD_OR_LOCKED):
        return
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Unusable("This workbook is protected by a password. Save it without one, as XLSX.")
    raise Unusable("This is an old Excel workbook (XLS). Save it as XLSX.")


def read_workbook(content: bytes) -> Iterator[tuple[str, list[tuple[int, list[str]]]]]:
    """Yield each sheet's name and numbered rows; formulas count as their stored values. Raises `Unusable`."""
    _refuse_macros_and_formulas(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions, which are not read
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                yield sheet.title, list(_rows(sheet.iter_rows(values_only=True)))
    except Unusable:
        raise
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, OSError) as problem:
        raise Unusable("This workbook is damaged and could not be read.") from problem
    except Exception as problem:  # a file made to break its reader is refused in words like any other
        raise Unusable("This workbook could not be read. Save it anew as XLSX, or as CSV files.") from problem


def _refuse_macros_and_formulas(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        names = parts.namelist()
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise Unusable("This workbook carries macros. Save it as XLSX, without them.")
        for name in names:
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                part = parts.read(name)
                if b"<f" in part and _FORMULA_WITHOUT_VALUE.search(part):
                    raise Unusable(
                        "This workbook has formulas whose results were never stored. Open it in Excel, save it, "
                        "and try again."
                    )


def _rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(rows, 1):
        cells = [cell_text(each) for each in row]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > WIDEST:
            raise Unusable(f"Row {number} has {len(cells)} columns; at most {WIDEST} are read.")
        if cells:
            yield number, cells


def cell_text(value: Any) -> str:
    """Write a cell's value as it would stand in a CSV file: whole numbers without a point, days as ISO dates."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
