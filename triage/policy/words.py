"""The engine's codes in plain words. No word names another person, and none a count of the restricted list."""

from __future__ import annotations

from typing import NamedTuple

from .assessment import Assessment, Details
from .market import Market
from .reading import RISKS
from .rules import DEFAULT_RULES, LEVELS, Rules
from .standing import SetAside, Standing
from .strands.academic import EXAM_WORDS

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_REASONS = {
    "known_strong": "Known: strong",
    "known_weak": "Known: weak",
    "known_unanswered": "Asked, no answer yet",
    "known_unasked": "Nobody was asked",
    "academic_stumble": "Academic stumble",
    "academic_concern": "Academic concern",
    "academic_pattern": "Academic pattern",
    "professionalism_stumble": "Professionalism stumble",
    "professionalism_concern": "Professionalism concern",
    "professionalism_pattern": "Professionalism pattern",
    "trajectory_stumble": "Trajectory stumble",
    "trajectory_concern": "Trajectory concern",
    "advice_concern": "Advice concern",
    "placeable_unlikely": "Placeable: unlikely",
}
_MISSING = {
    "applied_specialty": "No specialty applied to is on record",
    "vouch_requests": "Nobody was asked for a vouch yet",
    "vouch_answers": "A vouch request waits for its answer",
    "advocate": "Nobody who vouches is willing to advocate yet",
    "exams": "No exam attempt is on record",
    "change_reason": "No reason for the change of specialty is on record",
}
_MISSING_CHIPS = {
    "applied_specialty": "No specialty on record",
    "advocate": "No advocate yet",
    "exams": "No exams on record",
    "change_reason": "No reason stated",
}
_PIECES = {
    "course_repeat": ("course repeat", "course repeats"),
    "remediation": ("remediation", "remediations"),
    "dismissal_hearing": ("dismissal hearing", "dismissal hearings"),
    "failed_clerkship": ("failed clerkship", "failed clerkships"),
}
_KNOWN_QUESTION = {
    "strong": "Known: strong",
    "weak": "Known: weak",
    "unanswered": "Asked, no answer yet",
    "unasked": "Nobody was asked yet",
}
_PLURALS = {"stumble": "stumbles", "concern": "concerns", "pattern": "patterns"}
CHIPS_MOST = 4
_SET_ASIDE = {
    "not_first_hand": "not first-hand",
    "not_documented": "not documented",
    "student_not_told": "student not told",
    "told_too_late": "student told too late",
    "recused_voucher": "by a person recused from the student",
    "too_few_weeks": "too few weeks observed",
    "dismissed": "dismissed",
}
_FIXES = {
    ("concern", "not_first_hand"): "the person who saw it reports it",
    ("concern", "not_documented"): "it is documented, with a record reference",
    ("concern", "student_not_told"): "the student is told at least {days} days before the school report, or responds",
    ("concern", "told_too_late"): "the student responds to it",
    ("concern", "dismissed"): "the dean's office opens it again",
    ("vouch", "not_first_hand"): "its author observes the student for {weeks} weeks or more",
    ("vouch", "too_few_weeks"): "its author observes the student for {weeks} weeks or more",
    ("vouch", "recused_voucher"): "it comes from somebody who is not recused",
}
_STANDINGS = {
    "on_record": "On record, counts 0",
    "passed": "Passed",
    "unanswered": "Unanswered",
    "declined": "Declined",
    "answered": "Answered",
}
_ON_RECORD_WHY = {
    "same_person": "one voice counts once",
    "same_stage": "the other examination of this stage counts",
    "caution": "a caution never counts: document a concern instead",
    "honors_capped": "of all Honors only so many count",
}


def reason_words(code: str) -> str:
    """A reason as a chip says it."""
    return _REASONS[code]


def reason_direction(code: str, *, is_main: bool = False) -> str:
    """Which way a reason weighs: main for the one that decides, else for or against."""
    if is_main:
        return "main"
    return "for" if code == "known_strong" else "against"


def missing_words(code: str) -> str:
    """What is missing, as a sentence without its full stop."""
    return _MISSING[code]


def set_aside_words(why: str) -> str:
    """One ground for setting a piece aside, to follow "Set aside:"."""
    return _SET_ASIDE[why]


def set_aside_fix(kind: str, why: str, rules: Rules = DEFAULT_RULES) -> str:
    """What would make a vouch or concern count in spite of this ground, to follow "It counts if"."""
    return _FIXES[kind, why].format(days=rules.told_days, weeks=rules.vouch_weeks_at)


def set_aside_line(aside: SetAside, rules: Rules = DEFAULT_RULES) -> str:
    """The grounds and the remedy in two sentences, as the evidence card prints them."""
    grounds = ", ".join(set_aside_words(why) for why in aside.why)
    fixes = list(dict.fromkeys(set_aside_fix(aside.kind, why, rules) for why in aside.why))
    return f"{grounds[:1].upper()}{grounds[1:]}. It counts only if {' and '.join(fixes)}."


def standing_words(standing: Standing) -> str:
    """How a piece stands: "Counts 2", "On record, counts 0", "Set aside: not first-hand"."""
    if standing.state == "counts":
        words = "Counts" if standing.counts is None else f"Counts {standing.counts}"
    elif standing.state == "set_aside":
        return f"Set aside: {', '.join(set_aside_words(why) for why in standing.why)}"
    else:
        words = _STANDINGS[standing.state]
    return "; ".join([words, *(_ON_RECORD_WHY[why] for why in standing.why)])


class Question(NamedTuple):
    """One of the three questions, its answer and why, as the head of the dossier shows them."""

    question: str
    answer: str
    why: str


class Chip(NamedTuple):
    """A short word from the policy; kind is main, for, against, missing or aside."""

    text: str
    kind: str


def number_words(count: int) -> str:
    """Small numbers in words."""
    return NUMBER_WORDS[count] if 0 <= count < len(NUMBER_WORDS) else str(count)


def summary(assessment: Assessment, market: Market) -> tuple[Question, Question, Question]:
    """The three questions with their answers."""
    strands = assessment.strands
    return (
        Question("Who can vouch?", _KNOWN_QUESTION[strands["known"]], strand_words(assessment, "known", market)),
        Question("What would we have to explain?", *_explain(assessment)),
        Question(
            "Is there somewhere realistic?",
            f"Placeable: {strands['placeable']}",
            strand_words(assessment, "placeable", market),
        ),
    )


def strand_words(assessment: Assessment, strand: str, market: Market, *, with_aside: bool = True) -> str:
    """Why the strand is what it is, in a few words. Without what is set aside for all but the dean's office."""
    details = assessment.details if with_aside else assessment.details._replace(concerns_set_aside=0)
    if strand == "known" and assessment.strands["known"] == "unasked":
        return "No request on record"
    if strand == "placeable":
        return _placeable_words(details, market)
    return {
        "known": _known_words,
        "academic": _academic_words,
        "professionalism": _professionalism_words,
        "trajectory": _trajectory_words,
        "advice": _advice_words,
    }[strand](details)


def points_words(assessment: Assessment) -> str:
    """The sum as it is read aloud: "3 points: vouches 2, Honors 2, stumble −1"."""
    details = assessment.details
    terms = []
    if details.points_vouches:
        terms.append(f"vouches {details.points_vouches}")
    if details.points_honors:
        terms.append(f"Honors {details.points_honors}")
    terms.extend(f"{level} −{points}" for level, points in details.points_off)
    unit = "point" if abs(assessment.points) == 1 else "points"
    total = f"{assessment.points} {unit}".replace("-", "−")
    return f"{total}: {', '.join(terms)}" if terms else total


def chips(assessment: Assessment, market: Market, *, with_aside: bool = True) -> tuple[Chip, ...]:
    """At most four: the main reason, what weighs against, what speaks for, what is missing, how much is set aside.

    What is set aside is for the dean's office only: leave it out for everybody else.
    """
    main, *others = assessment.reasons
    if assessment.recommended_tier == 2 and main.endswith("_stumble"):
        count = sum(reason.endswith("_stumble") for reason in assessment.reasons)
        first, against = f"{number_words(count).capitalize()} strands stumble", [main, *others]
    else:
        first, against = reason_words(main), others
    weighing = [Chip(reason_words(code), "against") for code in against if reason_direction(code) == "against"]
    absent = _absence_chips(assessment, with_aside)
    rest = [*weighing[:2], *absent, *_speaking_for(assessment, against), *weighing[2:]][: CHIPS_MOST - 1]
    order = ("against", "for", "missing", "aside")
    return (Chip(first, "main"), *sorted(rest, key=lambda chip: order.index(chip.kind)))


def _speaking_for(assessment: Assessment, others: list[str]) -> list[Chip]:
    found = [Chip(reason_words(code), "for") for code in others if reason_direction(code) == "for"]
    if assessment.strands["placeable"] == "realistic":
        score = assessment.details.target_score
        found.append(Chip(f"Narrow, {score}" if score else "Placeable: realistic", "for"))
    return found


def _absence_chips(assessment: Assessment, with_aside: bool) -> list[Chip]:
    found = []
    for code in assessment.missing:
        if code == "vouch_answers":
            found.append(Chip(_count(assessment.details.requests_open, "request open", "requests open"), "missing"))
        elif code in _MISSING_CHIPS:
            found.append(Chip(_MISSING_CHIPS[code], "missing"))
    # Dismissed concerns are settled: nobody at the board has to look at them.
    aside = sum(each.why != ("dismissed",) for each in assessment.set_aside)
    return found[:1] + ([Chip(f"{aside} set aside", "aside")] if aside and with_aside else [])


def _explain(assessment: Assessment) -> tuple[str, str]:
    levels = [assessment.strands[strand] for strand in RISKS]
    worst = max(levels, key=LEVELS.index)
    if worst == "clear":
        return "Nothing", "All strands clear"
    count = levels.count(worst)
    answer = f"One {worst}" if count == 1 else f"{number_words(count).capitalize()} {_PLURALS[worst]}"
    troubled = [strand for strand, level in zip(RISKS, levels, strict=True) if level != "clear"]
    rest = "; the other strands clear" if len(troubled) < len(RISKS) else ""
    return answer, f"{' and '.join(troubled).capitalize()}{rest}"


def _known_words(details: Details) -> str:
    if not details.vouch_points and details.requests_open:
        return _count(details.requests_open, "request open", "requests open")
    if not details.vouch_points:
        return f"None of the {details.vouch_points_needed} points needed"
    if details.vouch_points < details.vouch_points_needed:
        return f"{details.vouch_points} of the {details.vouch_points_needed} points needed"
    people = f"{number_words(details.vouch_people)} {'person' if details.vouch_people == 1 else 'people'}"
    return f"{_count(details.vouch_points, 'point', 'points')}, {people}"


def _academic_words(details: Details) -> str:
    parts = []
    for code, count in details.academic_pieces:
        if code in EXAM_WORDS:
            parts.append(f"{EXAM_WORDS[code]}, {number_words(count)} failed")
        else:
            parts.append(f"{number_words(count)} {_PIECES[code][count != 1]}")
    parts.extend(f"{EXAM_WORDS[exam]} not passed yet" for exam in details.unpassed)
    if parts:
        return "; ".join(parts)
    return "every exam passed at the first attempt" if details.is_first_attempt else "no exam on record"


def _professionalism_words(details: Details) -> str:
    parts = [
        f"{number_words(count)} {status} {severity} {'concern' if count == 1 else 'concerns'}"
        for status, severity, count in details.concerns
    ]
    if details.concerns_set_aside:
        parts.append(f"{details.concerns_set_aside} set aside")
    return "; ".join(parts) or "no concern on record"


def _trajectory_words(details: Details) -> str:
    if not details.changes:
        return "no change"
    changes = f"{number_words(details.changes)} {'change' if details.changes == 1 else 'changes'}"
    return f"{changes}, {'reason stated' if details.has_change_reason else 'no reason stated'}"


def _advice_words(details: Details) -> str:
    if not details.to_broaden:
        return "no advice to broaden on record"
    if not details.refusals:
        return "followed"
    return f"advice to broaden refused {_times(details.refusals)}"


def _placeable_words(details: Details, market: Market) -> str:
    if not details.target:
        return "No specialty on record"
    words = f"{market.name(details.target)} is {details.target_group}"
    return f"{words}, {details.target_score}" if details.target_score else words


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{number_words(count)} times"


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
