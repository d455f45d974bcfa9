"""The agenda: building, ordering, opening, tabling and the item clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from core.permits import Refused
from core.transitions import NoSuchTransition, StaleState, move
from students.actions.evidence import raise_evidence_numbers
from students.enums import ConflictKind, MatchStatus
from students.models import Student
from tests.factories import ConflictFactory, StudentFactory, VouchFactory
from tests.triage.meeting_room import MONDAY, Room, make_room, tier_one, tier_two
from triage import permissions
from triage.actions import agenda, decisions, meetings
from triage.actions.assessing import bring_up_to_date
from triage.enums import ITEM_TRANSITIONS, ItemStatus
from triage.models import AgendaItem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def room(monday) -> Room:
    return make_room()


def order(room: Room) -> list[str]:
    return [item.student.last_name for item in room.meeting.items.listed().select_related("student")]


@pytest.mark.parametrize("old", ItemStatus.values)
@pytest.mark.parametrize("new", ItemStatus.values)
def test_move_between_statuses_follows_the_table(room, old, new):
    AgendaItem.objects.filter(pk=room.item(1).pk).update(status=old, opened_at=MONDAY)
    item = room.item(1)
    if new in ITEM_TRANSITIONS.get(old, frozenset()):
        move(item, new)
        assert room.item(1).status == new
    else:
        with pytest.raises(NoSuchTransition):
            move(item, new)


def test_build_orders_by_tier_then_points(room):
    assert order(room) == ["Quillfeather", "Kestrelwood", "Oduya"]


def test_build_by_points_puts_the_most_points_first(room):
    # A Tier 3 student, with more points than the one in Tier 1.
    strong = Student.objects.get(last_name="Oduya")
    VouchFactory.create_batch(4, student=strong)
    VouchFactory(student=strong, strength="would_take")
    raise_evidence_numbers([strong.pk])
    bring_up_to_date(room.cycle)
    agenda.build_agenda(room.fresh(), order="points", by=room.coordinator)
    assert order(room) == ["Oduya", "Quillfeather", "Kestrelwood"]


def test_build_takes_assessed_undecided_students_only(room):
    room.start()
    room.decide(1)
    StudentFactory(match_status=MatchStatus.MATCHED)
    newcomer = tier_two(last_name="Newcomer")
    bring_up_to_date(room.cycle)
    plan = meetings.MeetingPlan("Second meeting", MONDAY, room.dean, 4)
    second = meetings.plan_meeting(room.cycle, plan=plan, by=room.coordinator)
    added = agenda.build_agenda(second, order="tier", by=room.coordinator)
    assert added == 3
    assert set(second.items.values_list("student_id", flat=True)) == {
        newcomer.pk,
        room.item(2).student_id,
        room.item(3).student_id,
    }


def test_build_again_adds_nothing_twice_and_leaves_what_was_taken_up_in_front(room):
    room.start()
    room.open(3)
    tier_one(last_name="Newcomer")
    bring_up_to_date(room.cycle)
    assert agenda.build_agenda(room.fresh(), order="tier", by=room.coordinator) == 1
    assert order(room) == ["Oduya", "Newcomer", "Quillfeather", "Kestrelwood"]


def test_move_item_swaps_neighbours_and_stops_at_the_ends(room):
    agenda.move_item(room.item(2), up=True, by=room.coordinator)
    agenda.move_item(room.item(3), up=False, by=room.coordinator)
    assert order(room) == ["Kestrelwood", "Quillfeather", "Oduya"]


def test_removed_item_leaves_no_gap_and_can_come_back(room):
    student = room.item(1).student
    agenda.remove_item(room.item(1), by=room.coordinator)
    assert list(room.meeting.items.listed().values_list("place", flat=True)) == [1, 2]
    agenda.add_item(room.fresh(), student=student, by=room.coordinator)
    assert order(room) == ["Kestrelwood", "Oduya", "Quillfeather"]


def test_add_item_twice_is_one_item(room):
    newcomer = tier_two()
    first = agenda.add_item(room.fresh(), student=newcomer, by=room.coordinator)
    assert agenda.add_item(room.fresh(), student=newcomer, by=room.coordinator) == first


def test_decided_or_unassessed_students_are_not_added(room):
    room.start()
    decided = room.decide(1).student
    matched = StudentFactory(match_status=MatchStatus.MATCHED)
    assert "decision is in force" in permissions.can_add_student(room.coordinator, room.fresh(), decided).reason
    assert "not assessed" in permissions.can_add_student(room.coordinator, room.fresh(), matched).reason


def test_item_with_a_decision_is_not_removed(room):
    room.start()
    decision = room.decide(1)
    decisions.reopen_decision(decision, reason="Wrong student's letter.", by=room.dean)
    agenda.table_item(room.item(1), by=room.dean)
    with pytest.raises(Refused, match="stays on the agenda"):
        agenda.remove_item(room.item(1), by=room.coordinator)


def test_opening_an_item_puts_the_open_one_back(room):
    room.start()
    room.open(1)
    room.open(2)
    assert (room.item(1).status, room.item(2).status) == ("waiting", "open")


def test_nothing_opens_before_the_start(room):
    with pytest.raises(Refused, match="not running"):
        room.open(1)


def test_decided_item_is_not_opened_without_a_reason(room):
    room.start()
    room.decide(1)
    with pytest.raises(Refused, match="Reopen it with a reason"):
        room.open(1)


def test_next_goes_down_the_agenda_then_to_what_was_left_then_to_what_was_tabled(room, monday):
    room.start()
    room.open(2)
    agenda.table_item(room.item(2), by=room.dean)
    seen = room.item(2).pk
    opened = []
    for _ in range(3):
        monday.shift(timedelta(seconds=1))
        item = agenda.open_next(room.fresh(), seen=seen, by=room.dean)
        opened.append(item.place)
        decisions.decide_item(room.item(item.place), choice=room.choice(item.place), by=room.dean)
        seen = item.pk
    assert opened == [3, 1, 2]
    with pytest.raises(agenda.NothingNext):
        agenda.open_next(room.fresh(), seen=seen, by=room.dean)


def test_second_press_of_next_does_not_skip_an_item(room):
    room.start()
    agenda.open_next(room.fresh(), seen=None, by=room.dean)
    with pytest.raises(StaleState):
        agenda.open_next(room.fresh(), seen=None, by=room.dean)
    assert room.item(1).status == "open"


def test_clock_counts_open_time_without_pauses(room, monday):
    room.start()
    room.open(1)
    monday.shift(timedelta(seconds=61))
    agenda.pause_clock(room.item(1), by=room.dean)
    monday.shift(timedelta(minutes=10))
    assert room.item(1).spent_seconds == 61
    agenda.pause_clock(room.item(1), by=room.dean)
    agenda.resume_clock(room.item(1), by=room.dean)
    monday.shift(timedelta(seconds=20))
    agenda.resume_clock(room.item(1), by=room.dean)
    assert room.item(1).elapsed_seconds(MONDAY + timedelta(seconds=61 + 600 + 20)) == 81
    agenda.open_next(room.fresh(), seen=room.item(1).pk, by=room.dean)
    monday.shift(timedelta(seconds=5))
    assert (room.item(1).spent_seconds, room.item(1).running_since) == (81, None)
    room.open(1)
    monday.shift(timedelta(seconds=9))
    agenda.table_item(room.item(1), by=room.dean)
    assert (room.item(1).spent_seconds, room.item(2).spent_seconds) == (90, 5)


def test_members_do_not_lead(room):
    room.start()
    room.open(1)
    for person, words in ((room.member, "Dean Beckett leads this item."), (room.coordinator, "Dean Beckett")):
        for act in (agenda.table_item, agenda.pause_clock, agenda.resume_clock):
            with pytest.raises(Refused, match=words):
                act(room.item(1), by=person)
    with pytest.raises(Refused, match="Dean Beckett chairs this meeting"):
        agenda.open_next(room.fresh(), seen=room.item(1).pk, by=room.member)


def test_item_the_chair_is_recused_from_needs_an_acting_chair_who_is_not(room):
    ConflictFactory(person=room.dean, student=room.item(1).student)
    room.start()
    with pytest.raises(Refused, match="Name an acting chair"):
        room.open(1)
    ConflictFactory(person=room.member, student=room.item(1).student, kind=ConflictKind.TREATED)
    meetings.name_acting_chair(room.fresh(), person=room.member, by=room.dean)
    with pytest.raises(Refused, match="Name an acting chair"):
        room.open(1)
    meetings.name_acting_chair(room.fresh(), person=room.second, by=room.dean)
    room.open(1)
    assert permissions.leader_of(room.item(1)) == room.second
    assert permissions.can_decide_item(room.dean, room.item(1)).reason == permissions.meeting.RECUSED
    assert permissions.can_decide_item(room.second, room.item(1))
    assert permissions.can_lead_item(room.dean, room.item(1)).reason == "You are recused from this item."
    room.open(2, by=room.second)
    assert permissions.leader_of(room.item(2)) == room.dean


def test_reassessed_student_on_a_running_agenda_is_announced(room):
    number = room.fresh().event_number
    agenda.announce_reassessed([room.item(1).student_id])
    assert room.fresh().event_number == number
    room.start()
    number = room.fresh().event_number
    agenda.announce_reassessed([room.item(1).student_id])
    assert room.fresh().event_number == number + 1
