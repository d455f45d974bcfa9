"""Whom to ask about whom: people who know students of the class and were not asked, without any match status."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count

from accounts.models import Person
from accounts.selectors import User
from matchweek.models import Cycle
from students.enums import ConflictKind, LinkEnd, VouchAnswer
from students.models import ClerkshipEvaluation, Conflict, Student, Vouch, VouchLink, VouchRequest
from students.permissions import can_be_asked
from students.selectors.people_to_ask import KNOWING

Pair = tuple[int, int]  # person, student


@dataclass(frozen=True, slots=True)
class Ask:
    """One person and the students they are asked about, each with how the person knows them."""

    person: Person
    students: tuple[tuple[Student, str], ...]


class Suggestion(NamedTuple):
    """One student a person could be asked about, and how they know each other."""

    student_id: int
    name: str
    why: str


class PersonSuggested(NamedTuple):
    """One person with every student they could be asked about."""

    pk: int
    name: str
    email: str
    department: str
    rests: str
    students: tuple[Suggestion, ...]


class Standing(NamedTuple):
    """What became of the requests so far."""

    waiting: int
    answered: int
    declined: int
    unanswered: int
    misdirected: tuple[str, ...]


def suggestions(user: User, cycle: Cycle, *, student: Student | None = None) -> list[PersonSuggested]:
    """Return everybody who knows somebody of the class and neither vouched for them nor was asked. Six queries.

    Students the asking person may not open are left out, and so is everybody recused from a student.
    """
    students = _students(user, cycle, student)
    known = _known_pairs(students)
    for pair in _settled_pairs(students):
        known.pop(pair, None)
    people = Person.objects.in_bulk({person for person, _ in known})
    by_person: defaultdict[int, list[Suggestion]] = defaultdict(list)
    for (person, pk), why in known.items():
        by_person[person].append(Suggestion(pk, students[pk].name, why))
    rows = [_person_row(people[pk], known_to, cycle) for pk, known_to in by_person.items() if people[pk].is_active]
    return sorted(rows, key=lambda row: (row.name, row.pk))


def _person_row(person: Person, known_to: Sequence[Suggestion], cycle: Cycle) -> PersonSuggested:
    rests = can_be_asked(person, cycle).reason
    return PersonSuggested(person.pk, str(person), person.email, person.department, rests, tuple(known_to))


def _students(user: User, cycle: Cycle, student: Student | None) -> dict[int, Student]:
    rows = Student.objects.visible_to(user, cycle).select_related("advisor")
    if student is not None:
        rows = rows.filter(pk=student.pk)
    found = {each.pk: each for each in rows.order_by("last_name", "first_name", "pk")}
    for each in found.values():
        each.cycle = cycle
    return found


def _known_pairs(students: Mapping[int, Student]) -> dict[Pair, str]:
    """Return who knows whom and how: the latest evaluation first, then research and advice; students in order."""
    ways: defaultdict[int, dict[int, str]] = defaultdict(dict)
    evaluated = ClerkshipEvaluation.objects.standing().filter(student__in=students, evaluator__isnull=False)
    for row in evaluated.order_by("-evaluated_on", "-pk"):
        ways[row.student_id].setdefault(row.evaluator_id, evaluation_words(row))
    related = Conflict.objects.standing().filter(student__in=students, kind__in=KNOWING)
    for row in related.order_by("pk"):
        ways[row.student_id].setdefault(row.person_id, KNOWING[ConflictKind(row.kind)])
    for student in students.values():
        if student.advisor_id:
            ways[student.pk].setdefault(student.advisor_id, "advises the student")
    return {(person, pk): why for pk in students for person, why in ways[pk].items()}


def evaluation_words(evaluation: ClerkshipEvaluation) -> str:
    """Write where and when somebody saw a student at work: never the grade."""
    month = f", {evaluation.evaluated_on:%B %Y}" if evaluation.evaluated_on else ""
    return f"{evaluation.clerkship}{month}"


def _settled_pairs(students: Mapping[int, Student]) -> Iterable[Pair]:
    """Yield the pairs in which nothing is to be asked: vouched, asked before, or recused."""
    yield from Vouch.objects.standing().filter(student__in=students).values_list("faculty_id", "student_id")
    yield from VouchRequest.objects.filter(student__in=students).values_list("faculty_id", "student_id")
    yield from Conflict.objects.recusing().filter(student__in=students).values_list("person_id", "student_id")


def chosen_asks(rows: Iterable[PersonSuggested], *, people: set[int], pairs: set[Pair], cycle: Cycle) -> list[Ask]:
    """Return what was chosen of the suggestions: everything of a chosen person, else the chosen pairs."""
    chosen = {
        row.pk: [each for each in row.students if row.pk in people or (row.pk, each.student_id) in pairs]
        for row in rows
    }
    persons = Person.objects.in_bulk([pk for pk, wanted in chosen.items() if wanted])
    wanted_ids = [each.student_id for wanted in chosen.values() for each in wanted]
    students = Student.objects.of(cycle).in_bulk(wanted_ids)
    for student in students.values():
        student.cycle = cycle
    return [
        Ask(persons[pk], tuple((students[each.student_id], each.why) for each in wanted))
        for pk, wanted in chosen.items()
        if wanted
    ]


def is_alike(rows: Iterable[PersonSuggested], asks: Iterable[Ask]) -> bool:
    """Tell whether everybody chosen is asked about all they know: then a mail tells nothing of any one student."""
    every = {row.pk: {each.student_id for each in row.students} for row in rows}
    return all({student.pk for student, _ in ask.students} == every.get(ask.person.pk) for ask in asks)


def standing_of_requests(user: User, cycle: Cycle) -> Standing:
    """Count what became of the requests about students this person may open, and name whose link went astray."""
    visible = Student.objects.visible_to(user, cycle)
    counted = VouchRequest.objects.standing().filter(student__in=visible).values_list("status")
    counts: dict[str, int] = dict(counted.order_by("status").annotate(number=Count("pk")))
    astray = VouchLink.objects.filter(cycle=cycle, ended_why=LinkEnd.WRONG_PERSON).select_related("person")
    return Standing(
        waiting=counts.get(VouchAnswer.ASKED, 0),
        answered=counts.get(VouchAnswer.ANSWERED, 0),
        declined=counts.get(VouchAnswer.DECLINED, 0),
        unanswered=counts.get(VouchAnswer.UNANSWERED, 0),
        misdirected=tuple(sorted({str(each.person) for each in astray})),
    )
