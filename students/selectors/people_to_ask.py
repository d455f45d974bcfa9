"""Who could still be asked for a vouch: people who know the student and neither vouched nor were asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from accounts.models import Person
from students.enums import ConflictKind
from students.models import ClerkshipEvaluation, Conflict, Student, Vouch, VouchRequest


class PersonToAsk(NamedTuple):
    """A person and how they know the student."""

    pk: int
    name: str
    email: str
    why: str


KNOWING = {
    ConflictKind.EVALUATED: "evaluated the student",
    ConflictKind.RESEARCH: "supervised research",
    ConflictKind.ADVISED: "advises the student",
}


def people_to_ask(
    student: Student,
    *,
    evaluations: Iterable[ClerkshipEvaluation],
    conflicts: Sequence[Conflict],
    vouches: Iterable[Vouch],
    requests: Iterable[VouchRequest],
) -> tuple[PersonToAsk, ...]:
    """Suggest evaluators first, then research supervisors and advisors, each once. No query: from loaded rows."""
    left_out = {each.faculty_id for each in vouches} | {each.faculty_id for each in requests}
    left_out |= {each.person_id for each in conflicts if each.is_recusal}
    found: dict[int, PersonToAsk] = {}
    for person, why in _who_knows(student, evaluations, conflicts):
        if person.pk not in left_out:
            found.setdefault(person.pk, PersonToAsk(person.pk, str(person), person.email, why))
    return tuple(found.values())


def _who_knows(
    student: Student, evaluations: Iterable[ClerkshipEvaluation], conflicts: Iterable[Conflict]
) -> Iterable[tuple[Person, str]]:
    for evaluation in evaluations:
        if evaluation.evaluator is not None:
            yield evaluation.evaluator, f"evaluated {evaluation.clerkship}, {evaluation.get_grade_display()}"
    for conflict in conflicts:
        if conflict.kind in KNOWING:
            yield conflict.person, KNOWING[ConflictKind(conflict.kind)]
    if student.advisor is not None:
        yield student.advisor, "advises the student"
