"""Histories in words: who changed what and when, field by field, before and after."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Model
from django.urls import reverse

from accounts.models import Person
from core import audit
from core.clock import EASTERN
from matchweek.models import Cycle
from matchweek.specialties import specialty_name
from students.models import Student
from students.models.kinds import EVIDENCE_KINDS
from students.permissions import Section

_TECHNICAL = frozenset(
    {"id", "student", "cycle", "batch", "evidence_number", "entered_by", "entered_at", "person_id", "lifted_by"}
    | {"withdrawn_by", "settled_by"}
)
_SPECIALTIES = ("backup_specialties", "prior_specialties")
_RESULT: frozenset[str] = frozenset({"match_status", "soap_eligibility"})
_CIRCUMSTANCES: frozenset[str] = frozenset({"geography", "couples", "constraints", "visa"})
_DONE = {"insert": "Entered", "update": "Changed", "delete": "Deleted"}


class HistoryRow(NamedTuple):
    """One change: by whom, when, and each field's (name, before, after) in words."""

    at: datetime
    who: str
    what: str
    changes: tuple[tuple[str, str, str], ...]


class WithdrawnRow(NamedTuple):
    """A piece that was withdrawn: it can be restored from its history."""

    words: str
    reason: str
    at: datetime
    url: str


def hidden_fields(obj: Model, sections: Collection[Section]) -> frozenset[str]:
    """Return the fields whose history is closed although the rest is open."""
    if isinstance(obj, Student):
        closed = frozenset() if Section.RESULT in sections else _RESULT
        return closed if Section.CIRCUMSTANCES in sections else closed | _CIRCUMSTANCES
    if Section.SET_ASIDE not in sections:
        return frozenset({"note", "lifted_reason"}) if obj._meta.model_name == "conflict" else frozenset()
    return frozenset()


def history_rows(obj: Model, *, hidden: Collection[str] = ()) -> list[HistoryRow]:
    """Return the history of a row, newest first: two queries, however long it is."""
    changes = audit.history(obj)
    people = _people(obj, changes)
    rows = []
    for change in changes:
        fields = tuple(_field_changes(obj, change, people, hidden))
        if fields:
            who = people.get(change.actor_id or 0, "an import" if change.actor_id is None else "somebody")
            rows.append(HistoryRow(change.at, who, _done(change), fields))
    return rows


def _done(change: audit.Change) -> str:
    if "withdrawn_at" in change.after and change.op == "update":
        return "Withdrawn" if change.after["withdrawn_at"] else "Restored"
    return _DONE.get(change.op, change.op)


def _people(obj: Model, changes: Iterable[audit.Change]) -> dict[int, str]:
    references = {field.name for field in obj._meta.concrete_fields if field.related_model is Person}
    wanted = {change.actor_id for change in changes}
    for change in changes:
        wanted |= {values.get(name) for values in (change.before, change.after) for name in references}
    found = Person.objects.filter(pk__in={pk for pk in wanted if pk})
    return {each.pk: str(each) for each in found}


def _field_changes(
    obj: Model, change: audit.Change, people: dict[int, str], hidden: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    for field in obj._meta.concrete_fields:
        if field.name in _TECHNICAL or field.name in hidden:
            continue
        before, after = change.before.get(field.name), change.after.get(field.name)
        if before == after or (not change.before and after in (None, "", [])):
            continue
        label = str(field.verbose_name)
        yield label[:1].upper() + label[1:], _words(field, before, people), _words(field, after, people)


def _words(field: Any, value: Any, people: dict[int, str]) -> str:
    if value in (None, "", []):
        return ""
    if field.related_model is Person:
        return people.get(value, f"person {value}")
    if field.name == "applied_specialty" or field.name in _SPECIALTIES:
        return ", ".join(specialty_name(code) for code in ([value] if isinstance(value, str) else value))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _plain_words(value)


def _plain_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        local = value.astimezone(EASTERN)
        return f"{local.day} {local:%b %Y} {local.hour}:{local:%M}"
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def withdrawn_rows(student: Student, cycle: Cycle) -> list[WithdrawnRow]:
    """Return a student's withdrawn evidence, newest first: one query per kind."""
    found = []
    for kind in EVIDENCE_KINDS.values():
        rows: Any = kind.model.objects.filter(student=student, withdrawn_at__isnull=False)
        for each in rows:
            url = reverse("students:evidence-history", args=[cycle.slug, student.pk, kind.code, each.pk])
            found.append(
                WithdrawnRow(f"{kind.words.capitalize()}: {each}", each.withdrawn_reason, each.withdrawn_at, url)
            )
    return sorted(found, key=lambda row: row.at, reverse=True)
