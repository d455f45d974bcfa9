"""A meeting of Monday morning for tests: who sits in it, whom it is about, and steps that bring it somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from accounts.enums import Role
from accounts.models import Person
from core.clock import EASTERN
from matchweek.models import Cycle
from students.models import Student
from tests.factories import (
    ConcernFactory,
    CycleFactory,
    PersonFactory,
    StudentFactory,
    VouchFactory,
)
from triage.actions import agenda, decisions, meetings
from triage.actions.assessing import bring_up_to_date
from triage.models import AgendaItem, Assessment, Decision, Meeting

BEFORE_REPORT = datetime(2027, 3, 14, 12, 0, tzinfo=EASTERN)
MONDAY = datetime(2027, 3, 15, 9, 40, tzinfo=EASTERN)
TEN = datetime(2027, 3, 15, 10, 0, tzinfo=EASTERN)
LATER = datetime(2027, 3, 15, 10, 5, tzinfo=EASTERN)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Room:
    """A meeting with the people in and around it."""

    cycle: Cycle
    dean: Person
    second: Person
    coordinator: Person
    member: Person
    officer: Person
    meeting: Meeting
    students: list[Student]

    def item(self, place: int) -> AgendaItem:
        """Load an item afresh, as a view would."""
        found = AgendaItem.objects.listed().select_related(
            "meeting__cycle", "meeting__chair", "meeting__acting_chair", "student__cycle"
        )
        return found.get(meeting=self.meeting, place=place)

    def fresh(self) -> Meeting:
        """Load the meeting afresh."""
        return Meeting.objects.select_related("cycle", "chair", "acting_chair").get(pk=self.meeting.pk)

    def start(self) -> None:
        meetings.start_meeting(self.fresh(), by=self.dean)

    def open(self, place: int, by: Person | None = None) -> AgendaItem:
        agenda.open_item(self.item(place), by=by or self.dean)
        return self.item(place)

    def choice(self, place: int, tier: int | None = None, **more: object) -> decisions.Choice:
        """Follow, or with a tier decide it, with a code and a note when it differs."""
        said = Assessment.objects.current().get(student=self.item(place).student)
        if tier is None or tier == said.recommended_tier:
            return decisions.Choice(assessment_id=said.pk, tier=said.recommended_tier)
        given = {"override_code": "new_evidence", "note": "A letter came in."} | more
        return decisions.Choice(assessment_id=said.pk, tier=tier, **given)

    def decide(self, place: int, tier: int | None = None, by: Person | None = None) -> Decision:
        """Open an item and decide it."""
        item = self.item(place)
        if item.status != "open":
            item = self.open(place, by)
        return decisions.decide_item(item, choice=self.choice(place, tier), by=by or self.dean)


def tier_one(**fields: object) -> Student:
    student = StudentFactory(**fields)
    VouchFactory.create_batch(2, student=student)
    return student


def tier_two(**fields: object) -> Student:
    return StudentFactory(**fields)


def tier_three(**fields: object) -> Student:
    student = StudentFactory(**fields)
    ConcernFactory.create_batch(2, student=student, severity="moderate")
    return student


def make_room(students: Sequence[Student] | None = None) -> Room:
    """Plan a meeting over three students, one of each tier, with dean, member and match officer attending."""
    cycle = CycleFactory()
    people = {
        "dean": PersonFactory(name="Dean Beckett", roles=[Role.DEAN]),
        "second": PersonFactory(name="Dean Halloran", roles=[Role.DEAN]),
        "coordinator": PersonFactory(name="Dana Whitlock", roles=[Role.COORDINATOR]),
        "member": PersonFactory(name="Dr. Member", roles=[Role.MEETING_MEMBER]),
        "officer": PersonFactory(name="Dr. Officer", roles=[Role.MATCH_OFFICER]),
    }
    if students is None:
        students = [
            tier_one(first_name="Ansel", last_name="Quillfeather"),
            tier_two(first_name="Bram", last_name="Kestrelwood"),
            tier_three(first_name="Ferris", last_name="Oduya"),
        ]
    bring_up_to_date(cycle)
    plan = meetings.MeetingPlan("Monday meeting", MONDAY, people["dean"], 4)
    meeting = meetings.plan_meeting(cycle, plan=plan, by=people["coordinator"])
    attending = [people["member"], people["officer"], people["second"]]
    meetings.add_attendees(meeting, people=attending, by=people["coordinator"])
    agenda.build_agenda(meeting, order="tier", by=people["coordinator"])
    return Room(cycle=cycle, meeting=meeting, students=list(students), **people)
