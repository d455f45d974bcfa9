"""`manage.py assess`: what scripts may rely on, from rows in the database to JSON on standard output."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from students.enums import ConflictKind, MatchStatus, Strength
from students.models import Student
from tests.factories import (
    AcademicEventFactory,
    AdvisingNoteFactory,
    ClerkshipEvaluationFactory,
    ConcernFactory,
    ConflictFactory,
    CycleFactory,
    ExamAttemptFactory,
    HearsayFactory,
    StudentFactory,
    VouchFactory,
    VouchRequestFactory,
)

pytestmark = pytest.mark.django_db

KEYS = [
    "aamc_id",
    "recommended_tier",
    "reasons",
    "points",
    "strands",
    "set_aside",
    "missing",
    "flips",
    "policy_version",
    "policy_digest",
    "evidence_digest",
]


def assess(*options: str) -> Any:
    out = StringIO()
    call_command("assess", "--cycle", "2027", "--json", *options, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def student(**facts: Any) -> Student:
    return StudentFactory(cycle=CycleFactory(), **facts)


def known(**facts: Any) -> Student:
    found = student(**facts)
    VouchFactory(student=found, strength=Strength.WOULD_TAKE, weeks_observed=6)
    return found


def test_exactly_the_promised_keys_in_order_of_aamc_id():
    student(aamc_id="91000002")
    HearsayFactory(student=known(aamc_id="91000001"))

    found = assess()

    assert [each["aamc_id"] for each in found] == ["91000001", "91000002"]
    assert [list(each) for each in found] == [KEYS, KEYS]
    assert list(found[0]["strands"]) == [
        "known",
        "academic",
        "professionalism",
        "trajectory",
        "advice",
        "placeable",
    ]
    assert {frozenset(flip) for each in found for flip in each["flips"]} == {frozenset({"change", "to_tier"})}
    assert found[0]["set_aside"][0]["why"] == ["not_first_hand", "not_documented", "student_not_told"]
    assert (found[0]["policy_version"], len(found[0]["policy_digest"])) == (1, 64)


def test_twice_gives_the_same_answer():
    ConcernFactory(student=known(), severity="moderate")

    assert assess() == assess()


def test_who_matched_withdrew_or_is_not_known_is_left_out():
    for status in (MatchStatus.MATCHED, MatchStatus.WITHDRAWN, MatchStatus.UNKNOWN):
        student(match_status=status)

    assert assess() == []


def test_unknown_cycle_is_unusable():
    with pytest.raises(CommandError) as refused:
        call_command("assess", "--cycle", "2031", stdout=StringIO(), stderr=StringIO())

    assert refused.value.returncode == 2


def test_table_for_people():
    known(aamc_id="91000001")
    out = StringIO()

    call_command("assess", "--cycle", "2027", stdout=out, stderr=StringIO())

    assert out.getvalue().splitlines()[1].split() == ["91000001", "1", "3", "Known:", "strong"]


def generic_praise(one: Student) -> None:
    VouchFactory(student=one, strength=Strength.SUPPORTIVE)


def one_voice_twice(one: Student) -> None:
    first = VouchFactory(student=one)
    VouchFactory(student=one, faculty=first.faculty)


def asked_in_vain(one: Student) -> None:
    VouchRequestFactory(student=one)


def family_vouches(one: Student) -> None:
    vouch = VouchFactory(student=one, strength=Strength.WOULD_TAKE)
    ConflictFactory(student=one, person=vouch.faculty, kind=ConflictKind.FAMILY)


def a_week_only(one: Student) -> None:
    VouchFactory(student=one, strength=Strength.WOULD_TAKE, weeks_observed=1)


@pytest.mark.parametrize(
    ("evidence", "main_reason"),
    [
        (lambda one: None, "known_unasked"),
        (asked_in_vain, "known_unanswered"),
        (generic_praise, "known_weak"),
        (one_voice_twice, "known_weak"),
        (family_vouches, "known_weak"),
        (a_week_only, "known_weak"),
    ],
)
def test_who_can_vouch(evidence: Callable[[Student], None], main_reason: str):
    evidence(student())

    [found] = assess()
    assert (found["recommended_tier"], found["reasons"][0]) == (2, main_reason)


def fails(one: Student, times: int) -> None:
    for day in range(1, times + 1):
        ExamAttemptFactory(student=one, taken_on=date(2024, 1, day), result="fail")
    ExamAttemptFactory(student=one, taken_on=date(2024, 2, 1))


@pytest.mark.parametrize(
    ("evidence", "tier", "reason"),
    [
        (lambda one: fails(one, 1), 1, "academic_stumble"),
        (lambda one: fails(one, 2), 3, "academic_pattern"),
        (lambda one: ClerkshipEvaluationFactory(student=one, grade="fail"), 1, "academic_stumble"),
        (lambda one: AcademicEventFactory(student=one, kind="dismissal_hearing"), 2, "academic_concern"),
        (lambda one: AcademicEventFactory(student=one, kind="leave"), 1, "known_strong"),
        (lambda one: ExamAttemptFactory(student=one, result="fail"), 2, "academic_concern"),
        (lambda one: ConcernFactory(student=one, severity="moderate"), 2, "professionalism_concern"),
        (lambda one: ConcernFactory(student=one, severity="major"), 3, "professionalism_pattern"),
        (lambda one: HearsayFactory(student=one, severity="major"), 1, "known_strong"),
        (lambda one: ConcernFactory(student=one, severity="major", status="dismissed"), 1, "known_strong"),
        (
            lambda one: ConcernFactory(student=one, severity="major", student_told_on=date(2027, 3, 12)),
            1,
            "known_strong",
        ),
    ],
)
def test_what_would_have_to_be_explained(evidence: Callable[[Student], None], tier: int, reason: str):
    evidence(known())

    [found] = assess()
    assert found["recommended_tier"] == tier
    assert reason in found["reasons"]


@pytest.mark.parametrize(
    ("facts", "tier", "reason"),
    [
        ({"prior_specialties": ["480"]}, 1, "trajectory_stumble"),
        ({"prior_specialties": ["480", "080"]}, 2, "trajectory_concern"),
        ({"prior_specialties": ["480", "080"], "specialty_change_reason": "A parent fell ill"}, 1, "known_strong"),
        ({"applied_specialty_id": "080"}, 2, "placeable_unlikely"),
        ({"applied_specialty_id": "080", "backup_specialties": ["120"]}, 1, "known_strong"),
        ({"applied_specialty_id": "080", "position_types": ["preliminary"]}, 1, "known_strong"),
        ({"applied_specialty_id": None}, 2, "placeable_unlikely"),
        ({"visa": "J-1", "couples": "with a classmate", "geography": ["OH"]}, 1, "known_strong"),
    ],
)
def test_course_and_place(facts: dict[str, Any], tier: int, reason: str):
    known(**facts)

    [found] = assess()
    assert found["recommended_tier"] == tier
    assert reason in found["reasons"]


def test_refused_advice_counts_while_the_specialty_is_closed():
    one = known(applied_specialty_id="080", backup_specialties=["120"])
    AdvisingNoteFactory.create_batch(2, student=one, followed="no")

    [found] = assess()
    assert (found["recommended_tier"], found["reasons"][0]) == (2, "advice_concern")
