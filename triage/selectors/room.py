"""The meeting room as one person may see it: agenda, the item the room stands at, and what may be done with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import Http404

from accounts.roles import Ability
from accounts.selectors import User, roles_of
from core.clock import now
from core.permits import Permit
from core.templatetags.components import TIER_WORDS, day, eastern_time
from matchweek.permissions import can_see_results
from students.models import Conflict
from students.permissions import Section
from students.selectors.dossier import DossierView, load_dossier
from triage import permissions
from triage.enums import ItemStatus, OverrideCode
from triage.models import AgendaItem, Assessment, Attendance, Decision, FollowUp, InstitutionalPriority, Meeting
from triage.policy import words
from triage.selectors.agenda import Agenda, AgendaRow, read_agenda
from triage.selectors.assessment import RecommendationView, current_assessment, recommendation
from triage.selectors.meetings import citable_priorities, people_with
from triage.selectors.rail import RailRow, before_words, rail_rows, room_item

# Open to the dean's office on the dossier page, but not on the screen everybody in the room sees.
_NOT_IN_THE_ROOM = frozenset({Section.SET_ASIDE, Section.CAUTIONS, Section.CIRCUMSTANCES})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the room stands and what this person sees of it: enough to tell whether their page is still true."""

    meeting: Meeting
    agenda: Agenda
    shown: AgendaItem | None
    is_pinned: bool
    recusal: Conflict | None
    current: Assessment | None

    def etag(self, user: User) -> str:
        """Name this state of this person's page. For a recused person nothing of the student is in it."""
        facts = [
            self.meeting.pk,
            self.meeting.event_number,
            user.pk,
            sorted(roles_of(user, self.meeting.cycle.year)),
            bool(can_see_results(user, self.meeting.cycle)),
            sorted(row.pk for row in self.agenda.rows if row.is_recused),
            self.shown.pk if self.shown else None,
            self.is_pinned,
        ]
        if self.current is not None and self.recusal is None:
            facts.append([self.current.pk, self.shown.student.evidence_number if self.shown else 0])
        return f'"{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}"'


def stand(meeting: Meeting, user: User, asked: int | None) -> Standing:
    """Return where the room stands, or the item the person asked for. Five queries."""
    agenda = read_agenda(meeting, user)
    room = room_item(agenda)
    shown = agenda.items.get(asked, room) if asked else room
    recusal = agenda.recusal_of(user.pk, shown) if shown else None
    current = current_assessment(shown.student_id) if shown and recusal is None else None
    is_pinned = shown is not None and shown is not room
    return Standing(meeting, agenda, shown, is_pinned, recusal, current)


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One attendee in the attendance panel."""

    pk: int
    name: str
    is_here: bool
    note: str


@dataclass(frozen=True, slots=True)
class DecidedView:
    """The decision that stands on the item shown."""

    decision: Decision
    waits_for_second: bool
    override_words: str
    second: Permit
    reopen: Permit
    has_changed: bool


@dataclass(frozen=True, slots=True)
class ItemView:
    """The item shown, in full. For a recused person only the card's words are filled."""

    item: AgendaItem
    is_open: bool
    elapsed: int
    recusal_words: str = ""
    dossier: DossierView | None = None
    recommendation: RecommendationView | None = None
    assessment_id: int = 0
    leader: str = ""
    decide: Permit | None = None
    open: Permit | None = None
    lead: Permit | None = None
    leaves_three: bool = False
    changes: tuple[tuple[str, str, str], ...] = ()
    decided: DecidedView | None = None
    refused: tuple[Decision, ...] = ()
    reopened: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomView:
    """Everything the room shows one person."""

    meeting: Meeting
    rail: tuple[RailRow, ...]
    place_words: str
    item: ItemView | None
    is_pinned: bool
    attendance: tuple[AttendanceRow, ...]
    follow_ups: tuple[FollowUp, ...]
    priorities: tuple[InstitutionalPriority, ...]
    codes: tuple[tuple[str, str], ...]
    permits: Mapping[str, Permit]
    room_item: int | None
    changed: tuple[AgendaRow, ...]
    leaderless: tuple[AgendaRow, ...]
    before_words: str

    @property
    def here(self) -> int:
        """How many attendees are here."""
        return sum(row.is_here for row in self.attendance)

    @property
    def allotted(self) -> int:
        """Seconds planned for one item."""
        return self.meeting.item_minutes * 60


_PERMITS = {
    "start": permissions.can_start_meeting,
    "run": permissions.can_run_meeting,
    "close": permissions.can_close_meeting,
    "resume": permissions.can_resume_meeting,
    "attendance": permissions.can_mark_attendance,
    "acting": permissions.can_name_acting_chair,
    "follow_up": permissions.can_add_follow_up,
    "prepare": permissions.can_prepare_meeting,
    "minutes": permissions.can_read_minutes,
}


def room_view(standing: Standing, user: User) -> RoomView:
    """Return the room as this person may see it. The number of queries does not depend on the agenda's length."""
    meeting, agenda = standing.meeting, standing.agenda
    room = room_item(agenda)
    priorities = tuple(citable_priorities(meeting))
    codes = tuple(
        (code, label)
        for code, label in OverrideCode.choices
        if priorities or code != OverrideCode.INSTITUTIONAL_PRIORITY
    )
    place = room.place if room else 0
    return RoomView(
        meeting=meeting,
        rail=rail_rows(agenda, meeting, room, shown=standing.shown, user=user),
        place_words=f"{place} of {len(agenda.rows)}" if place else f"{len(agenda.rows)} items",
        item=_item(standing, user) if standing.shown else None,
        is_pinned=standing.is_pinned,
        attendance=tuple(_attendance(meeting)),
        follow_ups=tuple(_follow_ups(meeting, agenda)),
        priorities=priorities,
        codes=codes,
        permits={name: permit(user, meeting) for name, permit in _PERMITS.items()},
        room_item=room.pk if room else None,
        changed=tuple(row for row in agenda.rows if row.has_changed),
        leaderless=agenda.leaderless(meeting),
        before_words=before_words(agenda, meeting, room, user),
    )


# --- The item -------------------------------------------------------------------------------------------------------


def _item(standing: Standing, user: User) -> ItemView:
    item = standing.shown
    assert item is not None
    moment = now()
    is_open = item.status == ItemStatus.OPEN
    if standing.recusal is not None:
        return ItemView(item, is_open, 0, recusal_words=_card_words(standing, is_open, moment))
    dossier = _dossier(standing, user)
    sections = dossier.sections if dossier else frozenset()
    reads = standing.current is not None and Section.ASSESSMENT in sections
    leader = permissions.leader_of(item)
    decisions = _decisions_on(item)
    return ItemView(
        item=item,
        is_open=is_open,
        elapsed=item.elapsed_seconds(moment),
        dossier=dossier,
        recommendation=recommendation(standing.current, sections) if reads and standing.current else None,
        assessment_id=standing.current.pk if reads and standing.current else 0,
        leader=str(leader) if leader else "",
        decide=permissions.can_decide_item(user, item),
        open=permissions.can_open_item(user, item),
        lead=permissions.can_lead_item(user, item),
        leaves_three=_leaves_three(decisions, standing.current),
        changes=_changes(item, standing.current) if reads else (),
        decided=_decided(standing, user),
        refused=tuple(each for each in decisions if _is_refused(each)),
        reopened=tuple(each for each in decisions if hasattr(each, "reopening")),
    )


def _card_words(standing: Standing, is_open: bool, moment: datetime) -> str:
    """The neutral card: the same words for every student, so that nothing can be read from them."""
    recusal, item = standing.recusal, standing.shown
    assert recusal is not None and item is not None
    recorded = f"{recusal.entered_by or 'an import'}, {day(recusal.entered_at)}"
    words = f"Reason: {recusal.get_kind_display()}. Recorded by {recorded}."
    if not is_open:
        return words
    left = max(0, standing.meeting.item_minutes * 60 - item.elapsed_seconds(moment))
    return f"{words} Expected back at about {eastern_time(moment + timedelta(seconds=left))}."


def _dossier(standing: Standing, user: User) -> DossierView | None:
    """The dossier, or None when it is closed: the meeting is over, or the record closed meanwhile.

    The dean's screen is the room's: what members may not read is left out whoever looks.
    """
    assert standing.shown is not None
    standings = standing.current.standings if standing.current else {}
    try:
        return load_dossier(
            standing.shown.student_id, user, standing.meeting.cycle, standings=standings, closed=_NOT_IN_THE_ROOM
        )
    except Http404:
        return None


def _decisions_on(item: AgendaItem) -> list[Decision]:
    """Every decision on the student, oldest first, with what followed it."""
    found = Decision.objects.filter(student_id=item.student_id).select_related(
        "decided_by", "second__signed_by", "reopening__reopened_by"
    )
    return list(found.order_by("decided_at", "pk"))


def _is_refused(decision: Decision) -> bool:
    return hasattr(decision, "second") and not decision.second.agrees and not hasattr(decision, "reopening")


def _leaves_three(decisions: Sequence[Decision], current: Assessment | None) -> bool:
    took_effect = [
        each for each in decisions if not each.needs_second or (hasattr(each, "second") and each.second.agrees)
    ]
    last = took_effect[-1].tier if took_effect else 0
    return 3 in {last, current.recommended_tier if current else 0}


def _decided(standing: Standing, user: User) -> DecidedView | None:
    item = standing.shown
    assert item is not None
    decision = standing.agenda.decisions.get(item.pk)
    if decision is None or item.status not in {ItemStatus.DECIDED, ItemStatus.SECOND}:
        return None
    decision.item, decision.student = item, item.student
    return DecidedView(
        decision=decision,
        waits_for_second=item.status == ItemStatus.SECOND,
        override_words=str(decision.get_override_code_display()) if decision.is_override else "",
        second=permissions.can_second_decision(user, decision),
        reopen=permissions.can_reopen_decision(user, decision),
        has_changed=standing.current is not None and standing.current.pk != decision.assessment_id,
    )


def _changes(item: AgendaItem, current: Assessment | None) -> tuple[tuple[str, str, str], ...]:
    """What the recommendation was when the item was opened, beside what it is now."""
    if current is None or item.status != ItemStatus.OPEN or item.opened_at is None or current.made_at <= item.opened_at:
        return ()
    earlier = Assessment.objects.filter(student_id=item.student_id, made_at__lte=item.opened_at)
    before = earlier.order_by("-made_at", "-pk").first()
    if before is None:
        return ()
    rows = (
        ("Recommended", _tier(before), _tier(current)),
        ("Reasons", _reasons(before), _reasons(current)),
        ("Points", str(before.points), str(current.points)),
    )
    return tuple(row for row in rows if row[1] != row[2]) or (
        ("Evidence", "as it was read then", "new, with the same result"),
    )


def _tier(said: Assessment) -> str:
    return f"Tier {said.recommended_tier}, {TIER_WORDS[said.recommended_tier]}"


def _reasons(said: Assessment) -> str:
    return ", ".join(words.reason_words(code) for code in said.reasons)


# --- Beside it ------------------------------------------------------------------------------------------------------


def _attendance(meeting: Meeting) -> list[AttendanceRow]:
    present = Attendance.objects.present().filter(meeting=meeting).select_related("person")
    moment = now()
    rows = []
    for each in present.order_by("person__name", "pk"):
        notes = {meeting.chair_id: "chair", meeting.acting_chair_id: "acting chair"}
        later = f"joins {eastern_time(each.joins_at)}" if each.joins_at > moment else ""
        note = ", ".join(filter(None, [notes.get(each.person_id, ""), later]))
        rows.append(AttendanceRow(each.pk, str(each.person), each.is_here, note))
    return rows


def _follow_ups(meeting: Meeting, agenda: Agenda) -> list[FollowUp]:
    """The actions, without those of items the person is recused from."""
    closed = [row.pk for row in agenda.rows if row.is_recused]
    rows = meeting.follow_ups.select_related("owner", "item").order_by("due_on", "pk")
    return [each for each in rows if each.item_id not in closed]


def owners(meeting: Meeting) -> list[tuple[int, str]]:
    """Return who may be given an action: the attendees and the dean's office."""
    people = {each.person_id: str(each.person) for each in meeting.attendances.present().select_related("person")}
    people |= {each.pk: str(each) for each in people_with(Ability.PREPARE_MEETING, meeting.cycle)}
    return sorted(people.items(), key=lambda pair: pair[1].casefold())
