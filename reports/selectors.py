"""Reads of the trail: what one person may see of it, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.db.models import Q, QuerySet

from accounts.enums import AuditKind as PeopleKind
from accounts.models import Person
from accounts.selectors import User
from core.enums import AuditKind as MailKind
from core.models import Event
from matchweek.enums import AuditKind as CycleKind
from matchweek.models import Cycle
from matchweek.permissions import can_see_results
from matchweek.selectors import results_known_from
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
    ("Mail", MailKind.choices),
    ("Trail", ReportKind.choices),
)
# Facts that hold ids of people.
_PERSON_FACTS = ("person", "persons", "owner", "chair", "other", "faculty")
_SAME_CLOCK = timedelta(minutes=1)
KIND_WORDS = {value: label for _, choices in KIND_GROUPS for value, label in choices}


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One event as a person reads it."""

    seq: int
    at: datetime
    clock_at: datetime | None
    who: str
    what: str
    student: str
    student_id: int | None
    subject: str
    facts: str
    hash: str


def events_visible_to(user: User, cycle: Cycle) -> QuerySet[Event]:
    """Return the events of a cycle the person may read, newest first.

    Events about students they are recused from are left out of rows, counts and exports. Under the embargo people
    outside the named attendees get nothing of the triage, nor of what happened to any record since results were
    known: whose dossier was opened for the meeting, and to whom, would reveal them.
    """
    recused = Conflict.objects.recusing().filter(person_id=user.pk).values("student_id")
    events: QuerySet[Event] = Event.objects.filter(Q(cycle_id=cycle.pk) | Q(cycle_id__isnull=True)).exclude(
        Q(student_id__isnull=False) & Q(student_id__in=recused)
    )
    if not can_see_results(user, cycle):
        events = events.exclude(kind__in=TriageKind.values).exclude(kind=CycleKind.RESULTS_LOADED)
        about_records = Q(student_id__isnull=False) | Q(kind__in=EvidenceKind.values)
        events = events.exclude(about_records, clock_at__gte=results_known_from(cycle))
    return events.order_by("-seq")


def trail_rows(events: Iterable[Event]) -> list[TrailRow]:
    """Put events into words: two queries for the names, whatever their number."""
    listed = list(events)
    people = dict(_names(Person, {each.actor_id for each in listed} | _people_in(listed)))
    students = dict(_names(Student, {each.student_id for each in listed}))
    return [
        TrailRow(
            seq=each.seq,
            at=each.at,
            clock_at=each.clock_at if abs(each.clock_at - each.at) > _SAME_CLOCK else None,
            who=people.get(each.actor_id or 0, "the system"),
            what=KIND_WORDS.get(each.kind, each.kind),
            student=students.get(each.student_id or 0, ""),
            student_id=each.student_id,
            subject=_subject_words(each),
            facts=_fact_words(each.payload or {}, people),
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


def _people_in(events: Iterable[Event]) -> set[int | None]:
    """Return the people that events name in their facts."""
    facts = [(event.payload or {}).get(name) for event in events for name in _PERSON_FACTS]
    return {each for fact in facts for each in (fact if isinstance(fact, list) else [fact]) if isinstance(each, int)}


def _fact_words(payload: dict[str, object], people: dict[int, str]) -> str:
    return "; ".join(
        f"{name.replace('_', ' ')}: {_value_words(name, value, people)}" for name, value in payload.items()
    )


def _value_words(name: str, value: object, people: dict[int, str]) -> str:
    if name == "purpose" and value in Purpose.values:
        return str(Purpose(str(value)).label)
    if name in _PERSON_FACTS:
        ids: list[int] = [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, int)]
        return ", ".join(people.get(each, f"person {each}") for each in ids) or "nobody"
    if isinstance(value, dict):
        return ", ".join(f"{key} {each}" for key, each in value.items()) or "nothing"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "none"
    return "none" if value is None else str(value).replace("_", " ")
