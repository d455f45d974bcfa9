"""Cells to values: forgiving about writing, never about meaning. A parser raises `BadValue` with what was expected."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices

from matchweek.specialties import find_specialty
from students.enums import VouchAnswer
from students.interchange.findings import fold
from students.interchange.geography import find_place

Value = Any  # str, int, date, bool, list of codes, or None for an empty cell
Parser = Callable[[str], Value]

_BLANKS = frozenset({"", "-", "--", "—", "–", "n/a", "na", "null", "none", "nil", "."})
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
# Marks that turn the direction of text: they can make a page show something else than what is stored.
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(20_000, 80_000)  # 1954 to 2119
_YEARS = range(1950, 2101)


class BadValue(ValueError):
    """The cell does not hold what its column needs; the text says what was expected."""


def is_blank(text: str) -> bool:
    """Tell whether the cell says that it holds nothing."""
    return text.strip().lower() in _BLANKS


def clean_text(text: str) -> str:
    """Return the text in NFC. Refuse control characters and marks that turn the direction of text."""
    for each in text:
        if each in _DIRECTION_MARKS or (unicodedata.category(each) in {"Cc", "Cs"} and each not in "\t\n\r"):
            raise BadValue(f"text without the control character U+{ord(each):04X}")
    if text in _EXCEL_ERRORS:
        raise BadValue(f"a value, not the spreadsheet error {text}")
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def line(length: int, *, or_blank: bool = False) -> Parser:
    """Make a parser of one line of text; line breaks become spaces. `or_blank`: "n/a" and its like say nothing."""

    def parse(text: str) -> str:
        if or_blank and is_blank(text):
            return ""
        found = " ".join(clean_text(text).split())
        if len(found) > length:
            raise BadValue(f"at most {length} characters (this has {len(found)})")
        return found

    return parse


def prose(length: int) -> Parser:
    """Make a parser of text that may run over several lines."""

    def parse(text: str) -> str:
        found = clean_text(text)
        if len(found) > length:
            raise BadValue(f"at most {length} characters (this has {len(found)})")
        return found

    return parse


def parse_aamc_id(text: str) -> str:
    """Return the eight digits. A zero that Excel cut off the front is put back."""
    digits = re.sub(r"\.0+$", "", clean_text(text)).replace(" ", "").replace("-", "")
    if re.fullmatch(r"[0-9]{7,8}", digits):
        return digits.zfill(8)
    raise BadValue("an AAMC ID of 8 digits")


def is_cut(text: str) -> bool:
    """Tell whether an AAMC ID lost its first zero."""
    return len(re.sub(r"\.0+$", "", text.strip()).replace(" ", "").replace("-", "")) == 7


def parse_email(text: str) -> str | None:
    """Return the address in lower case, or None."""
    if is_blank(text):
        return None
    found = clean_text(text).removeprefix("mailto:").lower()
    try:
        validate_email(found)
    except ValidationError:
        raise BadValue("an e-mail address") from None
    if len(found) > 254:
        raise BadValue("an e-mail address of at most 254 characters")
    return found


def parse_date(text: str) -> date | None:
    """Return the day of an ISO date, a US date (3/15/2027), a written one or an Excel serial; None when blank."""
    if is_blank(text):
        return None
    found = _any_date(clean_text(text))
    if found is None or found.year not in _YEARS:
        raise BadValue("a date such as 2027-03-15 or 3/15/2027")
    return found


def _any_date(text: str) -> date | None:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return _iso_date(text)
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and int(text[:5]) in _EXCEL_DAYS:
        return _EXCEL_EPOCH + timedelta(days=int(text[:5]))
    day = re.sub(r"[T ]\d{1,2}:\d\d(:\d\d(\.\d+)?)?( ?[AaPp][Mm])?Z?$", "", text)
    for form in ("%Y-%m-%d", "%m/%d/%Y", "%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y"):
        try:
            return datetime.strptime(day, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None


def _iso_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def whole(low: int, high: int, unit: str = "") -> Parser:
    """Make a parser of a whole number within bounds; `unit` may stand behind it."""

    def parse(text: str) -> int | None:
        if is_blank(text):
            return None
        found = re.fullmatch(
            rf"(\d{{1,6}})(\.0+)?\s*({unit})?" if unit else r"(\d{1,6})(\.0+)?()", clean_text(text).lower()
        )
        if not found or not low <= int(found.group(1)) <= high:
            raise BadValue(f"a whole number from {low} to {high}")
        return int(found.group(1))

    return parse


def parse_yes_no(text: str) -> bool:
    """Return whether the cell says yes; blank says no."""
    folded = fold(text)
    if folded in {"yes", "y", "true", "t", "1", "x", "10"}:
        return True
    if is_blank(text) or folded in {"no", "n", "false", "f", "0", "00"}:
        return False
    raise BadValue("yes or no")


def choice(choices: type[TextChoices], synonyms: Mapping[str, str] | None = None, *, blank: str = "") -> Parser:
    """Make a parser of one of the choices, known by value, label or synonym; a blank cell is `blank`."""
    known = {fold(str(each.label)): str(each.value) for each in choices}
    known |= {fold(str(each.value)): str(each.value) for each in choices}
    known |= {fold(text): value for text, value in (synonyms or {}).items()}
    words = f"one of {', '.join(_as_written(each) for each in choices)}"

    def parse(text: str) -> str:
        if is_blank(text) and fold(text) not in known:
            return blank
        found = known.get(fold(clean_text(text)))
        if found is None:
            raise BadValue(words)
        return found

    return parse


def parse_answer(text: str) -> str:
    """Return whether a vouch request was declined; blank says nothing about it."""
    if is_blank(text):
        return ""
    if fold(clean_text(text)) not in {"declined", "decline", "no"}:
        raise BadValue("declined, or nothing")
    return str(VouchAnswer.DECLINED)


def _as_written(each: TextChoices) -> str:
    return str(each.label) if str(each.label)[:1].isupper() else str(each.value)


def _items(text: str, separators: str) -> list[str]:
    parts = re.split(f"[{separators}]", clean_text(text))
    return [each.strip() for each in parts if not is_blank(each)]


def _each_once(items: list[str]) -> list[str]:
    return list(dict.fromkeys(items))


def choices_of(choices: type[TextChoices], synonyms: Mapping[str, str]) -> Parser:
    """Make a parser of a list of choices."""
    one = choice(choices, synonyms)

    def parse(text: str) -> list[str]:
        return _each_once([one(each) for each in _items(text, ";|,/\n")])

    return parse


def parse_specialty(text: str) -> str | None:
    """Return the code of a specialty named by code, name or alias; None when blank."""
    if is_blank(text):
        return None
    found = find_specialty(clean_text(text))
    if found is None:
        raise BadValue("a specialty known here by name, alias or code")
    return found.code


def parse_specialties(text: str) -> list[str]:
    """Return the codes of a list of specialties, in its order."""
    codes = []
    for each in _items(text, ";|\n"):
        code = parse_specialty(each)
        if code:
            codes.append(code)
    return codes


def parse_specialty_words(text: str) -> str:
    """Return a faculty member's specialty: the list's name for it, else the words (cardiology is in no list)."""
    words: str = line(120)(text)
    found = find_specialty(words) if words else None
    return found.name if found else words


def parse_places(text: str) -> list[str]:
    """Return the full names of places, in their order."""
    places = []
    for each in _items(text, ";|,/\n"):
        place = find_place(each)
        if place is None:
            raise BadValue(
                "anywhere, or states, regions (Northeast, Midwest, South, West) or census divisions, separated by ;"
            )
        places.append(place)
    return _each_once(places)
