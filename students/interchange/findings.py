"""What reading a source finds besides good rows: refusals that name a cell, and the error of an unusable source."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TypedDict


class RefusedCell(TypedDict):
    """One refused cell, as the interchange format reports it. The row is the one a person sees in the file."""

    file: str
    row: int
    column: str
    value: str
    expected: str


class Unusable(Exception):
    """The source as a whole cannot be read. The text is fit for a user."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not imported: every reason, and its cells to be mended."""

    table: str
    file: str
    row: int
    reasons: tuple[tuple[str, str, str], ...]  # column, value, expected
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    aamc_id: str = ""

    def cells_refused(self) -> list[RefusedCell]:
        """Return one entry per bad cell."""
        return [
            RefusedCell(file=self.file, row=self.row, column=column, value=shorten(value), expected=expected)
            for column, value, expected in self.reasons
        ]


def shorten(text: str, length: int = 200) -> str:
    """Cut long text for a report, with an ellipsis, and show control characters as a mark that can be seen."""
    seen = "".join("\ufffd" if unicodedata.category(each) in {"Cc", "Cs"} else each for each in text[:length])
    return f"{seen}…" if len(text) > length else seen


def fold(text: str) -> str:
    """Reduce a header or a code to what decides: letters and digits, without case and accents."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^a-z0-9]+", "", plain)
