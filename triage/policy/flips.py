"""Flips: which single, realistic change would change the tier. Asked of the strands, not of the whole dossier again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .evidence import Dossier
from .market import WITHIN_REACH, Market
from .reading import RISKS, Reading, tier_of
from .rules import CLEAR, Rules
from .strands.academic import EXAM_WORDS, academic_level
from .strands.course import advice_level
from .strands.placeable import ADVANCED_ONLY, FIRST_YEAR_BY_TYPE, FULLY_UNMATCHED, usable_types
from .strands.professionalism import professionalism_level

ACADEMIC, PROFESSIONALISM, TRAJECTORY, ADVICE = range(len(RISKS))
_FLIPS = {
    "change_reason": "A stated reason for the change of specialty",
    "voucher_would_take": "Somebody who vouches already would take this student as a resident",
    "vouch_strong": "One more strong, first-hand vouch of {weeks} weeks or more",
    "vouch_would_take": "One more first-hand vouch of {weeks} weeks or more that says: would take as own resident",
    "accept_440P": "Accept preliminary surgery places ({name})",
    "accept_140P": "Accept preliminary medicine places ({name})",
    "accept_999": "Accept transitional year places ({name})",
    "add_backup": "Add a backup that is {group}, for example {name}",
    "stage_passed": "{exam} passed",
    "concern_resolved": "The {status} {severity} concern is resolved",
    "concern_dismissed": "The {status} {severity} concern is dismissed",
    "concern_documented": (
        "The {status} {severity} concern now set aside comes to count: documented, first-hand, the student told in time"
    ),
    "academic_one": "One more academic point (a remediation is one)",
    "academic_two": "Two more academic points (a remediation is one)",
    "academic_one_heavy": "One more remediation",
    "academic_two_heavy": "Two more remediations",
}


class Flip(NamedTuple):
    """One change and the tier it leads to.

    `ref` is the piece of evidence it is about, or the code of the specialty or exam; `change` names no other person.
    Codes: change_reason, voucher_would_take, vouch_strong, vouch_would_take, accept_preliminary, accept_transitional,
    add_backup, stage_passed, concern_resolved, concern_dismissed; downwards concern_documented, academic_one,
    academic_two. Only the dean's office sees flips about concerns.
    """

    change: str
    code: str
    to_tier: int
    ref: str = ""


def find_flips(dossier: Dossier, reading: Reading, rules: Rules, market: Market) -> tuple[Flip, ...]:
    """The changes that would raise the student, the most reachable first, then those that would lower."""
    found: list[Flip] = []
    if reading.tier > 1:
        found.extend(_upward(dossier, reading, rules, market))
    if reading.tier < 3:
        found.extend(_downward(reading, rules))
    return tuple(found)


def _upward(dossier: Dossier, reading: Reading, rules: Rules, market: Market) -> Iterator[Flip]:
    if reading.course.trajectory != CLEAR:
        yield from _if_level(reading, rules, TRAJECTORY, CLEAR, "change_reason")
    if reading.tier == 2:
        if reading.known.state != "strong":
            yield from _vouch_flips(reading, rules)
        if not reading.placeable.is_realistic and reading.known.state == "strong":
            yield from _type_flips(dossier, reading, rules, market)
            yield from _backup_flip(dossier, reading, rules, market)
    if len(reading.academic.unpassed) == 1:
        exam = reading.academic.unpassed[0]
        level = academic_level(reading.academic.points, reading.academic.failed, False, rules)
        yield from _if_level(reading, rules, ACADEMIC, level, "stage_passed", exam, exam=EXAM_WORDS[exam])
    if reading.professionalism.unsettled:
        yield from _settling_flips(reading, rules)


def _downward(reading: Reading, rules: Rules) -> Iterator[Flip]:
    professionalism, academic = reading.professionalism, reading.academic
    for weight, ref in professionalism.aside:
        level = professionalism_level(professionalism.tally.plus(weight), rules)
        yield from _if_level(
            reading, rules, PROFESSIONALISM, level, "concern_documented", ref, status=weight[0], severity=weight[1]
        )
    reached = reading.tier
    for code, more in (("academic_one", rules.remediation), ("academic_two", 2 * rules.remediation)):
        level = academic_level(academic.points + more, academic.failed, bool(academic.unpassed), rules)
        tier = _tier_if(reading, rules, ACADEMIC, level)
        if tier != reached:
            reached = tier
            yield Flip(_FLIPS[code if rules.remediation == 1 else f"{code}_heavy"], code, tier)


def _if_level(
    reading: Reading, rules: Rules, strand: int, level: int, code: str, ref: str = "", **words: str
) -> Iterator[Flip]:
    """The flip that one strand of risk makes by coming to this level, if it makes one."""
    if level == reading.levels[strand]:
        return
    tier = _tier_if(reading, rules, strand, level)
    if tier != reading.tier:
        yield Flip(_FLIPS[code].format(**words), code, tier, ref)


def _tier_if(reading: Reading, rules: Rules, strand: int, level: int) -> int:
    levels = list(reading.levels)
    levels[strand] = level
    return tier_of(reading.known.state == "strong", levels, reading.placeable.is_realistic, rules)


def _vouch_flips(reading: Reading, rules: Rules) -> Iterator[Flip]:
    if tier_of(True, reading.levels, reading.placeable.is_realistic, rules) != 1:
        return
    known = reading.known
    needed = rules.known_strong_at - known.points
    if known.nearest is not None and rules.vouch_would_take - known.nearest[0] >= needed:
        yield Flip(_FLIPS["voucher_would_take"], "voucher_would_take", 1, known.nearest[1])
    for code, points in (("vouch_strong", rules.vouch_strong), ("vouch_would_take", rules.vouch_would_take)):
        if points >= needed:
            yield Flip(_FLIPS[code].format(weeks=f"{rules.vouch_weeks_at}"), code, 1)
            return


def _type_flips(dossier: Dossier, reading: Reading, rules: Rules, market: Market) -> Iterator[Flip]:
    """Accepting first years. With a list, more usable types can also open the applied specialty, and advice with it."""
    if dossier.match_status not in FULLY_UNMATCHED and dossier.match_status != ADVANCED_ONLY:
        return
    for position_type, code in FIRST_YEAR_BY_TYPE:
        if position_type in reading.accepted:
            continue
        types = usable_types(dossier.match_status, (*reading.accepted, position_type))
        groups = market.outlook(types, rules).groups
        if groups.get(code) not in WITHIN_REACH:
            continue
        group = groups[dossier.applied] if dossier.applied else None
        levels = (*reading.levels[:ADVICE], advice_level(reading.course.refusals, group, rules))
        if tier_of(True, levels, True, rules) == 1:
            name = market.name(code)
            yield Flip(_FLIPS[f"accept_{code}"].format(name=name), f"accept_{position_type}", 1, code)


def _backup_flip(dossier: Dossier, reading: Reading, rules: Rules, market: Market) -> Iterator[Flip]:
    """A backup within reach. None of these can be a target already, or the student would be placeable."""
    if dossier.match_status == ADVANCED_ONLY or not reading.outlook.within_reach:
        return
    if tier_of(True, reading.levels, True, rules) == 1:
        code = reading.outlook.within_reach[0]
        words = _FLIPS["add_backup"].format(group=reading.outlook.groups[code], name=market.name(code))
        yield Flip(words, "add_backup", 1, code)


def _settling_flips(reading: Reading, rules: Rules) -> Iterator[Flip]:
    """Each open or disputed concern resolved; dismissed only where that leads further."""
    tally = reading.professionalism.tally
    for weight, ref in reading.professionalism.unsettled:
        status, severity, is_integrity = weight
        without = tally.plus(weight, -1)
        resolved = without.plus(("resolved", severity, is_integrity))
        reached = reading.tier
        for code, settled in (("concern_resolved", resolved), ("concern_dismissed", without)):
            tier = _tier_if(reading, rules, PROFESSIONALISM, professionalism_level(settled, rules))
            if tier < reached:
                reached = tier
                yield Flip(_FLIPS[code].format(status=status, severity=severity), code, tier, ref)
