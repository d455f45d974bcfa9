"""Writes about a meeting itself: its plan, who attends and is here, who is recused, its start and end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core import audit, live
from core.clock import now
from core.transitions import move
from matchweek.enums import MilestoneKind
from matchweek.models import Cycle
from students.actions.access import set_grants
from students.actions.conflicts import declare_conflict
from students.enums import ConflictKind, GrantGround
from students.models import Conflict
from students.permissions import directs_program
from triage import permissions
from triage.actions.hold import hold, stopped
from triage.enums import AuditKind, ItemStatus, MeetingStatus
from triage.models import AgendaItem, Attendance, Decision, Meeting

if TYPE_CHECKING:
    from accounts.models import Person


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    """What is fixed before a meeting starts. `planned_at` is aware; the minutes are those of one item."""

    title: str
    planned_at: datetime
    chair: Person
    item_minutes: int


@audit.attributed
def plan_meeting(cycle: Cycle, *, plan: MeetingPlan, by: Person) -> Meeting:
    """Plan a meeting; its chair is its first attendee. Audited."""
    permissions.can_plan_meeting(by, cycle).or_raise()
    permissions.can_chair_meeting(plan.chair, cycle).or_raise()
    meeting = Meeting.objects.create(cycle=cycle, **_fields(plan))
    Attendance.objects.create(meeting=meeting, person=plan.chair, joins_at=_joins_at(meeting, plan.chair))
    _record(AuditKind.MEETING_PLANNED, meeting, by=by, chair=plan.chair.pk)
    return meeting


@audit.attributed
def change_plan(meeting: Meeting, *, plan: MeetingPlan, by: Person) -> Meeting:
    """Change title, time, chair or minutes before the start. A new chair attends. Audited."""
    hold(meeting)
    permissions.can_change_plan(by, meeting).or_raise()
    permissions.can_chair_meeting(plan.chair, meeting.cycle).or_raise()
    for name, value in _fields(plan).items():
        setattr(meeting, name, value)
    if meeting.acting_chair_id == meeting.chair_id:
        meeting.acting_chair = None
    meeting.save(update_fields=[*_fields(plan), "acting_chair"])
    _invite(meeting, plan.chair)
    keep_grants(meeting, by=by)
    _record(AuditKind.MEETING_CHANGED, meeting, by=by, chair=plan.chair.pk)
    live.announce(meeting)
    return meeting


def _fields(plan: MeetingPlan) -> dict[str, object]:
    return {name: getattr(plan, name) for name in MeetingPlan.__slots__}


@audit.attributed
def add_attendees(meeting: Meeting, *, people: Collection[Person], by: Person) -> None:
    """Invite people; this opens the agenda's dossiers to them, minus their recusals. Audited.

    Program directors and whoever has a program in SOAP join when the embargo lifts (PRODUCT.md, "Privacy rules").
    """
    hold(meeting)
    permissions.can_prepare_meeting(by, meeting).or_raise()
    for person in people:
        permissions.can_attend_meeting(person, meeting.cycle).or_raise()
        if _invite(meeting, person):
            _record(AuditKind.ATTENDEE_ADDED, meeting, by=by, person=person.pk)
    keep_grants(meeting, by=by)
    live.announce(meeting)


def _invite(meeting: Meeting, person: Person) -> bool:
    """Put a person on the list, or back on it; tell whether they were not there."""
    attendance, is_new = Attendance.objects.get_or_create(
        meeting=meeting, person=person, defaults={"joins_at": _joins_at(meeting, person)}
    )
    if not is_new and attendance.removed_at is not None:
        attendance.removed_at, attendance.joins_at = None, _joins_at(meeting, person)
        attendance.save(update_fields=["removed_at", "joins_at"])
        return True
    return is_new


def _joins_at(meeting: Meeting, person: Person) -> datetime:
    if joins_after_embargo(meeting.cycle, person):
        return max(now(), meeting.cycle.milestone(MilestoneKind.EMBARGO_LIFTS))
    return now()


def joins_after_embargo(cycle: Cycle, person: Person) -> bool:
    """Tell whether a person joins only when the embargo lifts: their program may be in SOAP."""
    in_soap = Conflict.objects.recusing().filter(person=person, kind=ConflictKind.SOAP_PROGRAM, student__cycle=cycle)
    return directs_program(person) or in_soap.exists()


@audit.attributed
def remove_attendee(attendance: Attendance, *, by: Person) -> None:
    """Take a person off the list; the dossiers close to them at once. Audited."""
    meeting = attendance.meeting
    hold(meeting)
    permissions.can_remove_attendee(by, attendance).or_raise()
    attendance.removed_at, attendance.is_here = now(), False
    attendance.save(update_fields=["removed_at", "is_here"])
    if meeting.acting_chair_id == attendance.person_id:
        meeting.acting_chair = None
        meeting.save(update_fields=["acting_chair"])
    keep_grants(meeting, by=by)
    _record(AuditKind.ATTENDEE_REMOVED, meeting, by=by, person=attendance.person_id)
    live.announce(meeting)


@audit.attributed
def change_joining(attendance: Attendance, *, after_embargo: bool, by: Person) -> None:
    """Let an attendee join at once, or only when the embargo lifts. Audited."""
    meeting = attendance.meeting
    hold(meeting)
    permissions.can_prepare_meeting(by, meeting).or_raise()
    lifts = meeting.cycle.milestone(MilestoneKind.EMBARGO_LIFTS)
    attendance.joins_at = max(now(), lifts) if after_embargo else now()
    attendance.save(update_fields=["joins_at"])
    keep_grants(meeting, by=by)
    _record(
        AuditKind.MEETING_CHANGED, meeting, by=by, person=attendance.person_id, joins_at=attendance.joins_at.isoformat()
    )
    live.announce(meeting)


@audit.attributed
def mark_attendance(attendance: Attendance, *, is_here: bool, by: Person) -> None:
    """Note that an attendee is here, or has left. When they were first seen stays. Audited."""
    meeting = attendance.meeting
    hold(meeting)
    permissions.can_mark_attendance(by, meeting).or_raise()
    attendance.is_here = is_here
    attendance.here_at = attendance.here_at or (now() if is_here else None)
    attendance.save(update_fields=["is_here", "here_at"])
    _record(AuditKind.ATTENDANCE_MARKED, meeting, by=by, person=attendance.person_id, is_here=is_here)
    live.announce(meeting)


@audit.attributed
def name_acting_chair(meeting: Meeting, *, person: Person | None, by: Person) -> None:
    """Name who leads the items the chair is recused from, or nobody. Audited."""
    hold(meeting)
    permissions.can_name_acting_chair(by, meeting).or_raise()
    if person is not None:
        permissions.can_be_acting_chair(person, meeting).or_raise()
    meeting.acting_chair = person
    meeting.save(update_fields=["acting_chair"])
    _record(AuditKind.ACTING_CHAIR_NAMED, meeting, by=by, person=person.pk if person else None)
    live.announce(meeting)


@audit.attributed
def declare_recusal(item: AgendaItem, *, person: Person, kind: str, note: str = "", by: Person) -> Conflict:
    """Declare a relation between a person and an item's student; a recusal closes the item to them at once. Audited."""
    hold(item.meeting)
    permissions.can_see_meeting(by, item.meeting).or_raise()
    conflict = declare_conflict(item.student, person=person, kind=kind, note=note, by=by)
    keep_grants(item.meeting, by=by)
    live.announce(item.meeting)
    return conflict


@audit.attributed
def start_meeting(meeting: Meeting, *, by: Person) -> None:
    """Start: from now on items are opened one by one. Priorities declared later cannot be cited. Audited."""
    hold(meeting)
    permissions.can_start_meeting(by, meeting).or_raise()
    move(meeting, MeetingStatus.RUNNING, started_at=now())
    meeting.attendances.filter(person=by, is_here=False).update(is_here=True, here_at=now())
    keep_grants(meeting, by=by)
    _record(AuditKind.MEETING_STARTED, meeting, by=by, items=meeting.items.listed().count())
    live.announce(meeting)


@audit.attributed
def close_meeting(meeting: Meeting, *, by: Person) -> None:
    """Close: the open item goes back to waiting, and the dossiers close to the attendees. Audited."""
    hold(meeting)
    permissions.can_close_meeting(by, meeting).or_raise()
    for item in meeting.items.filter(status=ItemStatus.OPEN):
        move(item, ItemStatus.WAITING, **stopped(item))
    undecided = meeting.items.listed().exclude(status=ItemStatus.DECIDED).count()
    move(meeting, MeetingStatus.CLOSED, closed_at=now())
    keep_grants(meeting, by=by)
    _record(AuditKind.MEETING_CLOSED, meeting, by=by, undecided=undecided)
    live.announce(meeting)


@audit.attributed
def resume_meeting(meeting: Meeting, *, by: Person) -> None:
    """Open a closed meeting again, with its grants. Audited."""
    hold(meeting)
    permissions.can_resume_meeting(by, meeting).or_raise()
    move(meeting, MeetingStatus.RUNNING)
    keep_grants(meeting, by=by)
    _record(AuditKind.MEETING_RESUMED, meeting, by=by)
    live.announce(meeting)


@audit.attributed
def open_minutes(meeting: Meeting, *, by: Person) -> None:
    """Put on the trail that somebody opened the minutes."""
    permissions.can_read_minutes(by, meeting).or_raise()
    _record(AuditKind.MINUTES_OPENED, meeting, by=by)


@audit.attributed
def open_receipt(decision: Decision, *, by: Person) -> None:
    """Put on the trail that somebody opened a student's receipt."""
    permissions.can_read_receipt(by, decision).or_raise()
    audit.record(
        AuditKind.RECEIPT_OPENED,
        decision,
        by=by,
        student_id=decision.student_id,
        cycle_id=decision.item.meeting.cycle_id,
    )


def keep_grants(meeting: Meeting, *, by: Person) -> None:
    """Keep the grants in step: every attendee, every listed item, minus recusals; none once the meeting is closed.

    Called inside each action that changes attendees, agenda, recusals or the meeting's status.
    """
    pairs: list[tuple[int, int, datetime]] = []
    if meeting.status != MeetingStatus.CLOSED:
        students = list(meeting.items.listed().values_list("student_id", flat=True))
        people = meeting.attendances.present().values_list("person_id", "joins_at")
        pairs = [(person, student, joins_at) for person, joins_at in people for student in students]
    set_grants(pairs, ground=GrantGround.MEETING, reference=meeting.live_key, by=by)


def _record(kind: str, meeting: Meeting, *, by: Person, **facts: Any) -> None:
    audit.record(kind, meeting, by=by, cycle_id=meeting.cycle_id, **facts)
