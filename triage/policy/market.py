"""What the year offers: specialties, their groups and, once loaded, the cycle's list of unfilled positions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from .rules import Rules

OPEN, MODERATE, NARROW, CLOSED = "open", "moderate", "narrow", "closed"
WITHIN_REACH = frozenset({OPEN, MODERATE})
MEDICINE_PRELIMINARY, SURGERY_PRELIMINARY, TRANSITIONAL_YEAR = "140P", "440P", "999"
FIRST_YEARS = (MEDICINE_PRELIMINARY, SURGERY_PRELIMINARY, TRANSITIONAL_YEAR)
# Lists print 140 or 440 of type P where they mean Medicine- or Surgery-Preliminary.
_LISTED_AS = {
    ("140", "preliminary"): (MEDICINE_PRELIMINARY, "preliminary"),
    ("440", "preliminary"): (SURGERY_PRELIMINARY, "preliminary"),
}


class Outlook(NamedTuple):
    """How the specialties stand for somebody who can use certain types of position."""

    groups: Mapping[str, str]
    within_reach: tuple[str, ...]
    """Specialties other than first years that are open, then moderate, each by code."""


@dataclass(frozen=True)
class Market:
    """One cycle's market. `unfilled` maps (specialty, position type) to a count, and is None until a list is loaded.

    A loaded list decides alone: what is not on it has no place.
    """

    groups: Mapping[str, str]
    names: Mapping[str, str]
    school_report: date
    unfilled: Mapping[tuple[str, str], int] | None = None

    def outlook(self, types: tuple[str, ...], rules: Rules) -> Outlook:
        """The groups over positions of these types; computed once per set of types and policy."""
        if self.unfilled is None:
            return self._default_outlook
        key = (frozenset(types), rules.open_at, rules.moderate_at, rules.narrow_at)
        found = self._outlooks.get(key)
        if found is None:
            found = self._outlooks[key] = _outlook(self._count_groups(key[0], rules))
        return found

    def name(self, code: str) -> str:
        """The specialty's name, or its code where the cycle has no name for it."""
        return self.names.get(code, code)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of groups, list and date of the school report; names are words, not evidence."""
        listed = None if self.unfilled is None else sorted(self._unfilled.items())
        text = repr((sorted(self.groups.items()), listed, self.school_report.isoformat()))
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def _default_outlook(self) -> Outlook:
        return _outlook(self.groups)

    @cached_property
    def _outlooks(self) -> dict[tuple[frozenset[str], int, int, int], Outlook]:
        return {}

    @cached_property
    def _unfilled(self) -> dict[tuple[str, str], int]:
        counts: dict[tuple[str, str], int] = {}
        for listed, count in (self.unfilled or {}).items():
            key = _LISTED_AS.get(listed, listed)
            counts[key] = counts.get(key, 0) + count
        return counts

    def _count_groups(self, types: frozenset[str], rules: Rules) -> dict[str, str]:
        places = dict.fromkeys(self.groups, 0)
        for (code, position_type), count in self._unfilled.items():
            if position_type in types:
                places[code] = places.get(code, 0) + count
        return {code: group_of(count, rules) for code, count in places.items()}


def group_of(places: int, rules: Rules) -> str:
    """The group that so many usable unfilled places make."""
    if places >= rules.open_at:
        return OPEN
    if places >= rules.moderate_at:
        return MODERATE
    return NARROW if places >= rules.narrow_at else CLOSED


def _outlook(groups: Mapping[str, str]) -> Outlook:
    reach = [code for code, group in groups.items() if group in WITHIN_REACH and code not in FIRST_YEARS]
    return Outlook(groups, tuple(sorted(reach, key=lambda code: (groups[code] != OPEN, code))))
