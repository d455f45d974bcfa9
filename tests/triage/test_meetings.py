"""The meeting: its way from planned to closed, who attends, and the grants that follow."""

from __future__ import annotations

from itertools import product

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Person
from core import audit
from core.permits import Refused
from core.transitions import NoSuchTransition, move
from students.enums import ConflictKind
from students.models import AccessGrant, Student
from tests.factories import ConflictFactory, PersonFactory, sign_in
from tests.triage.meeting_room import BEFORE_REPORT, LATER, MONDAY, TEN, Room, make_room
from triage import permissions
from triage.actions import agenda, decisions, meetings, priorities
from triage.enums import MEETING_TRANSITIONS, MeetingStatus
from triage.models import Attendance, InstitutionalPriority, Meeting
from triage.selectors.meetings import meeting_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def room(monday) -> Room:
    return make_room()


def granted(room: Room) -> set[tuple[int, int]]:
    return set(AccessGrant.objects.in_force().values_list("person_id", "student_id"))


def pairs(room: Room, *people) -> set[tuple[int, int]]:
    return set(product([each.pk for each in people], [each.pk for each in room.students]))


@pytest.mark.parametrize("old", MeetingStatus.values)
@pytest.mark.parametrize("new", MeetingStatus.values)
def test_move_between_statuses_follows_the_table(room, old, new):
    Meeting.objects.filter(pk=room.meeting.pk).update(status=old, started_at=MONDAY, closed_at=MONDAY)
    meeting = room.fresh()
    if new in MEETING_TRANSITIONS.get(old, frozenset()):
        move(meeting, new)
        assert room.fresh().status == new
    else:
        with pytest.raises(NoSuchTransition):
            move(meeting, new)


def test_plan_meeting_needs_a_chair_who_may_lead(room):
    plan = meetings.MeetingPlan("Second meeting", MONDAY, room.member, 4)
    with pytest.raises(Refused):
        meetings.plan_meeting(room.cycle, plan=plan, by=room.coordinator)


def test_attendees_open_every_dossier_of_the_agenda(room):
    assert granted(room) == pairs(room, room.dean, room.member, room.officer, room.second)
    assert set(Student.objects.visible_to(room.member, room.cycle)) == set(room.students)


def test_attendee_without_the_ability_is_refused_and_nothing_is_kept(room):
    caller = PersonFactory(roles=[Role.CALLER])
    newcomer = PersonFactory(roles=[Role.MEETING_MEMBER])
    with pytest.raises(Refused):
        meetings.add_attendees(room.fresh(), people=[newcomer, caller], by=room.coordinator)
    assert not Attendance.objects.filter(person__in=[caller, newcomer]).exists()


def test_removed_attendee_loses_the_dossiers_and_a_returning_one_gets_them_back(room):
    attendance = Attendance.objects.select_related("meeting").get(person=room.member)
    meetings.remove_attendee(attendance, by=room.coordinator)
    assert list(Student.objects.visible_to(room.member, room.cycle)) == []
    meetings.add_attendees(room.fresh(), people=[room.member], by=room.coordinator)
    assert Student.objects.visible_to(room.member, room.cycle).count() == 3


def test_chair_stays_on_the_list(room):
    attendance = Attendance.objects.select_related("meeting").get(person=room.dean)
    with pytest.raises(Refused, match="The chair attends"):
        meetings.remove_attendee(attendance, by=room.coordinator)


@pytest.mark.parametrize("how", ["position", "conflict"])
def test_program_director_joins_when_the_embargo_lifts(room, monday, how):
    position = "program_director" if how == "position" else ""
    director = PersonFactory(roles=[Role.MEETING_MEMBER], position=position)
    if how == "conflict":
        ConflictFactory(person=director, student=room.students[0], kind=ConflictKind.SOAP_PROGRAM)
    meetings.add_attendees(room.fresh(), people=[director], by=room.coordinator)
    assert list(Student.objects.visible_to(director, room.cycle)) == []
    permit = permissions.can_see_meeting(director, room.fresh())
    assert permit.reason == "You join this meeting on Mon 15 Mar 10:00 Eastern, not before."
    monday.move_to(TEN)
    assert permissions.can_see_meeting(director, room.fresh())
    seen = 3 if how == "position" else 2
    assert Student.objects.visible_to(director, room.cycle).count() == seen


def test_change_joining_lets_a_director_in_at_once(room):
    director = PersonFactory(roles=[Role.MEETING_MEMBER], position="program_director")
    meetings.add_attendees(room.fresh(), people=[director], by=room.coordinator)
    attendance = Attendance.objects.select_related("meeting__cycle").get(person=director)
    meetings.change_joining(attendance, after_embargo=False, by=room.coordinator)
    assert Student.objects.visible_to(director, room.cycle).count() == 3
    meetings.change_joining(attendance, after_embargo=True, by=room.coordinator)
    assert Student.objects.visible_to(director, room.cycle).count() == 0


def test_recused_attendee_gets_no_grant_and_loses_one_on_declaring(room):
    meetings.declare_recusal(room.item(1), person=room.member, kind=ConflictKind.FAMILY, by=room.member)
    assert granted(room) == pairs(room, room.dean, room.member, room.officer, room.second) - {
        (room.member.pk, room.item(1).student_id)
    }


def test_declaring_for_another_is_for_the_office(room):
    with pytest.raises(Refused):
        meetings.declare_recusal(room.item(1), person=room.officer, kind=ConflictKind.FAMILY, by=room.member)
    meetings.declare_recusal(room.item(1), person=room.officer, kind=ConflictKind.FAMILY, by=room.coordinator)


def test_grants_end_when_the_meeting_closes_and_come_back_when_it_resumes(room):
    room.start()
    meetings.close_meeting(room.fresh(), by=room.dean)
    assert granted(room) == set()
    meetings.resume_meeting(room.fresh(), by=room.dean)
    assert granted(room) == pairs(room, room.dean, room.member, room.officer, room.second)


def test_removed_item_closes_its_dossier(room):
    removed = room.item(2)
    agenda.remove_item(removed, by=room.coordinator)
    assert removed.student_id not in {student for _, student in granted(room)}


def test_close_puts_the_open_item_back(room):
    room.start()
    room.open(1)
    meetings.close_meeting(room.fresh(), by=room.dean)
    item = room.item(1)
    assert (item.status, item.running_since) == ("waiting", None)


def test_start_needs_an_agenda(room):
    for place in (3, 2, 1):
        agenda.remove_item(room.item(place), by=room.coordinator)
    with pytest.raises(Refused, match="agenda is empty"):
        room.start()


def test_acting_chair_is_an_attendee_other_than_the_chair(room):
    with pytest.raises(Refused, match="Dana Whitlock is not among the attendees"):
        meetings.name_acting_chair(room.fresh(), person=room.coordinator, by=room.dean)
    with pytest.raises(Refused, match="cannot stand in"):
        meetings.name_acting_chair(room.fresh(), person=room.dean, by=room.dean)
    meetings.name_acting_chair(room.fresh(), person=room.second, by=room.dean)
    assert room.fresh().acting_chair == room.second


def test_mark_attendance_keeps_when_first_seen(room, monday):
    attendance = Attendance.objects.select_related("meeting__cycle").get(person=room.member)
    meetings.mark_attendance(attendance, is_here=True, by=room.dean)
    monday.move_to(LATER)
    meetings.mark_attendance(attendance, is_here=False, by=room.dean)
    meetings.mark_attendance(attendance, is_here=True, by=room.dean)
    attendance.refresh_from_db()
    assert (attendance.is_here, attendance.here_at) == (True, MONDAY)


def test_every_change_raises_the_event_number(room):
    numbers = [room.fresh().event_number]
    steps = [
        lambda: room.start(),
        lambda: room.open(1),
        lambda: room.decide(1),
        lambda: meetings.close_meeting(room.fresh(), by=room.dean),
    ]
    for step in steps:
        step()
        numbers.append(room.fresh().event_number)
    assert numbers == sorted(set(numbers))


def test_priority_is_declared_by_the_dean_and_ended_once(room):
    with pytest.raises(Refused):
        priorities.declare_priority(room.cycle, name="Rural", reason="Mission", owner=room.dean, by=room.coordinator)
    priority = priorities.declare_priority(room.cycle, name="Rural", reason="Mission", owner=room.dean, by=room.dean)
    priorities.end_priority(priority, by=room.dean)
    ended = priority.ended_at
    priorities.end_priority(priority, by=room.dean)
    assert InstitutionalPriority.objects.get().ended_at == ended


def test_visible_to_lists_meetings_by_attendance(room):
    outsider = PersonFactory(roles=[Role.MEETING_MEMBER])
    registrar = PersonFactory(roles=[Role.REGISTRAR])
    auditor = PersonFactory(roles=[Role.AUDITOR])
    sees = {
        person: Meeting.objects.visible_to(person, room.cycle).count()
        for person in (room.dean, room.coordinator, room.member, room.officer, outsider, registrar, auditor)
    }
    assert sees == {
        room.dean: 1,
        room.coordinator: 1,
        room.member: 1,
        room.officer: 1,
        outsider: 0,
        registrar: 1,
        auditor: 0,
    }


def test_list_keeps_the_number_of_items_from_those_who_join_later(room, monday):
    director = PersonFactory(roles=[Role.MEETING_MEMBER], position="program_director")
    registrar = PersonFactory(roles=[Role.REGISTRAR])
    meetings.add_attendees(room.fresh(), people=[director], by=room.coordinator)
    monday.shift(1)

    def items(person: Person) -> list[int | None]:
        return [row.items for row in meeting_rows(person, room.cycle)]

    assert [items(each) for each in (room.member, room.coordinator, director, registrar)] == [[3], [3], [None], [None]]
    monday.move_to(LATER)
    assert [items(each) for each in (director, registrar)] == [[3], [3]]


def test_list_takes_the_same_queries_for_one_meeting_and_three(room):
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            sign_in(Client(), room.dean).get(reverse("triage:meeting-list", args=[room.cycle.slug]))
        counts.append(len(queries))
        plan = meetings.MeetingPlan("Another", MONDAY, room.dean, 4)
        for _ in range(2):
            meetings.plan_meeting(room.cycle, plan=plan, by=room.coordinator)
    assert counts[0] == counts[1]


# Role by ability: who holds which permit, as an attendee where the role may attend. D chair, S another dean.
_ROLES = [Role(role) for role in Role.values]
_ALLOWED = {
    "can_list_meetings": {"dean", "coordinator", "meeting_member", "clerkship_director", "match_officer", "registrar"},
    "can_plan_meeting": {"dean", "coordinator"},
    "can_chair_meeting": {"dean"},
    "can_attend_meeting": {"dean", "coordinator", "meeting_member", "clerkship_director", "match_officer"},
    "can_prepare_meeting": {"dean", "coordinator"},
    "can_change_plan": set(),
    "can_see_meeting": {"dean", "coordinator", "meeting_member", "clerkship_director", "match_officer"},
    "can_start_meeting": set(),
    "can_run_meeting": set(),
    "can_close_meeting": {"dean", "coordinator"},
    "can_resume_meeting": set(),
    "can_mark_attendance": {"dean", "coordinator"},
    "can_name_acting_chair": {"dean", "coordinator"},
    "can_add_follow_up": {"dean", "coordinator"},
    "can_declare_priority": {"dean"},
    "can_read_minutes": {"dean", "coordinator", "meeting_member", "clerkship_director", "match_officer", "registrar"},
}
_OF_CYCLE = {"can_list_meetings", "can_plan_meeting", "can_chair_meeting", "can_attend_meeting", "can_declare_priority"}


@pytest.mark.parametrize("name", sorted(_ALLOWED))
def test_role_by_permit_on_a_running_meeting(room, monday, name):
    monday.move_to(LATER)
    people = {role: PersonFactory(roles=[role]) for role in _ROLES}
    invited = [person for person in people.values() if permissions.can_attend_meeting(person, room.cycle)]
    meetings.add_attendees(room.fresh(), people=invited, by=room.coordinator)
    room.start()
    target = room.cycle if name in _OF_CYCLE else room.fresh()
    allowed = {str(role) for role, person in people.items() if getattr(permissions, name)(person, target)}
    assert allowed == _ALLOWED[name]


def test_chair_holds_what_the_status_allows(room):
    names = ["can_start_meeting", "can_run_meeting", "can_close_meeting", "can_resume_meeting", "can_change_plan"]

    def held() -> set[str]:
        return {name for name in names if getattr(permissions, name)(room.dean, room.fresh())}

    assert held() == {"can_start_meeting", "can_change_plan"}
    room.start()
    assert held() == {"can_run_meeting", "can_close_meeting"}
    meetings.close_meeting(room.fresh(), by=room.dean)
    assert held() == {"can_resume_meeting"}


def test_nothing_changes_when_the_trail_cannot_be_written(room, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("the trail is full")

    room.start()
    item = room.open(1)
    number = room.fresh().event_number
    monkeypatch.setattr(audit, "record", fail)
    for act in (
        lambda: decisions.decide_item(item, choice=room.choice(1), by=room.dean),
        lambda: meetings.close_meeting(room.fresh(), by=room.dean),
        lambda: agenda.table_item(room.item(1), by=room.dean),
    ):
        with pytest.raises(OSError, match="the trail is full"):
            act()
    assert (room.item(1).status, room.fresh().status, room.fresh().event_number) == ("open", "running", number)
    assert not connection.needs_rollback


def test_before_the_report_the_calendar_holds_directors_back_too(room, monday):
    monday.move_to(BEFORE_REPORT)
    director = PersonFactory(roles=[Role.MEETING_MEMBER], position="program_director")
    assert meetings.joins_after_embargo(room.cycle, director)
