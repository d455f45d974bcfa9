"""The policy in plain words, made from its numbers: words and data cannot drift apart.

In a statement `{name}` stands for a number of the rules, and `{name:week}` for the number with its noun.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import NamedTuple

from .rules import Rules


class Part(NamedTuple):
    """Statements under one heading."""

    title: str
    statements: tuple[str, ...]


class Chapter(NamedTuple):
    """One question of the policy."""

    code: str
    title: str
    intro: str
    parts: tuple[Part, ...]


class Piece(NamedTuple):
    """A stretch of a statement: words, or one number of the rules with its name."""

    words: str
    name: str = ""


CHAPTERS = (
    Chapter(
        "known",
        "Known: who can vouch?",
        "A vouch is a named faculty member's statement about a student they observed.",
        (
            Part(
                "What a vouch counts",
                (
                    "“I would take this person as my resident” counts {vouch_would_take}.",
                    "A strong vouch, specific and detailed, counts {vouch_strong}.",
                    "A supportive vouch, generic praise, counts {vouch_supportive}.",
                    "“I cannot vouch” counts {vouch_unable}.",
                    "A caution never counts: it asks its author to document a concern.",
                ),
            ),
            Part(
                "What makes it count",
                (
                    "It is first-hand: its author observed the student for {vouch_weeks_at:week} or more.",
                    "Each person counts once, by the strongest of their statements.",
                    "Those recused as family, for having treated the student or for a financial interest do not count.",
                ),
            ),
            Part(
                "What it comes to",
                (
                    "Known is strong from {known_strong_at} counted in all.",
                    "Otherwise it is weak when any vouch or a declined request is on record, else unanswered when "
                    "somebody was asked, else unasked: nobody was asked is never the same as nobody would vouch.",
                ),
            ),
        ),
    ),
    Chapter(
        "risk",
        "Risk: would we have to explain or apologise?",
        "Four strands, each clear, a stumble, a concern or a pattern.",
        (
            Part(
                "Academic",
                (
                    "A failed exam attempt: {failed_attempt:academic point}. Step 1 and COMLEX Level 1 are one stage, "
                    "Step 2 CK and Level 2-CE another, Step 3 and Level 3 a third; per stage the larger of the two "
                    "counts.",
                    "A clerkship graded Fail: {failed_clerkship:academic point}.",
                    "A repeated course: {course_repeat:academic point}. A remediation: {remediation:academic point}.",
                    "A dismissal hearing: {dismissal_hearing:academic point}. A leave: {leave:academic point}.",
                    "A stumble from {academic_stumble_at:academic point}, a concern from {academic_concern_at}, a "
                    "pattern from {academic_pattern_at}.",
                    "Failed attempts are a pattern by themselves from {failed_attempts_pattern_at}.",
                    "While the latest attempt of a stage is not passed, the strand is no milder than "
                    "{unpassed_stage_level}.",
                ),
            ),
            Part(
                "Professionalism: what counts",
                (
                    "A concern counts only if it is documented, with a record reference, and first-hand.",
                    "It counts only if the student was told at least {told_days:day} before the school report, or has "
                    "responded to it.",
                    "What lacks one of these is set aside, and shown to the dean's office with what would make it "
                    "count. A dismissed concern never counts.",
                ),
            ),
            Part(
                "Professionalism: what it comes to",
                (
                    "A pattern from {pattern_open_at:open concern} of any size, or {pattern_open_serious_at} open "
                    "moderate or major, or {pattern_open_major_at} open major.",
                    "A concern from {concern_open_at:open concern} of any size, or {concern_open_serious_at} open "
                    "moderate or major, or {concern_disputed_serious_at} disputed moderate or major.",
                    "Also a concern: {concern_resolved_serious_at} or more resolved moderate or major, or "
                    "{concern_resolved_integrity_at} or more resolved major of the kind integrity.",
                    "A stumble from {stumble_open_at:open concern} of any size, or {stumble_resolved_serious_at} "
                    "resolved moderate or major.",
                    "Anything else is clear. Only the dean's office resolves or dismisses.",
                ),
            ),
            Part(
                "Trajectory",
                (
                    "Without a stated reason, changes of specialty before applying are a stumble from "
                    "{trajectory_stumble_at}, a concern from {trajectory_concern_at}.",
                    "A stated reason clears the strand. Backups and pivots during SOAP are not changes.",
                ),
            ),
            Part(
                "Advice",
                (
                    "Refusals of the advice to broaden are a concern from {advice_refusals_at}, while the specialty "
                    "applied to is closed. Following it partly is no refusal.",
                ),
            ),
        ),
    ),
    Chapter(
        "placeable",
        "Placeable: is there somewhere realistic?",
        "Each specialty is open, moderate, narrow or closed.",
        (
            Part(
                "How a specialty stands",
                (
                    "Once the cycle's unfilled list is loaded it decides, over positions of a type the student can "
                    "use: open from {open_at:unfilled position}, moderate from {moderate_at}, narrow from "
                    "{narrow_at}, else closed. Until then the usual group of the specialty does.",
                ),
            ),
            Part(
                "What is realistic",
                (
                    "The specialty applied to, or a backup, is open or moderate. For a student who matched to an "
                    "advanced position only, a first year is looked for instead.",
                    "Or the student is fully unmatched, accepts preliminary or transitional positions, and those are "
                    "open or moderate.",
                    "Or the specialty applied to is narrow and the best passed Step 2 CK is "
                    "{narrow_step_2_ck_at} or more, or COMLEX Level 2-CE {narrow_comlex_2_ce_at} or more. The two "
                    "are never converted into each other.",
                    "Otherwise it is unlikely.",
                ),
            ),
        ),
    ),
    Chapter(
        "tier",
        "Tier and points",
        "The three answers make the tier. Points only order students within one.",
        (
            Part(
                "The tier",
                (
                    "Tier 3 if any strand is a pattern.",
                    "Tier 1 if known is strong, no strand is a concern, there is a stumble in at most "
                    "{tier_1_stumbles_most:strand}, and placeable is realistic.",
                    "Tier 2 otherwise.",
                ),
            ),
            Part(
                "The points",
                (
                    "What the counted vouches count, at most {points_vouches_most}.",
                    "{points_honors:point} for each clerkship Honors, at most {points_honors_most} in all.",
                    "Off for each strand: a stumble {points_stumble}, a concern {points_concern}, a pattern "
                    "{points_pattern}.",
                ),
            ),
        ),
    ),
)

FOR_STUDENTS = (
    Part(
        "Who speaks for you",
        (
            "Faculty who worked with you for {vouch_weeks_at:week} or more can say what they saw. Detail and their "
            "own readiness to work with you again weigh most; general praise counts {vouch_supportive}.",
            "Each person is heard once, however often they wrote.",
            "When nobody was asked yet, that is our omission. It is never read as if nobody would speak for you.",
        ),
    ),
    Part(
        "What may be held against you, and what may not",
        (
            "A professionalism concern is read only if it is documented, comes from the person who saw it, and you "
            "were told of it at least {told_days:day} before the school's report, or have responded.",
            "Hearsay is not read. What a concern says you may answer, and your answer stands beside it.",
            "Failed exams, repeated courses, remediations, failed clerkships and hearings are read; a leave counts "
            "{leave}.",
            "Changes of specialty are read only where no reason is stated: tell us yours.",
            "Advice to apply more broadly is read where it was refused and the specialty has no places to speak of.",
        ),
    ),
    Part(
        "Where there are places",
        (
            "We look at the specialty you applied to, your backups and the types of position you accept. Keep them "
            "up to date on your page.",
        ),
    ),
    Part(
        "What is never read",
        (
            "Gender, race, age, citizenship, visa, geography, family and any other protected or private circumstance.",
            "There is no quota. A person decides, never a formula alone, and you may ask to see your record.",
        ),
    ),
)

LABELS: Mapping[str, str] = {
    "vouch_would_take": "“Would take as my resident” counts",
    "vouch_strong": "A strong vouch counts",
    "vouch_supportive": "A supportive vouch counts",
    "vouch_unable": "“I cannot vouch” counts",
    "vouch_weeks_at": "Weeks observed, at least",
    "known_strong_at": "Known is strong from",
    "failed_attempt": "Points of a failed exam attempt",
    "failed_clerkship": "Points of a failed clerkship",
    "course_repeat": "Points of a repeated course",
    "remediation": "Points of a remediation",
    "dismissal_hearing": "Points of a dismissal hearing",
    "leave": "Points of a leave",
    "academic_stumble_at": "Academic stumble from points",
    "academic_concern_at": "Academic concern from points",
    "academic_pattern_at": "Academic pattern from points",
    "failed_attempts_pattern_at": "Pattern from failed attempts",
    "unpassed_stage_level": "A stage not passed is at least a",
    "told_days": "Days told before the school report",
    "pattern_open_at": "Pattern from open concerns",
    "pattern_open_serious_at": "Pattern from open moderate or major",
    "pattern_open_major_at": "Pattern from open major",
    "concern_open_at": "Concern from open concerns",
    "concern_open_serious_at": "Concern from open moderate or major",
    "concern_disputed_serious_at": "Concern from disputed moderate or major",
    "concern_resolved_serious_at": "Concern from resolved moderate or major",
    "concern_resolved_integrity_at": "Concern from resolved major of integrity",
    "stumble_open_at": "Stumble from open concerns",
    "stumble_resolved_serious_at": "Stumble from resolved moderate or major",
    "trajectory_stumble_at": "Stumble from changes of specialty",
    "trajectory_concern_at": "Concern from changes of specialty",
    "advice_refusals_at": "Concern from refusals to broaden",
    "open_at": "Open from unfilled positions",
    "moderate_at": "Moderate from unfilled positions",
    "narrow_at": "Narrow from unfilled positions",
    "narrow_step_2_ck_at": "Narrow, Step 2 CK from",
    "narrow_comlex_2_ce_at": "Narrow, COMLEX Level 2-CE from",
    "tier_1_stumbles_most": "Stumbles in Tier 1, at most",
    "points_vouches_most": "Points of vouches, at most",
    "points_honors": "Points of a clerkship Honors",
    "points_honors_most": "Points of Honors, at most",
    "points_stumble": "Points off for a stumble",
    "points_concern": "Points off for a concern",
    "points_pattern": "Points off for a pattern",
}


def pieces(statement: str, rules: Rules) -> tuple[Piece, ...]:
    """A statement as words and numbers, in order."""
    return tuple(_pieces(statement, rules))


def sentence(statement: str, rules: Rules) -> str:
    """A statement as one string."""
    return "".join(piece.words for piece in _pieces(statement, rules))


def names_in(statement: str) -> tuple[str, ...]:
    """The numbers of the rules that a statement tells of."""
    return tuple(name for _, name, _, _ in Formatter().parse(statement) if name)


def names_of(part: Part) -> tuple[str, ...]:
    """The numbers that a part tells of, in the order in which it does."""
    return tuple(name for statement in part.statements for name in names_in(statement))


def _pieces(statement: str, rules: Rules) -> Iterator[Piece]:
    for words, name, noun, _ in Formatter().parse(statement):
        if words:
            yield Piece(words)
        if name:
            yield Piece(_number(getattr(rules, name), noun or ""), name)


def _number(value: int | str, noun: str) -> str:
    return f"{value} {noun if value == 1 else noun + 's'}" if noun else str(value)
