"""A violation in words a dean reads: the property, the two dossiers that show it, and what this policy says of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from .evidence import Concern, Dossier, Vouch
from .properties import Violation, judged
from .rules import LEVELS, Rules
from .statements import LABELS
from .strands.academic import EXAM_WORDS
from .words import number_words

PROPERTIES = {
    "silence_is_clear": "A dossier with nothing on record is clear in every strand and has no points.",
    "unasked_is_not_unwilling": "Nobody was asked is never the same as nobody would vouch.",
    "every_tier_in_reach": "Some dossier comes to Tier 1, and some to Tier 3.",
    "counting_vouch_never_lowers": "Adding a counting vouch never lowers a student.",
    "stronger_word_never_lowers": "A stronger word of the same person never lowers a student.",
    "honors_never_lower": "One more clerkship Honors never lowers a student.",
    "hearsay_never_moves": "What is hearsay, undocumented or undisclosed never moves a student.",
    "trouble_never_raises": "A further failure, event, change or refusal never raises a student.",
    "counting_concern_never_raises": "Adding a counting concern never raises a student.",
    "settling_never_lowers": "A concern that is disputed, resolved or dismissed never lowers a student.",
    "graver_never_raises": "A graver concern never weighs less than a milder one.",
    "no_place_is_closed": "A specialty without a single unfilled place is closed.",
    "levels_in_order": "The graver level is never reached before the milder one.",
}
_SPECIALTIES = {"120": "an open specialty", "110": "a narrow specialty", "260": "a closed specialty"}
_SAID = {
    "would_take": "would take as own resident",
    "strong": "strong",
    "supportive": "supportive",
    "unable": "cannot vouch",
    "caution": "caution",
}
_EVENTS = {
    "course_repeat": ("repeated course", "repeated courses"),
    "remediation": ("remediation", "remediations"),
    "dismissal_hearing": ("dismissal hearing", "dismissal hearings"),
    "leave": ("leave", "leaves"),
}
_GRADES = {"honors": "Honors", "fail": "Fail"}


class Explained(NamedTuple):
    """One violation as a page shows it."""

    property: str
    what: str
    before: str
    says_before: str
    after: str
    says_after: str


def explain(violation: Violation, rules: Rules) -> Explained:
    """Put a violation into words, with what these rules say of either dossier."""
    before, after = violation.counterexample
    return Explained(
        PROPERTIES[violation.property],
        _labelled(violation.words),
        dossier_words(before),
        _said_of(before, rules),
        dossier_words(after),
        _said_of(after, rules),
    )


def dossier_words(dossier: Dossier) -> str:
    """What is on record, in one sentence: "Applied to an open specialty; three strong vouches"."""
    return "; ".join([f"Applied to {_SPECIALTIES[dossier.applied]}", *(_pieces(dossier) or ["nothing on record"])])


def _said_of(dossier: Dossier, rules: Rules) -> str:
    reading, points = judged(dossier, rules)
    strands = zip(("academic", "professionalism", "trajectory", "advice"), reading.levels, strict=True)
    troubled = [f"{strand} {LEVELS[level]}" for strand, level in strands if level]
    unit = "point" if abs(points) == 1 else "points"
    risk = ", ".join(troubled) or "every strand clear"
    return f"Tier {reading.tier}, {points} {unit}, known {reading.known.state}, {risk}".replace("-", "−")


def _labelled(words: str) -> str:
    """Say the names of numbers as the form does."""
    spoken = words.replace("would_take", "“would take”")
    return re.sub(
        r"\b[a-z0-9_]+_at\b", lambda found: f"“{LABELS[found[0]]}”" if found[0] in LABELS else found[0], spoken
    )


def _pieces(dossier: Dossier) -> list[str]:
    found = [*_vouches(dossier.vouches), *_concerns(dossier.concerns)]
    grades = Counter(each.grade for each in dossier.evaluations)
    found += [f"{_many(count, 'clerkship')} graded {_GRADES[grade]}" for grade, count in grades.items()]
    events = Counter(each.kind for each in dossier.academics)
    found += [f"{number_words(count)} {_EVENTS[kind][count != 1]}" for kind, count in events.items()]
    failed = Counter(each.exam for each in dossier.exams if not each.passed)
    found += [f"{EXAM_WORDS[exam]} failed {_times(count)}, then passed" for exam, count in failed.items()]
    if dossier.prior_specialties:
        count = len(dossier.prior_specialties)
        found.append(f"{number_words(count)} unexplained {'change' if count == 1 else 'changes'} of specialty")
    refusals = sum(each.followed == "no" for each in dossier.advice)
    if refusals:
        found.append(f"advice to broaden refused {_times(refusals)}")
    return found + [f"one vouch request {each.answer}" for each in dossier.requests]


def _vouches(vouches: tuple[Vouch, ...]) -> Iterator[str]:
    for (strength, weeks), count in Counter((each.strength, each.weeks_observed) for each in vouches).items():
        people = "one person says" if count == 1 else f"{number_words(count)} people say"
        yield f"{people} “{_SAID[strength]}” after {weeks} {'week' if weeks == 1 else 'weeks'}"


def _concerns(concerns: tuple[Concern, ...]) -> Iterator[str]:
    for (status, severity, lack), count in Counter(map(_concern, concerns)).items():
        yield _many(count, f"{status} {severity} concern") + (f", {lack}" if lack else "")


def _concern(concern: Concern) -> tuple[str, str, str]:
    lack = ""
    if not concern.first_hand:
        lack = "not first-hand"
    elif not concern.record_reference:
        lack = "not documented"
    elif concern.student_told_on is None:
        lack = "the student not told"
    return concern.status, concern.severity, lack


def _many(count: int, one: str) -> str:
    return f"{number_words(count)} {one}{'' if count == 1 else 's'}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{number_words(count)} times"
