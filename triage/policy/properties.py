"""What must hold for every version of the policy, found out by trying: each violation brings the pair that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from .evidence import AcademicEvent, Advice, Concern, Dossier, Evaluation, ExamAttempt, Vouch, VouchRequest
from .market import CLOSED, Market, group_of
from .reading import Reading, points_of, read
from .rules import Rules

MOST = 8
"""How many pieces of one kind are tried; no threshold worth having lies beyond."""
_REPORT = date(2027, 3, 15)
_LONG_AGO = date(2026, 1, 5)
_GROUPS = {"120": "open", "110": "narrow", "260": "closed", "140P": "moderate", "440P": "moderate", "999": "moderate"}
_MARKET = Market(_GROUPS, {}, _REPORT)
_SEVERITIES = ("minor", "moderate", "major")
_SETTLING = ("open", "disputed", "resolved", "dismissed")
_STRENGTHS = ("unable", "supportive", "strong", "would_take")
_EMPTY = Dossier("unmatched", "120")
_CLOSED = replace(_EMPTY, applied="260")


class Violation(NamedTuple):
    """A property that this policy breaks, with two dossiers, before and after the change that shows it."""

    property: str
    words: str
    counterexample: tuple[Dossier, Dossier]


class _Trial(NamedTuple):
    property: str
    words: str
    before: Dossier
    after: Dossier
    holds: Callable[[Reading, Reading, Rules], bool]


def violations(rules: Rules) -> list[Violation]:
    """The properties that this policy breaks, one counter-example each; an empty list means that it may be saved."""
    found: dict[str, Violation] = {}
    for trial in _trials(rules):
        if trial.property in found:
            continue
        if not trial.holds(_read(trial.before, rules), _read(trial.after, rules), rules):
            found[trial.property] = Violation(trial.property, trial.words, (trial.before, trial.after))
    return list(found.values())


def judged(dossier: Dossier, rules: Rules) -> tuple[Reading, int]:
    """What the rules make of a counter-example: its reading and its points."""
    reading = _read(dossier, rules)
    return reading, points_of(reading, rules)


def _read(dossier: Dossier, rules: Rules) -> Reading:
    return read(dossier, rules, _MARKET, {}, [])


def _trials(rules: Rules) -> Iterator[_Trial]:
    yield from _silence()
    yield from _reach()
    yield from _vouches(rules)
    yield from _hearsay(rules)
    yield from _trouble(rules)
    yield from _concerns()
    yield from _orders(rules)
    yield from _no_places(rules)


# What must hold between before and after.


def _is_not_lower(before: Reading, after: Reading, rules: Rules) -> bool:
    return after.tier <= before.tier and points_of(after, rules) >= points_of(before, rules)


def _is_not_higher(before: Reading, after: Reading, rules: Rules) -> bool:
    return _is_not_lower(after, before, rules) and all(
        new >= old for old, new in zip(before.levels, after.levels, strict=True)
    )


def _is_not_harder(before: Reading, after: Reading, rules: Rules) -> bool:
    return _is_not_higher(after, before, rules)


def _is_same(before: Reading, after: Reading, rules: Rules) -> bool:
    return (before.levels, before.tier, points_of(before, rules)) == (after.levels, after.tier, points_of(after, rules))


def _are_apart(before: Reading, after: Reading, rules: Rules) -> bool:
    return before.known.state != after.known.state


def _is_clear(before: Reading, after: Reading, rules: Rules) -> bool:
    return max(after.levels) == 0 and points_of(after, rules) == 0


def _best_and_worst(before: Reading, after: Reading, rules: Rules) -> bool:
    return before.tier == 1 and after.tier == 3


def _never(before: Reading, after: Reading, rules: Rules) -> bool:
    return False


# What is tried.


def _silence() -> Iterator[_Trial]:
    for dossier in (_EMPTY, _CLOSED):
        yield _Trial(
            "silence_is_clear", "A dossier with nothing on record has a strand that is not clear, or points.",
            dossier, dossier, _is_clear,
        )  # fmt: skip
    asked = replace(_EMPTY, requests=(VouchRequest("a", "asked"),))
    declined = replace(_EMPTY, requests=(VouchRequest("a", "declined"),))
    for before, after in ((_EMPTY, asked), (asked, declined), (_EMPTY, declined)):
        yield _Trial(
            "unasked_is_not_unwilling", "Nobody was asked and nobody would vouch come to the same.",
            before, after, _are_apart,
        )  # fmt: skip


def _reach() -> Iterator[_Trial]:
    best = replace(_EMPTY, vouches=_voices("would_take", MOST, 52))
    worst = replace(best, concerns=(_concern("open", "major"),) * MOST)
    yield _Trial("every_tier_in_reach", "No dossier comes to Tier 1, or none to Tier 3.", best, worst, _best_and_worst)


def _vouches(rules: Rules) -> Iterator[_Trial]:
    weeks = max(rules.vouch_weeks_at, 1)
    for base in _bases():
        for strength in _STRENGTHS:
            yield from _growing(
                "counting_vouch_never_lowers", f"One more vouch that says {strength} lowers the student.",
                base, "vouches", partial(_voices, strength, weeks=weeks), _is_not_lower,
            )  # fmt: skip
        for weaker, stronger in pairwise(_STRENGTHS):
            for count in (1, 2, 3):
                yield _Trial(
                    "stronger_word_never_lowers", f"Saying {stronger} instead of {weaker} lowers the student.",
                    replace(base, vouches=_voices(weaker, count, weeks)),
                    replace(base, vouches=_voices(stronger, count, weeks)), _is_not_lower,
                )  # fmt: skip
        yield from _growing(
            "honors_never_lower", "One more Honors lowers the student.",
            base, "evaluations", partial(_alike, Evaluation("", "honors")), _is_not_lower,
        )  # fmt: skip


def _hearsay(rules: Rules) -> Iterator[_Trial]:
    name, words = "hearsay_never_moves", "What is hearsay, undocumented or undisclosed moves the student."
    yield _Trial(name, words, _EMPTY, replace(_EMPTY, vouches=_voices("would_take", MOST, 0)), _is_same)
    sound = _concern("open", "major")
    known = replace(_EMPTY, vouches=_voices("would_take", MOST, 52))
    lacks: tuple[dict[str, Any], ...] = (
        {"first_hand": False},
        {"record_reference": ""},
        {"student_told_on": None},
        {"student_told_on": _REPORT + timedelta(days=1)},
    )
    for lack in lacks:
        for count in (1, MOST):
            concerns = (replace(sound, **lack),) * count
            yield _Trial(name, words, known, replace(known, concerns=concerns), _is_same)


def _trouble(rules: Rules) -> Iterator[_Trial]:
    kinds: tuple[tuple[str, str, Callable[[int], tuple[Any, ...]]], ...] = (
        ("failed attempt", "exams", _failures),
        ("course repeat", "academics", partial(_alike, AcademicEvent("course_repeat", _LONG_AGO))),
        ("remediation", "academics", partial(_alike, AcademicEvent("remediation", _LONG_AGO))),
        ("dismissal hearing", "academics", partial(_alike, AcademicEvent("dismissal_hearing", _LONG_AGO))),
        ("leave", "academics", partial(_alike, AcademicEvent("leave", _LONG_AGO))),
        ("failed clerkship", "evaluations", partial(_alike, Evaluation("", "fail"))),
        ("change of specialty", "prior_specialties", partial(_alike, "110")),
        ("refusal to broaden", "advice", partial(_alike, Advice("broaden", "no", _LONG_AGO))),
    )
    for base in (*_bases(), replace(_CLOSED, position_types=("preliminary",), vouches=_voices("would_take", MOST, 52))):
        for what, field, pieces in kinds:
            words = f"One more {what} raises the student."
            yield from _growing("trouble_never_raises", words, base, field, pieces, _is_not_higher)


def _concerns() -> Iterator[_Trial]:
    for base in _bases():
        for status in _SETTLING[:3]:
            for severity in _SEVERITIES:
                yield from _growing(
                    "counting_concern_never_raises", f"One more {status} {severity} concern raises the student.",
                    base, "concerns", partial(_alike, _concern(status, severity)), _is_not_higher,
                )  # fmt: skip
    for count in (1, 2, 3, 4):
        yield from _settling(count)
        yield from _worsening(count)


def _settling(count: int) -> Iterator[_Trial]:
    for severity in _SEVERITIES:
        for earlier, later in pairwise(_SETTLING):
            rest = (_concern(earlier, severity),) * (count - 1)
            yield _Trial(
                "settling_never_lowers", f"A {severity} concern that becomes {later} lowers the student.",
                replace(_EMPTY, concerns=(*rest, _concern(earlier, severity))),
                replace(_EMPTY, concerns=(*rest, _concern(later, severity))), _is_not_harder,
            )  # fmt: skip


def _worsening(count: int) -> Iterator[_Trial]:
    for status in _SETTLING[:3]:
        for milder, graver in pairwise(_SEVERITIES):
            yield _Trial(
                "graver_never_raises", f"One {status} concern that is {graver} weighs less than one that is {milder}.",
                replace(_EMPTY, concerns=(_concern(status, milder),) * count),
                replace(_EMPTY, concerns=(_concern(status, graver),) * count), _is_not_higher,
            )  # fmt: skip


def _orders(rules: Rules) -> Iterator[_Trial]:
    """Thresholds of one strand in their order: the graver level is never reached before the milder."""
    ladders: tuple[tuple[tuple[str, ...], str, Callable[[int], tuple[Any, ...]]], ...] = (
        (("academic_stumble_at", "academic_concern_at", "academic_pattern_at"), "evaluations",
         partial(_alike, Evaluation("", "fail"))),
        (("stumble_open_at", "concern_open_at", "pattern_open_at"), "concerns",
         partial(_alike, _concern("open", "minor"))),
        (("concern_open_serious_at", "pattern_open_serious_at"), "concerns",
         partial(_alike, _concern("open", "moderate"))),
        (("stumble_resolved_serious_at", "concern_resolved_serious_at"), "concerns",
         partial(_alike, _concern("resolved", "moderate"))),
        (("trajectory_stumble_at", "trajectory_concern_at"), "prior_specialties", partial(_alike, "110")),
    )  # fmt: skip
    for keys, field, pieces in ladders:
        for milder, graver in pairwise(keys):
            at, before = getattr(rules, milder), getattr(rules, graver)
            if before < at:
                yield _Trial(
                    "levels_in_order", f"{graver} ({before}) is reached before {milder} ({at}).",
                    _with(_EMPTY, field, pieces(max(before, 0))), _with(_EMPTY, field, pieces(at)), _never,
                )  # fmt: skip


def _no_places(rules: Rules) -> Iterator[_Trial]:
    if group_of(0, rules) != CLOSED:
        yield _Trial(
            "no_place_is_closed", "A specialty without a single unfilled place is not closed.", _EMPTY, _EMPTY, _never
        )
    ladder = (rules.narrow_at, rules.moderate_at, rules.open_at)
    if list(ladder) != sorted(ladder):
        yield _Trial(
            "levels_in_order", f"narrow_at, moderate_at, open_at do not rise: {ladder}.", _EMPTY, _EMPTY, _never
        )


# What it is tried on.


def _bases() -> tuple[Dossier, ...]:
    return (
        _EMPTY,
        replace(_EMPTY, evaluations=(Evaluation("", "fail"),) * 2),
        replace(_CLOSED, prior_specialties=("110",), advice=(Advice("broaden", "no", _LONG_AGO),)),
    )


def _growing(
    name: str,
    words: str,
    base: Dossier,
    field: str,
    pieces: Callable[[int], tuple[Any, ...]],
    holds: Callable[[Reading, Reading, Rules], bool],
) -> Iterator[_Trial]:
    """The same dossier with none, one, two and more pieces of one kind, each against the one before."""
    had = getattr(base, field)
    before = base
    for count in range(1, MOST + 1):
        after = _with(base, field, (*had, *pieces(count)))
        yield _Trial(name, words, before, after, holds)
        before = after


def _with(dossier: Dossier, field: str, pieces: tuple[Any, ...]) -> Dossier:
    changes: dict[str, Any] = {field: pieces}
    return replace(dossier, **changes)


def _alike(piece: object, count: int) -> tuple[Any, ...]:
    return (piece,) * count


def _voices(strength: str, count: int, weeks: int) -> tuple[Vouch, ...]:
    return tuple(Vouch(f"person {number}", strength, weeks, True) for number in range(count))


def _failures(count: int) -> tuple[ExamAttempt, ...]:
    """Failed attempts at one stage, passed at last."""
    failed = tuple(ExamAttempt("step_1", _LONG_AGO + timedelta(days=day), False) for day in range(count))
    return (*failed, ExamAttempt("step_1", _REPORT, True))


def _concern(status: str, severity: str) -> Concern:
    return Concern("integrity", severity, status, _LONG_AGO, True, "R-1", _LONG_AGO, None)
