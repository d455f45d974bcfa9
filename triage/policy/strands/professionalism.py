"""Professionalism: only what is documented, first-hand and known to the student counts."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import NamedTuple

from ..evidence import Concern, Dossier
from ..rules import CLEAR, CONCERN, PATTERN, STUMBLE, Rules
from ..standing import COUNTS, ON_RECORD, SetAside, Standings, setting_aside

Weight = tuple[str, str, bool]
"""Status, severity, and whether it is a matter of integrity: all that weighs in a counting concern."""


class Professionalism(NamedTuple):
    """What the counting concerns come to, and what could come to count."""

    level: int
    tally: Tally
    weighing: tuple[tuple[str, str, int], ...]
    """Status, severity and how many, of the concerns that weigh."""
    unsettled: tuple[tuple[Weight, str], ...]
    """Counting concerns still open or disputed, with their refs."""
    aside: tuple[tuple[Weight, str], ...]
    """Concerns set aside for a lack that can be mended, with their refs."""


class Tally(NamedTuple):
    """How many counting concerns there are of what weighs. Serious is moderate or major."""

    open: int = 0
    open_serious: int = 0
    open_major: int = 0
    disputed_serious: int = 0
    resolved_serious: int = 0
    resolved_integrity: int = 0

    def plus(self, weight: Weight, by: int = 1) -> Tally:
        """The tally with one such concern more, or one less."""
        return Tally(*[has + by * more for has, more in zip(self, _EFFECTS[weight], strict=True)])


def _effect(weight: Weight) -> tuple[int, ...]:
    status, severity, is_integrity = weight
    is_serious, is_major = severity != "minor", severity == "major"
    is_open, is_resolved = status == "open", status == "resolved"
    return (
        int(is_open),
        int(is_open and is_serious),
        int(is_open and is_major),
        int(status == "disputed" and is_serious),
        int(is_resolved and is_serious),
        int(is_resolved and is_major and is_integrity),
    )


_EFFECTS = {
    weight: _effect(weight)
    for weight in product(("open", "disputed", "resolved"), ("minor", "moderate", "major"), (False, True))
}
NOTHING = Tally()


def professionalism_level(tally: Tally, rules: Rules) -> int:
    """The level that such a tally makes."""
    if _is_pattern(tally, rules):
        return PATTERN
    if _is_concern(tally, rules):
        return CONCERN
    is_stumble = tally.open >= rules.stumble_open_at or tally.resolved_serious >= rules.stumble_resolved_serious_at
    return STUMBLE if is_stumble else CLEAR


def read_professionalism(
    dossier: Dossier, rules: Rules, school_report: date, standings: Standings, set_aside: list[SetAside]
) -> Professionalism:
    """Weigh the concerns; leave how each stands in `standings` and `set_aside`."""
    if not dossier.concerns:
        return Professionalism(professionalism_level(NOTHING, rules), NOTHING, (), (), ())
    told_by = school_report - timedelta(days=rules.told_days)
    tally = NOTHING
    unsettled: list[tuple[Weight, str]] = []
    aside: list[tuple[Weight, str]] = []
    weighing: dict[tuple[str, str], int] = {}
    for concern in dossier.concerns:
        weight = (concern.status, concern.severity, concern.kind == "integrity")
        why = why_set_aside(concern, told_by)
        if why:
            standings[concern.ref] = setting_aside(why)
            set_aside.append(SetAside("concern", concern.ref, why))
            if concern.status != "dismissed":
                aside.append((weight, concern.ref))
            continue
        standings[concern.ref] = ON_RECORD
        if concern.status == "open" or concern.severity != "minor":
            standings[concern.ref] = COUNTS
            weighing[weight[:2]] = weighing.get(weight[:2], 0) + 1
        tally = tally.plus(weight)
        if concern.status != "resolved":
            unsettled.append((weight, concern.ref))
    return Professionalism(
        professionalism_level(tally, rules),
        tally,
        tuple([(*kind, weighing[kind]) for kind in sorted(weighing)]),
        tuple(sorted(unsettled)),
        tuple(sorted(aside)),
    )


def why_set_aside(concern: Concern, told_by: date) -> tuple[str, ...]:
    """What keeps the concern from counting; nothing when it counts. A response shows that the student knows."""
    if concern.status == "dismissed":
        return ("dismissed",)
    why = []
    if not concern.first_hand:
        why.append("not_first_hand")
    if not concern.record_reference.strip():
        why.append("not_documented")
    if concern.student_response_on is None:
        if concern.student_told_on is None:
            why.append("student_not_told")
        elif concern.student_told_on > told_by:
            why.append("told_too_late")
    return tuple(why)


def _is_pattern(tally: Tally, rules: Rules) -> bool:
    return (
        tally.open >= rules.pattern_open_at
        or tally.open_serious >= rules.pattern_open_serious_at
        or tally.open_major >= rules.pattern_open_major_at
    )


def _is_concern(tally: Tally, rules: Rules) -> bool:
    return (
        tally.open >= rules.concern_open_at
        or tally.open_serious >= rules.concern_open_serious_at
        or tally.disputed_serious >= rules.concern_disputed_serious_at
        or tally.resolved_serious >= rules.concern_resolved_serious_at
        or tally.resolved_integrity >= rules.concern_resolved_integrity_at
    )
