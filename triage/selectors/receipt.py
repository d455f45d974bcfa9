"""The receipt of a decision, in words for the student: no tier, no points, nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.permissions import has_ability
from accounts.roles import Ability
from accounts.selectors import User
from triage.enums import OverrideCode, Tier
from triage.models import Decision

WHAT_YOUR_SCHOOL_DOES: Mapping[int, str] = {
    Tier.ADVOCACY: (
        "Your school puts its effort behind you: faculty who know you speak for you wherever the rules of the Match "
        "allow it, and the dean's office helps you to a targeted place."
    ),
    Tier.GUIDANCE: (
        "Your school guides you individually through SOAP: which programs to consider, your documents, and every step "
        "of the week."
    ),
    Tier.LONGER_PLAN: (
        "Your school makes a longer plan with you: support that is part of it, honest letters, and a realistic way to "
        "a residency beyond this week."
    ),
}
_REASONS: Mapping[str, str] = {
    "known_strong": "Faculty who worked with you stand behind you, in detail.",
    "known_weak": "What faculty have said of you so far is not yet enough to build on.",
    "known_unanswered": "Faculty were asked about you and have not answered yet.",
    "known_unasked": "We have not asked faculty about you yet. That is our omission.",
    "academic_stumble": "One academic event on your record has to be explained to programs.",
    "academic_concern": "Academic events on your record have to be explained to programs.",
    "academic_pattern": "Several academic events on your record have to be explained to programs.",
    "professionalism_stumble": "One documented concern about professionalism is on your record.",
    "professionalism_concern": "A documented concern about professionalism on your record has to be explained.",
    "professionalism_pattern": "Several documented concerns about professionalism are on your record.",
    "trajectory_stumble": "Your change of specialty has no stated reason on record.",
    "trajectory_concern": "Your changes of specialty have no stated reason on record.",
    "advice_concern": "Advice to broaden your applications was not taken up.",
    "placeable_unlikely": "The specialties you named leave little realistic room this year.",
}
_WHAT_YOU_CAN_ADD: tuple[str, ...] = (
    "Tell the dean's office which faculty worked with you and should be asked.",
    "Respond in writing to any concern on your page; your response stands beside it.",
    "Ask to see every record this rests on; your school shows it to you within 45 days.",
    "Ask for a record to be amended. If the school does not agree, you may have a hearing.",
    "Ask for this decision to be looked at again when something new is on record.",
)


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """One receipt. The decider's note is not on it: it may name others."""

    decision: Decision
    what: str
    decided_by: str
    reasons: tuple[str, ...]
    differs: str
    you_can: tuple[str, ...]
    printed_by: str


def read_receipt(decision: Decision, user: User) -> ReceiptView:
    """Return the receipt of a loaded decision (item with meeting, student, assessment with policy, priority)."""
    return ReceiptView(
        decision=decision,
        what=WHAT_YOUR_SCHOOL_DOES[decision.tier],
        decided_by=_capacity(decision),
        reasons=tuple(_REASONS[code] for code in decision.assessment.reasons[:4]),
        differs=_differs(decision),
        you_can=_WHAT_YOU_CAN_ADD,
        printed_by=_printer(decision, user),
    )


def _capacity(decision: Decision) -> str:
    meeting = decision.item.meeting
    leader = "chair" if decision.decided_by_id == meeting.chair_id else "acting chair"
    signed = ", and signed by a second officer of the school" if decision.needs_second else ""
    return f"The dean's office, by the {leader} of its meeting{signed}"


def _differs(decision: Decision) -> str:
    if not decision.is_override:
        return ""
    if decision.override_code == OverrideCode.INSTITUTIONAL_PRIORITY and decision.priority:
        return f"The meeting differed from the written policy for a priority declared beforehand: {decision.priority}."
    label = OverrideCode(decision.override_code).label.lower()
    return f"The meeting differed from the written policy. Its ground: {label}."


def _printer(decision: Decision, user: User) -> str:
    year = decision.item.meeting.cycle.year
    if has_ability(user, Ability.PREPARE_MEETING, year):
        return "the dean's office"
    return "the registrar" if has_ability(user, Ability.EXPORT_TRAIL, year) else "a member of the meeting"
