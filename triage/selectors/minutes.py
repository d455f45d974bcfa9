"""The minutes of a meeting as one person may read them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.selectors import User
from core.templatetags.components import eastern, eastern_time
from triage.enums import ItemStatus
from triage.models import Attendance, Decision, FollowUp, InstitutionalPriority, Meeting
from triage.policy import words
from triage.selectors.agenda import Agenda, AgendaRow, read_agenda


@dataclass(frozen=True, slots=True)
class AttendedRow:
    """One attendee of the minutes."""

    name: str
    capacity: str
    presence: str


@dataclass(frozen=True, slots=True)
class RecusalRow:
    """Who was recused from which item, and why. The student's name is not said to a reader recused as well."""

    person: str
    item: str
    kind: str


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """One decision, with what followed it."""

    decision: Decision
    reasons: str
    override_words: str
    state: str
    second_words: str
    reopened_words: str
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class MinutesItem:
    """One item of the minutes. Of a recused reader's item nothing but its place."""

    row: AgendaRow
    decisions: tuple[DecidedRow, ...] = ()
    spent: int = 0
    ending: str = ""
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, slots=True)
class MinutesView:
    """The minutes, complete."""

    meeting: Meeting
    attended: tuple[AttendedRow, ...]
    recusals: tuple[RecusalRow, ...]
    items: tuple[MinutesItem, ...]
    follow_ups: tuple[FollowUp, ...]
    priorities: tuple[InstitutionalPriority, ...]
    counts: tuple[int, int, int]
    closed_items: int
    policies: str
    digest: str


def read_minutes(meeting: Meeting, user: User) -> MinutesView:
    """Return the minutes as the person may read them. The number of queries does not depend on their length.

    The digest is of the whole minutes, the same for every reader.
    """
    agenda = read_agenda(meeting, user)
    decisions = list(
        Decision.objects.filter(item__meeting=meeting)
        .select_related("decided_by", "priority", "assessment__policy", "second__signed_by", "reopening__reopened_by")
        .order_by("decided_at", "pk")
    )
    attendances = list(
        meeting.attendances.filter(Q(removed_at__isnull=True) | Q(here_at__isnull=False))
        .select_related("person")
        .order_by("person__name", "pk")
    )
    follow_ups = list(meeting.follow_ups.select_related("owner").order_by("due_on", "pk"))
    items = tuple(_items(agenda, decisions, follow_ups))
    told = [line.decision for item in items for line in item.decisions]
    in_force = [line.decision for item in items for line in item.decisions if line.is_in_force]
    tally = Counter(each.tier for each in in_force)
    cited = {each.priority.pk: each.priority for each in told if each.priority}
    return MinutesView(
        meeting=meeting,
        attended=tuple(_attended(meeting, attendances)),
        recusals=tuple(_recusals(agenda, attendances)),
        items=items,
        follow_ups=tuple(each for each in follow_ups if each.item_id is None),
        priorities=tuple(cited.values()),
        counts=(tally[1], tally[2], tally[3]),
        closed_items=sum(row.is_recused for row in agenda.rows),
        policies=_policies(decisions),
        digest=_digest(meeting, agenda, decisions, attendances, follow_ups),
    )


def _attended(meeting: Meeting, attendances: Iterable[Attendance]) -> Iterable[AttendedRow]:
    capacities = {meeting.acting_chair_id: "acting chair", meeting.chair_id: "chair"}
    for each in attendances:
        if each.here_at is None:
            presence = "absent"
        else:
            presence = f"here from {eastern_time(each.here_at)}" + ("" if each.is_here else ", left")
        if meeting.started_at and each.joins_at > meeting.started_at:
            presence += f", joined {eastern(each.joins_at)}"
        yield AttendedRow(str(each.person), capacities.get(each.person_id, ""), presence)


def _recusals(agenda: Agenda, attendances: Iterable[Attendance]) -> Iterable[RecusalRow]:
    people = {each.person_id: str(each.person) for each in attendances}
    for row in agenda.rows:
        for person_id, conflict in agenda.recusals.get(agenda.items[row.pk].student_id, {}).items():
            if person_id in people:
                yield RecusalRow(people[person_id], row.label, str(conflict.get_kind_display()))


def _items(agenda: Agenda, decisions: Iterable[Decision], follow_ups: Iterable[FollowUp]) -> Iterable[MinutesItem]:
    by_item: defaultdict[int, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_item[decision.item_id].append(decision)
    actions: defaultdict[int, list[FollowUp]] = defaultdict(list)
    for follow_up in follow_ups:
        if follow_up.item_id:
            actions[follow_up.item_id].append(follow_up)
    for row in agenda.rows:
        item = agenda.items[row.pk]
        if row.is_recused:
            yield MinutesItem(row)
            continue
        yield MinutesItem(
            row=row,
            decisions=tuple(_decided(each) for each in by_item[row.pk]),
            spent=item.spent_seconds,
            ending="" if item.status == ItemStatus.DECIDED else _ENDINGS[item.status],
            follow_ups=tuple(actions[row.pk]),
        )


_ENDINGS: Mapping[str, str] = {
    ItemStatus.WAITING: "Not decided.",
    ItemStatus.OPEN: "Open, not decided.",
    ItemStatus.TABLED: "Tabled, not decided.",
    ItemStatus.SECOND: "Waits for a second officer; not in force.",
}


def _decided(decision: Decision) -> DecidedRow:
    second = getattr(decision, "second", None)
    reopening = getattr(decision, "reopening", None)
    if reopening is not None:
        state = "Reopened"
    elif decision.needs_second and second is None:
        state = "Waits for a second officer"
    elif second is not None and not second.agrees:
        state = "Not signed by the second officer"
    else:
        state = "Decided"
    return DecidedRow(
        decision=decision,
        reasons=", ".join(words.reason_words(code) for code in decision.assessment.reasons[:4]),
        override_words=str(decision.get_override_code_display()) if decision.is_override else "",
        state=state,
        second_words=(
            f"{second.signed_by} as second officer {second}, {eastern(second.signed_at)}. {second.note}".strip()
            if second
            else ""
        ),
        reopened_words=(
            f"Reopened by {reopening.reopened_by}, {eastern(reopening.reopened_at)}: {reopening.reason}"
            if reopening
            else ""
        ),
        is_in_force=state == "Decided",
    )


def _policies(decisions: Iterable[Decision]) -> str:
    policies = {each.assessment.policy.number: each.assessment.policy for each in decisions}
    return "; ".join(f"{policy} ({policy.digest[:12]})" for _, policy in sorted(policies.items()))


def _digest(
    meeting: Meeting,
    agenda: Agenda,
    decisions: Iterable[Decision],
    attendances: Iterable[Attendance],
    follow_ups: Iterable[FollowUp],
) -> str:
    """Return the SHA-256 of everything the minutes say, in canonical JSON."""
    facts = {
        "meeting": [meeting.pk, meeting.title, meeting.chair_id, meeting.acting_chair_id],
        "times": [meeting.planned_at, meeting.started_at, meeting.closed_at],
        "attended": [[each.person_id, each.joins_at, each.here_at, each.is_here] for each in attendances],
        "recusals": [
            [student, person, conflict.kind]
            for student, people in sorted(agenda.recusals.items())
            for person, conflict in sorted(people.items())
        ],
        "items": [[item.place, item.student_id, item.status, item.spent_seconds] for item in agenda.items.values()],
        "decisions": [_decision_facts(each) for each in decisions],
        "actions": [
            [each.pk, each.item_id, each.what, each.owner_id, each.due_on, each.done_at] for each in follow_ups
        ],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(moment: date) -> str:
    return moment.isoformat()


def _decision_facts(decision: Decision) -> list[object]:
    second, reopening = getattr(decision, "second", None), getattr(decision, "reopening", None)
    return [
        *[decision.pk, decision.item_id, decision.student_id, decision.assessment_id, decision.tier],
        *[decision.recommended_tier, decision.override_code, decision.priority_id, decision.note],
        *[decision.decided_by_id, decision.decided_at],
        [second.agrees, second.note, second.signed_by_id, second.signed_at] if second else None,
        [reopening.reason, reopening.reopened_by_id, reopening.reopened_at] if reopening else None,
    ]
