"""Bytes to text to records: encodings, delimiters and quotation marks as they are met in the wild."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator

from charset_normalizer import from_bytes

from students.interchange.findings import Unusable
from students.interchange.tables import known_headers

DELIMITERS = (",", ";", "\t", "|")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOK_AHEAD = 20  # rows in which a header is looked for

csv.field_size_limit(1_000_000)


def decode(content: bytes) -> tuple[str, str]:
    """Return the text and, when the encoding had to be guessed, a sentence about it. Raises `Unusable`."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decoded(content, encoding), ""
    if content[:4000].count(0) * 5 >= len(content[:4000]) > 0:
        return _decoded(content, _wide(content)), ""
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError:
        return _guessed(content)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unusable("This is not text: it is damaged, or not a CSV file.") from None


def _wide(content: bytes) -> str:
    """Tell UTF-16 without its mark by where the zero bytes stand."""
    return "utf-16-be" if content[:4000:2].count(0) > content[1:4000:2].count(0) else "utf-16-le"


def _guessed(content: bytes) -> tuple[str, str]:
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        text = ""
    if text and _is_plausible(text):
        return text, "The file is not in UTF-8; it was read as Windows-1252. Check the letters with accents."
    best = None if b"\0" in content else from_bytes(content).best()
    if best is None:
        raise Unusable("This is not text in an encoding that was recognised. Save it as CSV UTF-8.")
    return str(best), f"The file is not in UTF-8; it was read as {best.encoding}, which is a guess. Check the names."


def _is_plausible(text: str) -> bool:
    """Tell whether what is beyond ASCII are letters and the quotation marks and dashes of word processors."""
    beyond = [each for each in text if ord(each) > 127]
    usual = sum(unicodedata.category(each) in {"Lu", "Ll"} or each in "‘’“”–—…°·•€™®©ªº\xa0" for each in beyond)
    return usual >= 0.9 * len(beyond)


def records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield every row of the text with its number, the first being 1. Raises `Unusable`.

    A quotation mark that is never closed would swallow the rest of the file: it is refused.
    """
    lines = text.split("\n", 1)
    named = lines[0].strip().lower().removeprefix("\ufeff")
    skip = 1 if named.startswith("sep=") and len(named) == 5 else 0
    delimiter = named[4] if skip else _delimiter(text)
    _check_quotes(text, delimiter)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from (each for each in enumerate(reader, 1) if each[0] > skip)
    except csv.Error as problem:
        raise Unusable(f"Line {reader.line_num} cannot be read as CSV: {problem}.") from None


def _delimiter(text: str) -> str:
    """Return the delimiter that finds the most known headers near the top; a comma when none does."""
    return max(DELIMITERS, key=lambda each: _headers_found(text, each))


def _headers_found(text: str, delimiter: str) -> int:
    reader = csv.reader(io.StringIO(text[:50_000], newline=""), delimiter=delimiter)
    found = 0
    try:
        for _, row in zip(range(_LOOK_AHEAD), reader, strict=False):
            found = max(found, known_headers(row))
    except csv.Error:
        return found
    return found


def _check_quotes(text: str, delimiter: str) -> None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    try:
        for _ in reader:
            begun = reader.line_num + 1
    except csv.Error as problem:
        if "unexpected end" in str(problem):
            raise Unusable(f"A quotation mark opened in line {begun} is never closed.") from None
