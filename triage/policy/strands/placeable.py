"""Placeable: is there somewhere realistic, among positions of a type this student can use?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..evidence import Dossier
from ..market import (
    FIRST_YEARS,
    MEDICINE_PRELIMINARY,
    NARROW,
    OPEN,
    SURGERY_PRELIMINARY,
    TRANSITIONAL_YEAR,
    WITHIN_REACH,
)
from ..rules import Rules

FULLY_UNMATCHED = frozenset({"unmatched", "no_certified_list"})
ADVANCED_ONLY = "partial_advanced_only"
FIRST_YEAR_BY_TYPE = (
    ("preliminary", SURGERY_PRELIMINARY),
    ("preliminary", MEDICINE_PRELIMINARY),
    ("transitional", TRANSITIONAL_YEAR),
)
_CATEGORICAL = ("categorical",)
_ALSO_USABLE = {"partial_prelim_only": "advanced", ADVANCED_ONLY: "preliminary"}


class Scores(NamedTuple):
    """Best passed second-stage scores of the two families, never converted into each other."""

    step_2_ck: int | None
    comlex_2_ce: int | None


class Placeable(NamedTuple):
    """Whether there is somewhere, and the specialty that says so. `by` is target, first_year, score or blank."""

    is_realistic: bool
    specialty: str
    by: str


def accepted_types(dossier: Dossier) -> tuple[str, ...]:
    """The types of position the student accepts; blank means categorical."""
    return dossier.position_types or _CATEGORICAL


def usable_types(match_status: str, accepted: tuple[str, ...]) -> tuple[str, ...]:
    """The accepted types, and the one that a partial match leaves to be found."""
    also = _ALSO_USABLE.get(match_status)
    return accepted if also is None else (*accepted, also)


def read_placeable(
    dossier: Dossier, accepted: tuple[str, ...], groups: Mapping[str, str], scores: Scores, rules: Rules
) -> Placeable:
    """Look for a realistic target, else a first year the student accepts, else a score that opens a narrow one."""
    applied = dossier.applied
    if dossier.match_status == ADVANCED_ONLY:
        return _among(FIRST_YEARS, groups)
    if applied and groups[applied] in WITHIN_REACH:
        return Placeable(True, applied, "target")
    found = _among(dossier.backups, groups)
    if found.is_realistic:
        return found
    if dossier.match_status in FULLY_UNMATCHED:
        for position_type, code in FIRST_YEAR_BY_TYPE:
            if position_type in accepted and groups.get(code) in WITHIN_REACH:
                return Placeable(True, code, "first_year")
    if applied and groups[applied] == NARROW and _score_opens(scores, rules):
        return Placeable(True, applied, "score")
    return Placeable(False, applied or found.specialty, "")


def _among(targets: tuple[str, ...], groups: Mapping[str, str]) -> Placeable:
    """The target within reach that a page names: an open one first, by code, whatever their order."""
    reach = [(groups[code] != OPEN, code) for code in targets if groups[code] in WITHIN_REACH]
    if reach:
        return Placeable(True, min(reach)[1], "target")
    return Placeable(False, min(targets, default=""), "")


def _score_opens(scores: Scores, rules: Rules) -> bool:
    step_2_ck, comlex_2_ce = scores
    return (step_2_ck is not None and step_2_ck >= rules.narrow_step_2_ck_at) or (
        comlex_2_ce is not None and comlex_2_ce >= rules.narrow_comlex_2_ce_at
    )
