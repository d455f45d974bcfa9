"""What the list of meetings and the page that prepares one need, complete."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import Person
from accounts.roles import ABILITIES, Ability
from accounts.selectors import User
from core.clock import now
from core.templatetags.components import eastern
from matchweek.models import Cycle
from matchweek.permissions import can_see_results
from students.enums import ConflictKind
from students.models import Conflict, Student
from students.permissions import directs_program
from triage.enums import ItemStatus
from triage.models import Attendance, Decision, InstitutionalPriority, Meeting
from triage.selectors.agenda import Agenda, AgendaRow, read_agenda


def load_meeting(user: User, cycle: Cycle, pk: int) -> Meeting:
    """Return a meeting the person may know of, with its people; raise 404 otherwise."""
    rows = Meeting.objects.visible_to(user, cycle).select_related("chair", "acting_chair")
    meeting = get_object_or_404(rows, pk=pk)
    meeting.cycle = cycle
    return meeting


def people_with(ability: Ability, cycle: Cycle) -> QuerySet[Person]:
    """Return the active people whose roles of the year carry the ability."""
    roles = [role for role, abilities in ABILITIES.items() if ability in abilities]
    return (
        Person.objects.filter(is_active=True, role_assignments__year=cycle.year, role_assignments__role__in=roles)
        .distinct()
        .order_by("name", "email", "pk")
    )


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting of the list."""

    meeting: Meeting
    items: int | None
    people: int
    joins_words: str


def meeting_rows(user: User, cycle: Cycle) -> list[MeetingRow]:
    """Return the meetings the person may know of, the latest first.

    Under the embargo the number of items would say how many are unmatched: it is kept from those who join later.
    """
    knows = bool(can_see_results(user, cycle))
    listed = Q(items__removed_at__isnull=True, items__isnull=False)
    present = Q(attendances__removed_at__isnull=True, attendances__isnull=False)
    found: Iterable[Any] = (
        Meeting.objects.visible_to(user, cycle)
        .select_related("chair")
        .annotate(
            item_count=Count("items", filter=listed, distinct=True),
            people_count=Count("attendances", filter=present, distinct=True),
        )
        .order_by("-planned_at", "-pk")
    )
    mine = dict(
        Attendance.objects.present().filter(person_id=user.pk, meeting__cycle=cycle).values_list("meeting", "joins_at")
    )
    moment = now()
    return [
        MeetingRow(
            each,
            each.item_count if knows or mine.get(each.pk, moment) < moment else None,
            each.people_count,
            f"You join on {eastern(mine[each.pk])}" if each.pk in mine and mine[each.pk] > moment else "",
        )
        for each in found
    ]


@dataclass(frozen=True, slots=True)
class AttendeeRow:
    """One attendee: when and why then they join, and the items closed to them."""

    attendance: Attendance
    name: str
    position: str
    is_concerned: bool
    joins_later: bool
    joins_words: str
    closed_items: str
    is_chair: bool
    is_acting: bool


@dataclass(frozen=True, slots=True)
class Preparation:
    """All of the page that prepares a meeting."""

    meeting: Meeting
    agenda: Agenda
    rows: tuple[AgendaRow, ...]
    attendees: list[AttendeeRow]
    leaderless: tuple[AgendaRow, ...]
    priorities: list[InstitutionalPriority]
    candidates: QuerySet[Person]
    addable: QuerySet[Student]


def prepare(meeting: Meeting, user: User) -> Preparation:
    """Return what the dean's office prepares: people, their recusals, agenda and priorities."""
    agenda = read_agenda(meeting, user)
    present = meeting.attendances.present().select_related("person").order_by("person__name", "pk")
    return Preparation(
        meeting=meeting,
        agenda=agenda,
        rows=agenda.rows,
        attendees=_attendees(meeting, list(present), agenda),
        leaderless=agenda.leaderless(meeting),
        priorities=standing_priorities(meeting.cycle),
        candidates=people_with(Ability.ATTEND_MEETING, meeting.cycle).exclude(
            pk__in=meeting.attendances.present().values("person_id")
        ),
        addable=addable_students(meeting, user),
    )


def standing_priorities(cycle: Cycle) -> list[InstitutionalPriority]:
    """Return the priorities that were declared and have not ended."""
    return list(cycle.priorities.filter(ended_at__isnull=True).select_related("owner").order_by("declared_at", "pk"))


def citable_priorities(meeting: Meeting) -> QuerySet[InstitutionalPriority]:
    """Return the priorities a decision of this meeting may cite: declared before it started, not ended."""
    rows = InstitutionalPriority.objects.filter(cycle_id=meeting.cycle_id, ended_at__isnull=True)
    if meeting.started_at is None:
        return rows.none()
    return rows.filter(declared_at__lt=meeting.started_at).select_related("owner").order_by("declared_at", "pk")


def addable_students(meeting: Meeting, user: User) -> QuerySet[Student]:
    """Return whom the person could add by hand: assessed, undecided, not listed, and not closed to the person."""
    rows: QuerySet[Student] = Student.objects.visible_to(user, meeting.cycle).assessed()
    return (
        rows.exclude(pk__in=meeting.items.listed().values("student_id"))
        .exclude(pk__in=Decision.objects.in_force().values("student_id"))
        .order_by("last_name", "first_name", "pk")
    )


def _attendees(meeting: Meeting, present: list[Attendance], agenda: Agenda) -> list[AttendeeRow]:
    in_soap = set(
        Conflict.objects.recusing()
        .filter(
            kind=ConflictKind.SOAP_PROGRAM,
            student__cycle=meeting.cycle,
            person__in=[each.person_id for each in present],
        )
        .values_list("person_id", flat=True)
    )
    closed = _closed_items(agenda)
    moment = now()
    return [
        AttendeeRow(
            attendance=each,
            name=str(each.person),
            position=each.person.position.replace("_", " "),
            is_concerned=each.joins_at > moment or directs_program(each.person) or each.person_id in in_soap,
            joins_later=each.joins_at > moment,
            joins_words=_joins_words(each, each.joins_at > moment, each.person_id in in_soap),
            closed_items="; ".join(closed.get(each.person_id, [])),
            is_chair=each.person_id == meeting.chair_id,
            is_acting=each.person_id == meeting.acting_chair_id,
        )
        for each in present
    ]


def _joins_words(attendance: Attendance, joins_later: bool, is_in_soap: bool) -> str:
    concerned = directs_program(attendance.person) or is_in_soap
    if joins_later:
        why = ": their program may be in SOAP" if concerned else ""
        return f"Joins {eastern(attendance.joins_at)}{why}"
    return "Joins from the start, though their program may be in SOAP" if concerned else "Joins from the start"


def _closed_items(agenda: Agenda) -> dict[int, list[str]]:
    """Return by person the items closed to them; a reader who is recused as well reads the number only."""
    closed: dict[int, list[str]] = {}
    for row in agenda.rows:
        for person_id, conflict in agenda.recusals.get(agenda.items[row.pk].student_id, {}).items():
            words = row.label if row.is_recused else f"{row.label} ({conflict.get_kind_display()})"
            closed.setdefault(person_id, []).append(words)
    return closed


def undecided(rows: Iterable[AgendaRow], agenda: Agenda) -> list[str]:
    """Return, in words, every item without a decision in force, those closed to the reader by number."""
    return [
        row.label if row.is_recused else f"{row.label}: {row.status_words}"
        for row in rows
        if agenda.items[row.pk].status != ItemStatus.DECIDED
    ]
