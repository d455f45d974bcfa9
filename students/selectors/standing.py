"""How a piece of evidence stands, in words: what the assessment said of it, or, without one, what can be read off it.

Words and codes are those of the policy (PRODUCT.md, "The evidence rules").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.clock import EASTERN
from matchweek.enums import MilestoneKind
from matchweek.models import Cycle
from students.enums import ConcernStatus
from students.models import Concern

TOLD_DAYS = 7  # A student is told this long before the school's report, for a concern to count.

Standings = Mapping[str, Mapping[str, Any]]

_ASIDE = {
    "not_first_hand": "not first-hand",
    "not_documented": "not documented",
    "student_not_told": "the student was not told",
    "told_too_late": "the student was told too late",
    "recused_voucher": "by a person recused from the student",
    "too_few_weeks": "too few weeks observed",
    "dismissed": "dismissed",
}
_MENDS = {
    "not_first_hand": "the person who saw it reports it",
    "not_documented": "it is documented, with a record reference",
    "student_not_told": "the student was told by {told_by}, or responds",
    "told_too_late": "the student responds to it",
    "dismissed": "the dean's office opens it again",
    "recused_voucher": "it comes from somebody who is not recused",
    "too_few_weeks": "its author observes the student longer",
}
_VOUCH_MENDS = {"not_first_hand": "its author observes the student in person"}
_ON_RECORD = {
    "same_person": "one voice counts once",
    "same_stage": "the other examination of this stage counts",
    "caution": "a caution never counts",
    "honors_capped": "of all Honors only so many count",
}
_LOOKS = {"counts": "counts", "set_aside": "aside", "unanswered": "wait"}
_WORDS = {"passed": "Passed", "unanswered": "Unanswered", "declined": "Declined", "answered": "Answered"}


@dataclass(frozen=True, slots=True)
class Standing:
    """`look`: counts, zero, wait, aside or nothing; `words` beside the mark; `mend`: what would make it count."""

    look: str = ""
    words: str = ""
    mend: str = ""

    @property
    def is_aside(self) -> bool:
        """Whether the piece is set aside."""
        return self.look == "aside"


def told_by(cycle: Cycle) -> date:
    """Return the last day on which telling the student makes a concern count."""
    report = cycle.milestone(MilestoneKind.SCHOOL_REPORT).astimezone(EASTERN).date()
    return report - timedelta(days=TOLD_DAYS)


def standing_of(given: Mapping[str, Any] | None, *, kind: str, cycle: Cycle) -> Standing:
    """Put what the assessment said of a piece into words; nothing when it said nothing."""
    if given is None:
        return Standing()
    state, why = given["state"], tuple(given.get("why") or ())
    if state == "set_aside":
        return aside(why, kind=kind, cycle=cycle)
    if state == "counts":
        return Standing("counts", "Counts" if given.get("counts") is None else f"Counts {given['counts']}")
    words = _WORDS.get(state, "On record, counts 0")
    words = "; ".join([words, *(_ON_RECORD[code] for code in why if code in _ON_RECORD)])
    return Standing(_LOOKS.get(state, "zero"), words)


def aside(why: Sequence[str], *, kind: str, cycle: Cycle) -> Standing:
    """Say why a piece is set aside and what would make it count."""
    grounds = ", ".join(_ASIDE.get(code, code) for code in why)
    mends = _MENDS | _VOUCH_MENDS if kind == "vouch" else _MENDS
    day = told_by(cycle)
    fixes = dict.fromkeys(mends[code].format(told_by=f"{day.day} {day:%b %Y}") for code in why if code in mends)
    mend = f"{grounds[:1].upper()}{grounds[1:]}. It counts only if {' and '.join(fixes)}." if fixes else ""
    return Standing("aside", "Set aside", mend)


def concern_standing(concern: Concern, given: Mapping[str, Any] | None, cycle: Cycle) -> Standing:
    """Say whether a concern counts, by the assessment or, where there is none, by the three conditions."""
    if given is not None:
        return standing_of(given, kind="concern", cycle=cycle)
    why = why_aside(concern, cycle)
    return aside(why, kind="concern", cycle=cycle) if why else Standing("counts", "Counts")


def why_aside(concern: Concern, cycle: Cycle) -> tuple[str, ...]:
    """Return what keeps a concern from counting: it must be documented, first-hand, and told in time or answered."""
    if concern.status == ConcernStatus.DISMISSED:
        return ("dismissed",)
    why = []
    if not concern.first_hand:
        why.append("not_first_hand")
    if not concern.record_reference:
        why.append("not_documented")
    if concern.student_response_on is None:
        if concern.student_told_on is None:
            why.append("student_not_told")
        elif concern.student_told_on > told_by(cycle):
            why.append("told_too_late")
    return tuple(why)
