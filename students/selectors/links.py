"""What a personal link opens: its person, the students they were asked about, and nothing else of anybody."""

from __future__ import annotations

from typing import NamedTuple

from matchweek.models import Cycle
from students.actions.asking import hash_of
from students.enums import VouchAnswer
from students.models import ClerkshipEvaluation, Student, VouchLink, VouchRequest
from students.selectors.asking import evaluation_words


class AskedRow(NamedTuple):
    """A student the link's person was asked about, and whether they answered. Never what they said."""

    student_id: int
    name: str
    where: str
    answer: str
    is_waiting: bool


def find_link(token: str, cycle: Cycle) -> VouchLink | None:
    """Return the link of a token, ended or not."""
    found = VouchLink.objects.select_related("person").filter(token_hash=hash_of(token), cycle=cycle).first()
    if found is not None:
        found.cycle = cycle
    return found


def asked_rows(link: VouchLink) -> list[AskedRow]:
    """Return whom the link's person was asked about, those that wait first. Two queries."""
    requests = _requests(link).order_by("student__last_name", "student__first_name", "pk")
    where = _where(link)
    rows = [
        AskedRow(
            each.student_id,
            each.student.name,
            where.get(each.student_id, ""),
            "" if each.status == VouchAnswer.UNANSWERED else each.get_status_display(),
            each.status in (VouchAnswer.ASKED, VouchAnswer.UNANSWERED),
        )
        for each in requests.select_related("student")
    ]
    return sorted(rows, key=lambda row: not row.is_waiting)


def asked_of(link: VouchLink, student_id: int) -> VouchRequest | None:
    """Return the request about one student, or None when this person was not asked about them."""
    asked: VouchRequest | None = _requests(link).select_related("student").filter(student_id=student_id).first()
    if asked is not None:
        asked.student.cycle = link.cycle
    return asked


def where_seen(link: VouchLink, student: Student) -> str:
    """Return where and when the link's person evaluated the student, when it is known."""
    return _where(link).get(student.pk, "")


def _requests(link: VouchLink):  # type: ignore[no-untyped-def]  # a queryset of any record, as RecordQuerySet is
    students = Student.objects.of(link.cycle).not_recused(link.person)
    return VouchRequest.objects.standing().filter(faculty_id=link.person_id, student__in=students)


def _where(link: VouchLink) -> dict[int, str]:
    seen = ClerkshipEvaluation.objects.standing().filter(
        evaluator_id=link.person_id, student__vouchrequests__faculty_id=link.person_id, student__cycle=link.cycle
    )
    return {each.student_id: evaluation_words(each) for each in seen.order_by("evaluated_on", "pk")}
