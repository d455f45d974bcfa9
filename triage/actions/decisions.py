"""Writes about decisions: deciding an item, the second signature, reopening. A decision itself is never edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from core import audit, live
from core.clock import now
from core.templatetags.components import eastern_time
from core.transitions import StaleState, move
from triage import permissions
from triage.actions.agenda import put_back_open, take_up
from triage.actions.hold import hold_item, stopped
from triage.enums import AuditKind, ItemStatus, MeetingStatus, OverrideCode, Tier
from triage.models import AgendaItem, Assessment, Decision, InstitutionalPriority, Reopening, SecondSignature

if TYPE_CHECKING:
    from accounts.models import Person


@dataclass(frozen=True, slots=True)
class Choice:
    """What the leader chose, and on which assessment: the one they had before their eyes."""

    assessment_id: int
    tier: int
    override_code: str = ""
    note: str = ""
    priority: InstitutionalPriority | None = None


class DecidedBefore(Exception):
    """Somebody decided the item first; `decision` is theirs. The text is fit for a user."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        at = eastern_time(decision.decided_at)
        super().__init__(f"{decision.decided_by} decided this item at {at}. Nothing was saved.")


class AssessmentChanged(Exception):
    """The recommendation changed since the page was shown. The text is fit for a user."""

    def __init__(self) -> None:
        super().__init__(
            "The recommendation changed since this page was shown. Nothing was saved: look and decide again."
        )


class ChoiceRefused(Exception):
    """What was chosen does not hold together; `field` is the one at fault. The text is fit for a user."""

    def __init__(self, field: str, words: str) -> None:
        self.field = field
        super().__init__(words)


@audit.attributed
def decide_item(item: AgendaItem, *, choice: Choice, by: Person) -> Decision:
    """Record the meeting's tier for this student, on the assessment that holds at this moment. Audited.

    Leaving Tier 3 waits for a second officer. Raises `DecidedBefore`, `AssessmentChanged` or `ChoiceRefused`.
    """
    hold_item(item)
    permissions.can_know_item(by, item).or_raise()
    _refuse_if_decided(item)
    assessment = _held_assessment(item)  # Held before the question is asked whether another meeting decided.
    permissions.can_decide_item(by, item).or_raise()
    if assessment is None or assessment.pk != choice.assessment_id or _is_stale(assessment, item):
        raise AssessmentChanged
    _check_choice(item, choice, assessment)
    needs_second = leaves_tier_three(item, choice.tier, assessment.recommended_tier)
    move(item, ItemStatus.SECOND if needs_second else ItemStatus.DECIDED, **stopped(item))
    decision = Decision.objects.create(
        item=item,
        student_id=item.student_id,
        assessment=assessment,
        tier=choice.tier,
        recommended_tier=assessment.recommended_tier,
        override_code=choice.override_code,
        priority=choice.priority,
        note=choice.note,
        needs_second=needs_second,
        decided_by=by,
        decided_at=now(),
    )
    facts = {"tier": choice.tier, "recommended": assessment.recommended_tier, "code": choice.override_code}
    _record(AuditKind.ITEM_DECIDED, item, by=by, decision=decision.pk, needs_second=needs_second, **facts)
    live.announce(item.meeting)
    return decision


def _held_assessment(item: AgendaItem) -> Assessment | None:
    """Hold the student's current assessment, so that no newer one takes its place before the decision stands."""
    held = Assessment.objects.current().filter(student_id=item.student_id)
    return held.select_for_update(of=("self",)).select_related("policy").first()


def _refuse_if_decided(item: AgendaItem) -> None:
    """Tell whoever comes second who was first."""
    if item.status in {ItemStatus.DECIDED, ItemStatus.SECOND}:
        decision = item.decisions.not_reopened().select_related("decided_by").order_by("-pk").first()
        if decision is not None:
            raise DecidedBefore(decision)


def _is_stale(assessment: Assessment, item: AgendaItem) -> bool:
    """Whether evidence came in that the current assessment has not read yet."""
    item.student.refresh_from_db(fields=["evidence_number"])
    return assessment.evidence_number != item.student.evidence_number or not assessment.policy.is_active


def _check_choice(item: AgendaItem, choice: Choice, assessment: Assessment) -> None:
    if choice.tier not in Tier.values:
        raise ChoiceRefused("tier", "Choose one of the three tiers.")
    if choice.tier == assessment.recommended_tier:
        if choice.override_code or choice.priority:
            raise ChoiceRefused("override_code", "Following the recommendation needs no override code.")
        return
    if choice.override_code not in OverrideCode.values:
        raise ChoiceRefused("override_code", "Say why the decision differs: choose an override code.")
    if not choice.note.strip():
        raise ChoiceRefused("note", "Say in a note for the minutes why the decision differs.")
    _check_priority(item, choice)


def _check_priority(item: AgendaItem, choice: Choice) -> None:
    if choice.override_code != OverrideCode.INSTITUTIONAL_PRIORITY:
        if choice.priority is not None:
            raise ChoiceRefused("priority", "A priority goes with the code “Institutional priority” only.")
        return
    if choice.priority is None:
        raise ChoiceRefused("priority", "Choose the priority that was declared before the meeting started.")
    permit = permissions.can_cite_priority(choice.priority, item.meeting)
    if not permit:
        raise ChoiceRefused("priority", permit.reason)


def leaves_tier_three(item: AgendaItem, tier: int, recommended: int) -> bool:
    """Tell whether deciding `tier` moves a student out of Tier 3, recommended or decided last.

    The last decision that took effect counts even when it was reopened: reopening is no way around a second officer.
    """
    if tier == Tier.LONGER_PLAN:
        return False
    took_effect = Decision.objects.filter(student_id=item.student_id).filter(
        Q(needs_second=False) | Q(second__agrees=True)
    )
    last = took_effect.order_by("-decided_at", "-pk").values_list("tier", flat=True).first()
    return Tier.LONGER_PLAN in {recommended, last}


@audit.attributed
def second_decision(decision: Decision, *, agrees: bool, note: str = "", by: Person) -> SecondSignature:
    """Sign what leaves Tier 3, or refuse to: then the item is open again, the decision stays on record. Audited.

    While another item is open, or the meeting is closed, a refused item waits instead.
    """
    item = decision.item
    hold_item(item)
    permissions.can_second_decision(by, decision).or_raise()
    if agrees:
        move(item, ItemStatus.DECIDED)
    else:
        _send_back(item)
    signature = SecondSignature.objects.create(
        decision=decision, agrees=agrees, note=note, signed_by=by, signed_at=now()
    )
    kind = AuditKind.DECISION_SECONDED if agrees else AuditKind.DECISION_NOT_SECONDED
    _record(kind, item, by=by, decision=decision.pk)
    live.announce(item.meeting)
    return signature


def _send_back(item: AgendaItem) -> None:
    is_busy = item.meeting.items.filter(status=ItemStatus.OPEN).exists()
    if is_busy or item.meeting.status != MeetingStatus.RUNNING:
        move(item, ItemStatus.WAITING)
    else:
        take_up(item)


@audit.attributed
def reopen_decision(decision: Decision, *, reason: str, by: Person) -> Reopening:
    """Open a decided item again, with a reason. The decision stays as it was; an open item waits. Audited."""
    item = decision.item
    hold_item(item)
    permissions.can_reopen_decision(by, decision).or_raise()
    if Reopening.objects.filter(decision=decision).exists():
        raise StaleState(item)
    put_back_open(item.meeting)
    take_up(item)
    reopening = Reopening.objects.create(decision=decision, reason=reason, reopened_by=by, reopened_at=now())
    _record(AuditKind.DECISION_REOPENED, item, by=by, decision=decision.pk)
    live.announce(item.meeting)
    return reopening


def _record(kind: str, item: AgendaItem, *, by: Person, **facts: Any) -> None:
    audit.record(kind, item, by=by, student_id=item.student_id, cycle_id=item.meeting.cycle_id, **facts)
