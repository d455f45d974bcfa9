"""What an event may say: ids, codes, numbers, dates, before and after. Never free text."""

from __future__ import annotations

import hashlib
import json
import math
from datetime import date

LONGEST_TEXT = 200
_LARGEST_FLOAT = 1e15  # Beyond it PostgreSQL gives a JSON number back in another notation, and the digest would differ.


class UnfitFact(ValueError):
    """A fact is free text, or of a kind that JSON cannot keep for ever."""


def plain(value: object) -> object:
    """Return the fact as plain JSON values: dates in ISO form, sets sorted. Raises `UnfitFact`."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return _plain_text(str(value))
    if isinstance(value, float):
        return _plain_float(value)
    if isinstance(value, date):
        return value.isoformat()
    return _plain_container(value)


def digest(facts: object) -> str:
    """Return the SHA-256 of plain facts in canonical JSON: sorted keys, no spaces."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain_container(value: object) -> object:
    if isinstance(value, dict):
        return {_plain_text(str(key)): plain(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return [plain(each) for each in sorted(value)]
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    raise UnfitFact(f"{type(value).__name__} is no fact for the trail; give ids, codes, numbers or dates.")


def _plain_text(text: str) -> str:
    if len(text) > LONGEST_TEXT or "\x00" in text:
        raise UnfitFact(f"The trail takes no free text; this fact has {len(text)} characters.")
    return text


def _plain_float(number: float) -> float:
    if not math.isfinite(number) or abs(number) >= _LARGEST_FLOAT:
        raise UnfitFact(f"{number} is no number the trail can keep.")
    return number + 0.0  # Minus zero becomes zero, which JSON columns make of it too.
