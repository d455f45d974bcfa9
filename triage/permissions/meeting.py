"""Who may prepare, see and lead a meeting, and who may decide, sign, reopen and read what it decided."""

from __future__ import annotations

from accounts.models import Person
from accounts.permissions import has_ability
from accounts.roles import Ability
from accounts.selectors import User
from core.clock import now
from core.permits import ALLOWED, Permit, allow_if, refuse
from core.templatetags.components import eastern
from matchweek.models import Cycle
from matchweek.permissions import can_see_results
from students.models import Student
from students.permissions import is_recused
from triage.enums import ItemStatus, MeetingStatus
from triage.models import AgendaItem, Attendance, Decision, FollowUp, InstitutionalPriority, Meeting

RECUSED = "You are recused from this item."


def can_list_meetings(user: User, cycle: Cycle) -> Permit:
    """Whoever may attend a meeting, and whoever reads minutes, sees the list; which rows, `visible_to` decides."""
    return has_ability(user, Ability.ATTEND_MEETING, cycle.year) | _keeps_records(user, cycle)


def can_plan_meeting(user: User, cycle: Cycle) -> Permit:
    """The dean's office plans meetings."""
    return has_ability(user, Ability.PREPARE_MEETING, cycle.year)


def can_chair_meeting(person: User, cycle: Cycle) -> Permit:
    """A meeting is chaired by somebody who may lead one."""
    return has_ability(person, Ability.LEAD_MEETING, cycle.year)


def can_attend_meeting(person: User, cycle: Cycle) -> Permit:
    """Attendees are chosen among those whose role sits in meetings."""
    return has_ability(person, Ability.ATTEND_MEETING, cycle.year)


def can_prepare_meeting(user: User, meeting: Meeting) -> Permit:
    """The dean's office changes attendees and agenda until the meeting is closed."""
    return can_plan_meeting(user, meeting.cycle) & _not_closed(meeting)


def can_change_plan(user: User, meeting: Meeting) -> Permit:
    """Title, time and chair are fixed once the meeting has started."""
    return can_plan_meeting(user, meeting.cycle) & allow_if(
        meeting.status == MeetingStatus.PLANNED, "The meeting has started; its plan is fixed."
    )


def can_see_meeting(user: User, meeting: Meeting) -> Permit:
    """The dean's office sees every meeting; an attendee sees it from the time they join."""
    prepares = has_ability(user, Ability.PREPARE_MEETING, meeting.cycle.year)
    return prepares or _has_joined(user, meeting)


def can_start_meeting(user: User, meeting: Meeting) -> Permit:
    """The chair or the dean's office starts a planned meeting that has people and an agenda."""
    return (
        _leads_or_prepares(user, meeting)
        & allow_if(meeting.status == MeetingStatus.PLANNED, "The meeting has started already.")
        & allow_if(meeting.items.listed().exists(), "The agenda is empty: build it first.")
    )


def can_run_meeting(user: User, meeting: Meeting) -> Permit:
    """The chair or the acting chair goes through the agenda of a running meeting."""
    return _is_running(meeting) & _is_chair(user, meeting)


def can_close_meeting(user: User, meeting: Meeting) -> Permit:
    """The chair, the acting chair or the dean's office closes a running meeting."""
    return _is_running(meeting) & _leads_or_prepares(user, meeting)


def can_resume_meeting(user: User, meeting: Meeting) -> Permit:
    """A closed meeting is resumed by those who could close it."""
    return allow_if(meeting.status == MeetingStatus.CLOSED, "The meeting is not closed.") & _leads_or_prepares(
        user, meeting
    )


def can_mark_attendance(user: User, meeting: Meeting) -> Permit:
    """Who is here is noted by the chair, the acting chair or the dean's office until the meeting is closed."""
    return _not_closed(meeting) & _leads_or_prepares(user, meeting)


def can_name_acting_chair(user: User, meeting: Meeting) -> Permit:
    """The chair or the dean's office names who leads while the chair is recused."""
    return _not_closed(meeting) & (
        allow_if(user.pk == meeting.chair_id, "Only the chair or the dean's office names an acting chair.")
        | can_plan_meeting(user, meeting.cycle)
    )


def can_be_acting_chair(person: User, meeting: Meeting) -> Permit:
    """An attendee other than the chair leads in the chair's place."""
    attends = meeting.attendances.present().filter(person_id=person.pk).exists()
    return allow_if(attends, f"{person} is not among the attendees.") & allow_if(
        person.pk != meeting.chair_id, "The chair cannot stand in for the chair."
    )


def can_remove_attendee(user: User, attendance: Attendance) -> Permit:
    """Everybody but the chair can be taken off the list."""
    return can_prepare_meeting(user, attendance.meeting) & allow_if(
        attendance.person_id != attendance.meeting.chair_id, "The chair attends. Choose another chair first."
    )


def can_remove_item(user: User, item: AgendaItem) -> Permit:
    """An item that was not discussed yet can be taken off the agenda."""
    return (
        can_prepare_meeting(user, item.meeting)
        & can_know_item(user, item)
        & allow_if(
            item.status in {ItemStatus.WAITING, ItemStatus.TABLED},
            "Only an item that waits or is tabled can be removed.",
        )
        & allow_if(not item.decisions.exists(), "A decision was made on this item; it stays on the agenda.")
        & allow_if(not item.follow_ups.exists(), "An action was noted on this item; it stays on the agenda.")
    )


def can_add_student(user: User, meeting: Meeting, student: Student) -> Permit:
    """The dean's office adds assessed students nobody has decided on yet."""
    decided = Decision.objects.in_force().filter(student=student).exists()
    return (
        can_prepare_meeting(user, meeting)
        & allow_if(student.is_assessed, "This student is not assessed: the policy asks nothing of this match status.")
        & allow_if(not decided, "A decision is in force for this student. Resume its meeting and reopen it instead.")
    )


def leader_of(item: AgendaItem) -> Person | None:
    """Return who leads an item: the chair, or the acting chair while the chair is recused. None when both are."""
    meeting = item.meeting
    if not is_recused(meeting.chair, item.student):
        return meeting.chair
    if meeting.acting_chair is not None and not is_recused(meeting.acting_chair, item.student):
        return meeting.acting_chair
    return None


def can_know_item(user: User, item: AgendaItem) -> Permit:
    """Whoever is recused from an item learns nothing of how it stands."""
    return allow_if(not is_recused(user, item.student), RECUSED)


def can_open_item(user: User, item: AgendaItem) -> Permit:
    """The chair or acting chair takes up an item that waits or is tabled, if there is somebody to lead it."""
    if item.status not in {ItemStatus.WAITING, ItemStatus.TABLED} and is_recused(user, item.student):
        return can_run_meeting(user, item.meeting) & refuse(f"{RECUSED[:-1]}, and it is not to be taken up now.")
    return (
        can_run_meeting(user, item.meeting)
        & allow_if(item.status != ItemStatus.DECIDED, "This item is decided. Reopen it with a reason.")
        & allow_if(item.status != ItemStatus.SECOND, "This item waits for a second officer.")
        & allow_if(item.status != ItemStatus.OPEN, "This item is open already.")
        & _has_leader(item)
    )


def can_lead_item(user: User, item: AgendaItem) -> Permit:
    """Only the leader of an item works on it, and only while it is open."""
    if is_recused(user, item.student):
        return _is_running(item.meeting) & refuse(RECUSED)
    leader = leader_of(item)
    return (
        _is_running(item.meeting)
        & allow_if(leader is not None and leader.pk == user.pk, f"{leader or 'Nobody yet'} leads this item.")
        & allow_if(item.status == ItemStatus.OPEN, "Only the open item can be worked on.")
    )


def can_decide_item(user: User, item: AgendaItem) -> Permit:
    """The leader of the open item records the meeting's tier, once."""
    return can_lead_item(user, item) & _decided_nowhere_else(item)


def can_second_decision(user: User, decision: Decision) -> Permit:
    """A second officer, not the one who decided and not recused, signs what leaves Tier 3."""
    item = decision.item
    waits = item.status == ItemStatus.SECOND and Decision.objects.waiting().filter(pk=decision.pk).exists()
    return (
        has_ability(user, Ability.SECOND_OFFICER, item.meeting.cycle.year)
        & allow_if(waits, "No second signature is waited for here.")
        & allow_if(decision.decided_by_id != user.pk, "You recorded this decision; another officer signs it.")
        & allow_if(not is_recused(user, decision.student), RECUSED)
    )


def can_reopen_decision(user: User, decision: Decision) -> Permit:
    """The leader of a decided item reopens it while the meeting runs, with a reason."""
    item = decision.item
    if is_recused(user, decision.student):
        return refuse(RECUSED)
    leader = leader_of(item)
    return (
        _is_running(item.meeting)
        & allow_if(leader is not None and leader.pk == user.pk, f"{leader or 'Nobody yet'} leads this item.")
        & allow_if(item.status == ItemStatus.DECIDED, "Only a decided item can be reopened.")
        & allow_if(_is_in_force(decision), "This decision is not in force; the one that is can be reopened.")
    )


def can_add_follow_up(user: User, meeting: Meeting, item: AgendaItem | None = None) -> Permit:
    """The chair, the acting chair or the dean's office notes actions of a meeting that has started."""
    started = allow_if(meeting.status != MeetingStatus.PLANNED, "The meeting has not started.")
    permit = started & _leads_or_prepares(user, meeting)
    return permit & allow_if(not is_recused(user, item.student), RECUSED) if item else permit


def can_own_follow_up(person: Person, item: AgendaItem | None) -> Permit:
    """Nobody is given an action about a student they are recused from."""
    shut = item is not None and is_recused(person, item.student)
    return allow_if(not shut, f"{person} is recused from item {item.place if item else ''}; choose somebody else.")


def can_finish_follow_up(user: User, follow_up: FollowUp) -> Permit:
    """Its owner or the dean's office marks an action as done, unless recused from its student."""
    shut = follow_up.item is not None and is_recused(user, follow_up.item.student)
    mine = allow_if(follow_up.owner_id == user.pk, "Only its owner or the dean's office marks an action as done.")
    return allow_if(not shut, RECUSED) & (can_plan_meeting(user, follow_up.meeting.cycle) | mine)


def can_declare_priority(user: User, cycle: Cycle) -> Permit:
    """The dean declares institutional priorities, open to the room."""
    return has_ability(user, Ability.DECLARE_PRIORITY, cycle.year)


def can_cite_priority(priority: InstitutionalPriority, meeting: Meeting) -> Permit:
    """A decision cites only a priority of its own cycle, declared before the meeting first started, and not ended."""
    before = meeting.started_at is not None and priority.declared_at < meeting.started_at
    return (
        allow_if(priority.cycle_id == meeting.cycle_id, "This priority belongs to another cycle.")
        & allow_if(before, "This priority was not declared before the meeting started.")
        & allow_if(priority.ended_at is None, "This priority has ended.")
    )


def can_read_minutes(user: User, meeting: Meeting) -> Permit:
    """Attendees, the dean's office and the registrar read the minutes of a meeting that has started."""
    started = allow_if(meeting.status != MeetingStatus.PLANNED, "The meeting has not started; there are no minutes.")
    record = _keeps_records(user, meeting.cycle) & can_see_results(user, meeting.cycle)
    return started & (record or can_see_meeting(user, meeting))


def can_read_receipt(user: User, decision: Decision) -> Permit:
    """Who reads the minutes reads the receipt of a decision in force, unless recused from the student."""
    return (
        allow_if(not is_recused(user, decision.student), "You are recused from this student.")
        & can_read_minutes(user, decision.item.meeting)
        & allow_if(_is_in_force(decision), "This decision is not in force: reopened, or waiting for a second officer.")
    )


def _is_in_force(decision: Decision) -> bool:
    return Decision.objects.in_force().filter(pk=decision.pk).exists()


def _keeps_records(user: User, cycle: Cycle) -> Permit:
    return has_ability(user, Ability.SEE_ALL_DOSSIERS, cycle.year) & has_ability(user, Ability.EXPORT_TRAIL, cycle.year)


def _has_joined(user: User, meeting: Meeting) -> Permit:
    attendance = meeting.attendances.present().filter(person_id=user.pk).first()
    if attendance is None:
        return refuse("You are not among the attendees of this meeting.")
    return has_ability(user, Ability.ATTEND_MEETING, meeting.cycle.year) & allow_if(
        now() >= attendance.joins_at,
        f"You join this meeting on {eastern(attendance.joins_at)} Eastern, not before.",
    )


def _is_running(meeting: Meeting) -> Permit:
    return allow_if(meeting.status == MeetingStatus.RUNNING, "The meeting is not running.")


def _not_closed(meeting: Meeting) -> Permit:
    return allow_if(meeting.status != MeetingStatus.CLOSED, "The meeting is closed. Resume it first.")


def _is_chair(user: User, meeting: Meeting) -> Permit:
    chairs = {meeting.chair_id, meeting.acting_chair_id}
    return allow_if(user.pk in chairs, f"{meeting.chair} chairs this meeting.")


def _leads_or_prepares(user: User, meeting: Meeting) -> Permit:
    return can_plan_meeting(user, meeting.cycle) | _is_chair(user, meeting)


def _has_leader(item: AgendaItem) -> Permit:
    if leader_of(item) is not None:
        return ALLOWED
    return refuse(
        f"The chair is recused from item {item.place}. Name an acting chair who is not recused from it, then open it."
    )


def _decided_nowhere_else(item: AgendaItem) -> Permit:
    other = Decision.objects.standing().filter(student_id=item.student_id).exclude(item=item)
    return allow_if(not other.exists(), "Another meeting decided on this student meanwhile. Remove or table this item.")
