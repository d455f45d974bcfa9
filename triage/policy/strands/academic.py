"""Academic: failed attempts by stage, academic events and failed clerkships, in points."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ..evidence import Dossier, ExamAttempt
from ..rules import CLEAR, CONCERN, PATTERN, STUMBLE, Rules
from ..standing import ON_RECORD, PASSED, SAME_STAGE, Standings, counting

# A stage is one hurdle that two families of examinations test: even slots are USMLE, odd ones COMLEX.
EXAM_WORDS = {
    "step_1": "Step 1",
    "comlex_1": "COMLEX Level 1",
    "step_2_ck": "Step 2 CK",
    "comlex_2_ce": "COMLEX Level 2-CE",
    "step_3": "Step 3",
    "comlex_3": "COMLEX Level 3",
}
EXAMS = tuple(EXAM_WORDS)
_SLOT = {exam: slot for slot, exam in enumerate(EXAMS)}
_STEP_2_CK, _COMLEX_2_CE = 2, 3
EVENTS = ("course_repeat", "remediation", "dismissal_hearing")


class Academic(NamedTuple):
    """What exams, events and evaluations come to."""

    level: int
    points: int
    failed: int
    unpassed: tuple[str, ...]
    """Exams of the stages whose latest attempt failed."""
    pieces: tuple[tuple[str, int], ...]
    """How many of what weighs: failed attempts by exam, events by kind, failed clerkships."""
    honors: int
    step_2_ck: int | None
    comlex_2_ce: int | None
    """Best passed scores; never converted into each other."""


class _Attempts(NamedTuple):
    failed: list[int]
    failures: list[tuple[int, str]]
    latest: list[tuple[date, bool, str] | None]
    scores: list[int | None]


def academic_level(points: int, failed: int, is_unpassed: bool, rules: Rules) -> int:
    """The level that so many points and failed attempts make; an unpassed stage sets a floor."""
    if points >= rules.academic_pattern_at or failed >= rules.failed_attempts_pattern_at:
        return PATTERN
    level = CLEAR
    if points >= rules.academic_concern_at:
        level = CONCERN
    elif points >= rules.academic_stumble_at:
        level = STUMBLE
    return max(level, rules.unpassed_level) if is_unpassed else level


def read_academic(dossier: Dossier, rules: Rules, standings: Standings) -> Academic:
    """Add up the points; leave how each piece stands in `standings`."""
    attempts = _read_attempts(dossier.exams, standings)
    failed, pieces = _weigh_failures(attempts, rules, standings)
    unpassed = tuple(held[2] for held in attempts.latest if held is not None and not held[1])
    points = failed * rules.failed_attempt
    if dossier.academics:
        points += _read_events(dossier, rules, standings, pieces)
    honors, failed_clerkships = _read_evaluations(dossier, rules, standings)
    if failed_clerkships:
        points += failed_clerkships * rules.failed_clerkship
        pieces.append(("failed_clerkship", failed_clerkships))
    level = academic_level(points, failed, bool(unpassed), rules)
    scores = attempts.scores
    return Academic(level, points, failed, unpassed, tuple(pieces), honors, scores[_STEP_2_CK], scores[_COMLEX_2_CE])


def _read_attempts(exams: tuple[ExamAttempt, ...], standings: Standings) -> _Attempts:
    attempts = _Attempts([0] * 6, [], [None] * 3, [None] * 6)
    latest, scores = attempts.latest, attempts.scores
    for attempt in exams:
        slot = _SLOT[attempt.exam]
        # On one day a pass is the later; the exam's code only makes the order complete.
        sitting = (attempt.taken_on, attempt.passed, attempt.exam)
        held = latest[slot // 2]
        if held is None or sitting > held:
            latest[slot // 2] = sitting
        if not attempt.passed:
            attempts.failed[slot] += 1
            attempts.failures.append((slot, attempt.ref))
            continue
        standings[attempt.ref] = PASSED
        if attempt.score is not None:
            best = scores[slot]
            scores[slot] = attempt.score if best is None else max(best, attempt.score)
    return attempts


def _weigh_failures(attempts: _Attempts, rules: Rules, standings: Standings) -> tuple[int, list[tuple[str, int]]]:
    """Failed attempts, per stage the larger of the two families' counts, and the pieces that make them."""
    pieces: list[tuple[str, int]] = []
    if not attempts.failures:
        return 0, pieces
    weighs = [False] * 6
    failed = attempts.failed
    for usmle in (0, 2, 4):
        slot = usmle if failed[usmle] >= failed[usmle + 1] else usmle + 1
        if failed[slot]:
            weighs[slot] = True
            pieces.append((EXAMS[slot], failed[slot]))
    for slot, ref in attempts.failures:
        standings[ref] = counting(rules.failed_attempt) if weighs[slot] else SAME_STAGE
    return sum(count for _, count in pieces), pieces


def _read_events(dossier: Dossier, rules: Rules, standings: Standings, pieces: list[tuple[str, int]]) -> int:
    weigh = rules.academic_points
    points = 0
    kinds = []
    for event in dossier.academics:
        weight = weigh[event.kind]
        points += weight
        kinds.append(event.kind)
        standings[event.ref] = counting(weight)
    pieces.extend((kind, kinds.count(kind)) for kind in EVENTS if kind in kinds)
    return points


def _read_evaluations(dossier: Dossier, rules: Rules, standings: Standings) -> tuple[int, int]:
    grades = [evaluation.grade for evaluation in dossier.evaluations]
    honors, failed = grades.count("honors"), grades.count("fail")
    is_capped = honors * rules.points_honors > rules.points_honors_most
    by_grade = {
        "honors": counting(rules.points_honors, "honors_capped") if is_capped else counting(rules.points_honors),
        "fail": counting(rules.failed_clerkship),
    }
    for evaluation in dossier.evaluations:
        standings[evaluation.ref] = by_grade.get(evaluation.grade, ON_RECORD)
    return honors, failed
