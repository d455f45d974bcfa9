"""The engine's one question: what does this policy say of this dossier, and why?"""

from __future__ import annotations

from .assessment import Assessment, Details
from .digest import evidence_digest
from .evidence import Dossier, is_assessed
from .flips import find_flips
from .market import Market
from .reading import RISKS, Reading, honors_points, points_of, read, vouch_points
from .rules import CLEAR, LEVELS, Rules
from .standing import SetAside, Standings
from .strands.placeable import ADVANCED_ONLY

_REASONS = {strand: tuple(f"{strand}_{level}" for level in LEVELS) for strand in RISKS}


class NotAssessed(ValueError):
    """This match status is not assessed; ask `is_assessed` first."""


def assess(dossier: Dossier, rules: Rules, market: Market) -> Assessment:
    """Judge one dossier. Raises NotAssessed for matched, withdrawn and unknown, KeyError for a specialty without group.

    The same evidence, policy and market always give the same answer, whatever the order of the rows.
    """
    if not is_assessed(dossier.match_status):
        raise NotAssessed(f"A student who is {dossier.match_status} is not assessed.")
    standings: Standings = {}
    set_aside: list[SetAside] = []
    reading = read(dossier, rules, market, standings, set_aside)
    standings.pop("", None)
    return Assessment(
        reading.tier,
        _reasons(reading, rules),
        points_of(reading, rules),
        reading.strands(),
        tuple(sorted(set_aside)),
        _missing(dossier, reading),
        find_flips(dossier, reading, rules, market),
        standings,
        evidence_digest(dossier, market),
        _details(dossier, reading, rules),
    )


def recommended_tier(dossier: Dossier, rules: Rules, market: Market) -> int:
    """Only the tier that `assess` would recommend, for a fraction of the work. Raises as `assess` does."""
    if not is_assessed(dossier.match_status):
        raise NotAssessed(f"A student who is {dossier.match_status} is not assessed.")
    return read(dossier, rules, market, {}, []).tier


def _reasons(reading: Reading, rules: Rules) -> tuple[str, ...]:
    """All that hold. In Tier 3 the patterns decide, in Tier 1 being known, in Tier 2 whatever keeps it from Tier 1."""
    known = f"known_{reading.known.state}"
    by_level: tuple[list[str], ...] = ([], [], [], [])
    for strand, level in zip(RISKS, reading.levels, strict=True):
        by_level[level].append(_REASONS[strand][level])
    _, stumbles, concerns, patterns = by_level
    unlikely = [] if reading.placeable.is_realistic else ["placeable_unlikely"]
    if reading.known.state != "strong":
        return (*patterns, *concerns, known, *unlikely, *stumbles)
    if reading.tier == 1:
        return (known, *stumbles)
    if len(stumbles) > rules.tier_1_stumbles_most:
        return (*patterns, *concerns, *unlikely, *stumbles, known)
    return (*patterns, *concerns, *unlikely, known, *stumbles)


def _missing(dossier: Dossier, reading: Reading) -> tuple[str, ...]:
    """What is not on record and should be, the most pressing first."""
    known = reading.known
    lacks = (
        ("applied_specialty", not dossier.applied and dossier.match_status != ADVANCED_ONLY),
        ("vouch_requests", known.state == "unasked"),
        ("vouch_answers", known.requests_open > 0),
        ("advocate", known.state == "strong" and not known.is_willing),
        ("exams", not dossier.exams),
        ("change_reason", reading.course.trajectory != CLEAR),
    )
    return tuple([code for code, is_lacking in lacks if is_lacking])


def _details(dossier: Dossier, reading: Reading, rules: Rules) -> Details:
    known, academic, professionalism, course = reading[:4]
    placeable = reading.placeable
    return Details(
        vouch_points=known.points,
        vouch_people=known.people,
        vouch_points_needed=rules.known_strong_at,
        requests_open=known.requests_open,
        academic_points=academic.points,
        academic_pieces=academic.pieces,
        unpassed=academic.unpassed,
        is_first_attempt=bool(dossier.exams) and not academic.failed,
        concerns=professionalism.weighing,
        concerns_set_aside=len(professionalism.aside),
        changes=course.changes,
        has_change_reason=dossier.has_change_reason,
        to_broaden=course.to_broaden,
        refusals=course.refusals,
        target=placeable.specialty,
        target_group=reading.outlook.groups[placeable.specialty] if placeable.specialty else "",
        target_by=placeable.by,
        target_score=_score_words(reading, rules) if placeable.by == "score" else "",
        points_vouches=vouch_points(reading, rules),
        points_honors=honors_points(reading, rules),
        points_off=tuple([(LEVELS[level], rules.level_points[level]) for level in reading.levels if level]),
    )


def _score_words(reading: Reading, rules: Rules) -> str:
    step_2_ck, comlex_2_ce = reading.scores
    if step_2_ck is not None and step_2_ck >= rules.narrow_step_2_ck_at:
        return f"Step 2 CK {step_2_ck}"
    return f"COMLEX Level 2-CE {comlex_2_ce}"
