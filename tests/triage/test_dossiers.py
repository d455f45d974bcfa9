"""Evidence becomes dossiers in bulk: standing rows only, nothing protected or private, in nine queries."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from core.clock import EASTERN
from matchweek.models import UnfilledCount
from students.enums import ConflictKind
from tests.factories import (
    AcademicEventFactory,
    AdvisingNoteFactory,
    ClerkshipEvaluationFactory,
    ConcernFactory,
    ConflictFactory,
    CycleFactory,
    ExamAttemptFactory,
    PersonFactory,
    StudentFactory,
    VouchFactory,
    VouchRequestFactory,
)
from triage.dossiers import load_dossiers, load_market
from triage.policy import evidence

pytestmark = pytest.mark.django_db


def full_student():
    student = StudentFactory(cycle=CycleFactory(), backup_specialties=["120"], position_types=["categorical"])
    for factory in (
        ExamAttemptFactory,
        ClerkshipEvaluationFactory,
        AcademicEventFactory,
        ConcernFactory,
        VouchFactory,
        VouchRequestFactory,
        AdvisingNoteFactory,
    ):
        factory(student=student)
    return student


def test_full_dossier():
    student = StudentFactory(
        cycle=CycleFactory(),
        applied_specialty_id="080",
        backup_specialties=["120"],
        prior_specialties=["480"],
        specialty_change_reason=" ",
        position_types=["categorical", "preliminary"],
        visa="J-1",
        evidence_number=7,
    )
    exam = ExamAttemptFactory(student=student, exam="step_2_ck", taken_on=date(2026, 7, 1), score=245)
    vouch = VouchFactory(student=student, willing_to_advocate=True)
    request = VouchRequestFactory(student=student, faculty=vouch.faculty, status="answered")
    concern = ConcernFactory(student=student, severity="moderate", record_reference="PR-9")
    ConflictFactory(student=student, person=vouch.faculty, kind=ConflictKind.TREATED)

    read = load_dossiers([student.pk])[student.pk]

    assert read.evidence_number == 7
    assert read.dossier == evidence.Dossier(
        match_status="unmatched",
        applied="080",
        backups=("120",),
        prior_specialties=("480",),
        has_change_reason=False,
        position_types=("categorical", "preliminary"),
        exams=(evidence.ExamAttempt("step_2_ck", date(2026, 7, 1), True, 245, f"exam:{exam.pk}"),),
        concerns=(
            evidence.Concern(
                "timeliness",
                "moderate",
                "open",
                date(2026, 5, 1),
                True,
                "PR-9",
                date(2026, 6, 1),
                None,
                f"concern:{concern.pk}",
            ),
        ),
        vouches=(evidence.Vouch(str(vouch.faculty_id), "strong", 4, True, f"vouch:{vouch.pk}"),),
        requests=(evidence.VouchRequest(str(vouch.faculty_id), "answered", f"request:{request.pk}"),),
        recused=frozenset({str(vouch.faculty_id)}),
    )


@pytest.mark.parametrize("count", [1, 3])
def test_nine_queries_however_many(count, django_assert_num_queries):
    pks = [full_student().pk for _ in range(count)]

    with django_assert_num_queries(9):
        assert len(load_dossiers(pks)) == count


@pytest.mark.parametrize("kind", [ConflictKind.SOAP_PROGRAM, ConflictKind.PROMOTIONS_COMMITTEE, ConflictKind.EVALUATED])
def test_only_the_recusals_that_bar_a_vouch(kind):
    conflict = ConflictFactory(student=StudentFactory(cycle=CycleFactory()), kind=kind)

    assert load_dossiers([conflict.student_id])[conflict.student_id].dossier.recused == frozenset()


def test_lifted_recusal_lets_the_vouch_count():
    conflict = ConflictFactory(student=StudentFactory(cycle=CycleFactory()))
    type(conflict).objects.filter(pk=conflict.pk).update(
        lifted_at=datetime(2027, 3, 1, tzinfo=EASTERN), lifted_by=PersonFactory(), lifted_reason="Not related"
    )

    assert load_dossiers([conflict.student_id])[conflict.student_id].dossier.recused == frozenset()


def test_market_without_a_list():
    market = load_market(CycleFactory())

    assert market.unfilled is None
    assert market.groups["080"] == "closed"
    assert market.names["120"] == "Family Medicine"
    assert market.school_report == date(2027, 3, 15)


def test_market_with_a_list():
    cycle = CycleFactory()
    UnfilledCount.objects.create(cycle=cycle, specialty_id="120", position_type="categorical", positions=12)

    assert load_market(cycle).unfilled == {("120", "categorical"): 12}
