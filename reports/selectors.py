"""Reads of the trail: what one person may see of it, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db.models import Q, QuerySet

from accounts.enums import AuditKind as PeopleKind
from accounts.models import Person
from accounts.selectors import User
from core.models import Event
from matchweek.enums import AuditKind as CycleKind
from matchweek.models import Cycle
from matchweek.permissions import can_see_results
from reports.enums import AuditKind as ReportKind
from students.enums import AuditKind as EvidenceKind
from students.enums import Purpose
from students.models import Conflict, Student
from triage.enums import AuditKind as TriageKind

KIND_GROUPS: Sequence[tuple[str, Iterable[tuple[str, str]]]] = (
    ("Evidence", EvidenceKind.choices),
    ("Triage", TriageKind.choices),
    ("Cycle", CycleKind.choices),
    ("People", PeopleKind.choices),
    ("Trail", ReportKind.choices),
)
KIND_WORDS = {value: label for _, choices in KIND_GROUPS for value, label in choices}


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One event as a person reads it."""

    seq: int
    at: datetime
    who: str
    what: str
    student: str
    student_id: int | None
    subject: str
    facts: str
    hash: str


def events_visible_to(user: User, cycle: Cycle) -> QuerySet[Event]:
    """Return the events of a cycle the person may read, newest first.

    Events about students they are recused from are left out of rows, counts and exports. Under the embargo
    people outside the named attendees get nothing of the triage, which would reveal results.
    """
    recused = Conflict.objects.recusing().filter(person_id=user.pk).values("student_id")
    events: QuerySet[Event] = Event.objects.filter(Q(cycle_id=cycle.pk) | Q(cycle_id__isnull=True)).exclude(
        Q(student_id__isnull=False) & Q(student_id__in=recused)
    )
    if not can_see_results(user, cycle):
        events = events.exclude(kind__in=TriageKind.values).exclude(kind=CycleKind.RESULTS_LOADED)
    return events.order_by("-seq")


def trail_rows(events: Iterable[Event]) -> list[TrailRow]:
    """Put events into words: two queries for the names, whatever their number."""
    listed = list(events)
    people = dict(_names(Person, {each.actor_id for each in listed}))
    students = dict(_names(Student, {each.student_id for each in listed}))
    return [
        TrailRow(
            seq=each.seq,
            at=each.at,
            who=people.get(each.actor_id or 0, "the system"),
            what=KIND_WORDS.get(each.kind, each.kind),
            student=students.get(each.student_id or 0, ""),
            student_id=each.student_id,
            subject=_subject_words(each),
            facts=_fact_words(each.payload or {}),
            hash=each.hash,
        )
        for each in listed
    ]


def _names(model: type[Person] | type[Student], ids: Iterable[int | None]) -> Iterator[tuple[int, str]]:
    for row in model._default_manager.filter(pk__in=[each for each in ids if each is not None]):
        yield row.pk, str(row)


def _subject_words(event: Event) -> str:
    if not event.subject_type:
        return ""
    name = str(apps.get_model(event.subject_type)._meta.verbose_name)
    return f"{name} {event.subject_id}"


def _fact_words(payload: dict[str, object]) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {_value_words(name, value)}" for name, value in payload.items())


def _value_words(name: str, value: object) -> str:
    if name == "purpose" and value in Purpose.values:
        return str(Purpose(str(value)).label)
    if isinstance(value, dict):
        return ", ".join(f"{key} {each}" for key, each in value.items()) or "nothing"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "none"
    return "none" if value is None else str(value).replace("_", " ")
