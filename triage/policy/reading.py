"""The whole dossier read once, strand by strand, and the tier that follows. Flips ask again with one strand changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .evidence import Dossier
from .market import Market, Outlook
from .rules import CONCERN, LEVELS, PATTERN, STUMBLE, Rules
from .standing import SetAside, Standings
from .strands.academic import Academic, read_academic
from .strands.course import Course, read_course
from .strands.known import Known, read_known
from .strands.placeable import Placeable, Scores, accepted_types, read_placeable, usable_types
from .strands.professionalism import Professionalism, read_professionalism

RISKS = ("academic", "professionalism", "trajectory", "advice")
Levels = tuple[int, int, int, int]


class Reading(NamedTuple):
    """Every strand of one dossier. `levels` are those of RISKS, in that order."""

    known: Known
    academic: Academic
    professionalism: Professionalism
    course: Course
    placeable: Placeable
    levels: Levels
    tier: int
    accepted: tuple[str, ...]
    outlook: Outlook
    scores: Scores

    def strands(self) -> dict[str, str]:
        """The strands in words of the glossary."""
        academic, professionalism, trajectory, advice = self.levels
        return {
            "known": self.known.state,
            "academic": LEVELS[academic],
            "professionalism": LEVELS[professionalism],
            "trajectory": LEVELS[trajectory],
            "advice": LEVELS[advice],
            "placeable": "realistic" if self.placeable.is_realistic else "unlikely",
        }


def read(dossier: Dossier, rules: Rules, market: Market, standings: Standings, set_aside: list[SetAside]) -> Reading:
    """Read every piece once; leave how each stands in `standings` and `set_aside`."""
    accepted = accepted_types(dossier)
    outlook = market.outlook(usable_types(dossier.match_status, accepted), rules)
    groups = outlook.groups
    known = read_known(dossier, rules, standings, set_aside)
    academic = read_academic(dossier, rules, standings)
    professionalism = read_professionalism(dossier, rules, market.school_report, standings, set_aside)
    course = read_course(dossier, rules, groups[dossier.applied] if dossier.applied else None, standings)
    scores = Scores(academic.step_2_ck, academic.comlex_2_ce)
    placeable = read_placeable(dossier, accepted, groups, scores, rules)
    levels = (academic.level, professionalism.level, course.trajectory, course.advice)
    tier = tier_of(known.state == "strong", levels, placeable.is_realistic, rules)
    return Reading(known, academic, professionalism, course, placeable, levels, tier, accepted, outlook, scores)


def tier_of(is_known: bool, levels: Sequence[int], is_realistic: bool, rules: Rules) -> int:
    """Tier 3 for any pattern; Tier 1 for known, without a concern, with few stumbles and a realistic place; else 2."""
    worst = max(levels)
    if worst == PATTERN:
        return 3
    if is_known and is_realistic and worst < CONCERN and levels.count(STUMBLE) <= rules.tier_1_stumbles_most:
        return 1
    return 2


def points_of(reading: Reading, rules: Rules) -> int:
    """Points order students within a tier; they never make one."""
    taken_off = rules.level_points
    return (
        vouch_points(reading, rules) + honors_points(reading, rules) - sum(taken_off[level] for level in reading.levels)
    )


def vouch_points(reading: Reading, rules: Rules) -> int:
    """Points of the counted vouches, capped."""
    return min(reading.known.points, rules.points_vouches_most)


def honors_points(reading: Reading, rules: Rules) -> int:
    """Points of the Honors, capped."""
    return min(reading.academic.honors * rules.points_honors, rules.points_honors_most)
