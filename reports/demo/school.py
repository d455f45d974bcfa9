"""The demo: the invented class imported as any school would, sign-ins for every role, and a meeting ready to start."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password

from accounts.enums import Role
from accounts.models import Person, RoleAssignment
from core import clock
from core.clock import Clock, real_now
from matchweek.actions import confirm_milestone, make_cycle
from matchweek.calendar import eastern, match_week_monday
from matchweek.enums import MilestoneKind
from matchweek.models import Cycle
from reports.demo.people import ADVISORS, DOMAIN, faculty_rows
from reports.demo.tables import make_tables, write_tables
from students.actions.conflicts import declare_conflict
from students.actions.imports import import_at_once
from students.enums import ConflictKind
from students.interchange.sources import read_source
from students.models import Student
from triage.actions.agenda import build_agenda
from triage.actions.assessing import bring_up_to_date
from triage.actions.meetings import MeetingPlan, add_attendees, plan_meeting
from triage.actions.priorities import declare_priority
from triage.enums import AgendaOrder
from triage.models import Meeting

YEAR = 2027
CLASS_SIZE, UNMATCHED = 160, 40
PASSWORD = "match-week-demo"  # nosec B105  # printed on the demo's own sign-in page
_FACULTY = faculty_rows()
_CONFIRMED = list(MilestoneKind)[:6]


@dataclass(frozen=True, slots=True)
class SignIn:
    """One way into the demo."""

    role: str
    name: str
    email: str
    roles: tuple[Role, ...]
    password: str = PASSWORD


def _faculty(number: int, *roles: Role) -> SignIn:
    row = _FACULTY[number]
    return SignIn(str(roles[0].label), row["name"], row["email"], roles)


DEAN = SignIn("Dean", "Dean Adaeze Beckett", f"dean@{DOMAIN}", (Role.DEAN,))
OFFICER = SignIn("Match officer", "Dr. Lorcan Halvorsen", f"officer@{DOMAIN}", (Role.MATCH_OFFICER,))
COORDINATOR = SignIn("Coordinator", "Dana Whitlock", f"coordinator@{DOMAIN}", (Role.COORDINATOR,))
MEMBER = _faculty(2, Role.MEETING_MEMBER)
SIGN_INS: Sequence[SignIn] = (
    DEAN,
    COORDINATOR,
    MEMBER,
    _faculty(0, Role.CLERKSHIP_DIRECTOR),
    _faculty(6, Role.CALLER),
    SignIn("Advisor", f"Dr. {ADVISORS[0][0]}", f"{ADVISORS[0][1]}@{DOMAIN}", (Role.ADVISOR,)),
    OFFICER,
    SignIn("Registrar", "Marguerite Oakes", f"registrar@{DOMAIN}", (Role.REGISTRAR,)),
    SignIn("Auditor", "Tobias Lindqvist", f"auditor@{DOMAIN}", (Role.AUDITOR,)),
    SignIn("Student", "Student", "student8@students.school.example", (Role.STUDENT,)),
)


def demo_cycle() -> Cycle | None:
    """Return the demo's cycle when it was loaded before."""
    return Cycle.objects.filter(is_demo=True).first()


def load_demo() -> Cycle:
    """Load the invented school: on its clock it is Monday of Match Week, 10:05 Eastern, and the meeting is prepared."""
    start = eastern(match_week_monday(YEAR), 10, 5)
    cycle = make_cycle(YEAR, by=None)
    cycle.is_demo, cycle.clock_shift = True, start - real_now()
    cycle.save(update_fields=["is_demo", "clock_shift"])
    results_came = Clock(eastern(match_week_monday(YEAR), 9, 31) - real_now())
    with clock.running(results_came):
        _import_class(cycle)
    with clock.running(cycle.clock):
        hashed = make_password(PASSWORD)  # once: hashing is slow on purpose
        people = {each.email: _sign_in(each, hashed) for each in SIGN_INS}
        _confirm_calendar(cycle, people[OFFICER.email])
        bring_up_to_date(cycle)
        _plan_the_meeting(cycle, people)
    return cycle


def _import_class(cycle: Cycle) -> None:
    tables = make_tables(year=YEAR, class_size=CLASS_SIZE, unmatched=UNMATCHED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "invented-class"
        folder.mkdir()
        write_tables(tables, folder)
        import_at_once(cycle, source=read_source(folder), by=None)


def _sign_in(sign_in: SignIn, hashed: str) -> Person:
    person, _ = Person.objects.get_or_create(email=sign_in.email, defaults={"name": sign_in.name})
    person.password = hashed
    person.save(update_fields=["password"])
    for role in sign_in.roles:
        RoleAssignment.objects.get_or_create(person=person, year=YEAR, role=role)
    return person


def _confirm_calendar(cycle: Cycle, officer: Person) -> None:
    for milestone in cycle.milestones.filter(kind__in=_CONFIRMED):
        confirm_milestone(milestone, by=officer)


def _plan_the_meeting(cycle: Cycle, people: dict[str, Person]) -> Meeting:
    dean, member = people[DEAN.email], people[MEMBER.email]
    members = [member, *_further_members()]
    relative = Student.objects.of(cycle).assessed().order_by("aamc_id")[3]
    declare_conflict(
        relative,
        person=member,
        kind=ConflictKind.FAMILY,
        note="",
        declared_on=match_week_monday(YEAR) - timedelta(days=7),
        by=member,
    )
    declare_priority(
        cycle,
        name="Rural primary care",
        reason="The school's charter: graduates for the state's underserved counties",
        owner=dean,
        by=dean,
    )
    planned = eastern(match_week_monday(YEAR), 10, 15)
    plan = MeetingPlan(title="Monday meeting", planned_at=planned, chair=dean, item_minutes=4)
    meeting = plan_meeting(cycle, plan=plan, by=people[COORDINATOR.email])
    attendees = [people[COORDINATOR.email], people[OFFICER.email], *members]
    add_attendees(meeting, people=attendees, by=people[COORDINATOR.email])
    build_agenda(meeting, order=AgendaOrder.TIER, by=people[COORDINATOR.email])
    return meeting


def _further_members() -> list[Person]:
    """Return six more of the faculty, a program director among them, as meeting members without a password."""
    emails = [_FACULTY[number]["email"] for number in (1, 5, 9, 12, 15, 19)]
    members = list(Person.objects.filter(email__in=emails).order_by("email"))
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=each, year=YEAR, role=Role.MEETING_MEMBER) for each in members
    )
    return members
