"""A student's page: who may open it, what each reader sees of the assessment, and that every opening is recorded."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.enums import Role
from accounts.models import Person
from core.clock import EASTERN
from core.models import Event
from students.actions.evidence import raise_evidence_numbers
from students.enums import MatchStatus, Purpose, Strength
from students.models import Student
from tests.factories import (
    AccessGrantFactory,
    ConcernFactory,
    ConflictFactory,
    CycleFactory,
    ExamAttemptFactory,
    HearsayFactory,
    PersonFactory,
    StudentFactory,
    VouchFactory,
    sign_in,
)
from triage.actions.assessing import bring_up_to_date
from triage.models import AgendaItem, Assessment, Decision, Meeting

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 15, 12, 0, tzinfo=EASTERN)
EMBARGO = datetime(2027, 3, 15, 9, 40, tzinfo=EASTERN)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def student() -> Student:
    """One strong vouch of the three points needed, one failed exam: Tier 2 with two flips upwards."""
    found = StudentFactory(cycle=CycleFactory(), first_name="Tamsin", last_name="Okoro-Vale")
    VouchFactory(student=found, faculty=PersonFactory(name="Dr. Benedikt Osei-Hart"))
    ExamAttemptFactory(student=found, result="fail", taken_on=date(2024, 6, 1))
    ExamAttemptFactory(student=found, taken_on=date(2024, 9, 1))
    return found


def member_of(student: Student) -> Person:
    member = PersonFactory(roles=[Role.MEETING_MEMBER])
    AccessGrantFactory(person=member, student=student)
    return member


def open_page(client: Client, person: Person, student: Student, query: str = "") -> str:
    response = sign_in(client, person).get(f"/2027/students/{student.pk}/{query}")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace(" ,", ",")


def decide(student: Student, tier: int, *, by: Person) -> Decision:
    bring_up_to_date(student.cycle)
    said = Assessment.objects.current().get(student=student)
    meeting = Meeting.objects.create(cycle=student.cycle, planned_at=NOON, chair=by)
    item = AgendaItem.objects.create(meeting=meeting, student=student, place=1)
    return Decision.objects.create(
        item=item,
        student=student,
        assessment=said,
        tier=tier,
        recommended_tier=said.recommended_tier,
        override_code="" if tier == said.recommended_tier else "context_observed",
        note="Seen on the ward.",
        decided_by=by,
        decided_at=NOON,
    )


def test_recommendation_in_words(client, student):
    words = open_page(client, PersonFactory(roles=[Role.DEAN]), student)

    assert "Tier 2, Guidance (recommended)" in words
    assert "1 point: vouches 2, stumble −1. Only orders within Tier 2." in words
    assert "Who can vouch? Known: weak 2 of the 3 points needed" in words
    assert "What would we have to explain? One stumble Academic; the other strands clear" in words
    assert "Step 1, one failed" in words
    assert "Dr. Benedikt Osei-Hart would take this person as a resident" in words
    assert "policy v1, Mon 15 Mar 12:00" in words


def test_opening_is_recorded_with_its_purpose(client, student):
    dean = PersonFactory(roles=[Role.DEAN])

    words = open_page(client, dean, student)
    open_page(client, dean, student, "?purpose=inspection")
    open_page(client, dean, student)

    opened = Event.objects.filter(kind="dossier-opened", student_id=student.pk, actor_id=dean.pk)
    assert [event.payload["purpose"] for event in opened.order_by("seq")] == [
        Purpose.PREPARE_MEETING,
        Purpose.INSPECTION,
    ]
    assert "Opening this page was recorded: you, 12:00, to prepare the meeting." in words


@pytest.mark.parametrize(
    ("role", "purpose"),
    [
        (Role.COORDINATOR, Purpose.PREPARE_MEETING),
        (Role.MATCH_OFFICER, Purpose.PREPARE_MEETING),
        (Role.ADVISOR, Purpose.ADVISING),
        (Role.REGISTRAR, Purpose.INSPECTION),
    ],
)
def test_usual_purpose(client, student, role, purpose):
    person = PersonFactory(roles=[role])
    Student.objects.filter(pk=student.pk).update(advisor=person)

    open_page(client, person, student)

    assert Event.objects.get(kind="dossier-opened").payload["purpose"] == purpose


def test_recused_person_gets_the_neutral_card(client, student):
    dean = PersonFactory(roles=[Role.DEAN])
    ConflictFactory(student=student, person=dean)

    response = sign_in(client, dean).get(f"/2027/students/{student.pk}/")

    html = response.content.decode()
    assert response.status_code == 403
    assert "You are recused from this student" in html
    assert "Okoro" not in html
    assert not Event.objects.filter(kind="dossier-opened").exists()


def test_student_who_is_not_theirs_is_not_found(client, student):
    for roles in ([Role.ADVISOR], [Role.MEETING_MEMBER], [Role.CLERKSHIP_DIRECTOR], [Role.STUDENT]):
        assert sign_in(client, PersonFactory(roles=roles)).get(f"/2027/students/{student.pk}/").status_code == 404


def test_advisor_sees_no_assessment(client, student):
    advisor = PersonFactory(roles=[Role.ADVISOR])
    Student.objects.filter(pk=student.pk).update(advisor=advisor)

    words = open_page(client, advisor, student)

    assert "Recommendation" not in words
    assert "Tier" not in words
    assert "Who can vouch?" not in words


def test_member_sees_no_flip_about_a_concern_and_nothing_set_aside(client, student):
    HearsayFactory(student=student, severity="major")
    ConcernFactory(student=student, severity="moderate")

    office, member = PersonFactory(roles=[Role.DEAN]), member_of(student)

    assert "1 set aside" in open_page(client, office, student)
    assert "set aside" not in open_page(client, member, student).casefold().replace("is set aside", "")
    bring_up_to_date(student.cycle)
    said = Assessment.objects.current().get(student=student)
    about_concerns = [flip["change"] for flip in said.flips if flip["code"].startswith("concern_")]
    assert about_concerns
    for change in about_concerns:
        assert change in open_page(client, office, student)
        assert change not in open_page(client, member, student)


@pytest.mark.parametrize(
    ("status", "roles"), [(MatchStatus.UNKNOWN, [Role.DEAN]), (MatchStatus.UNKNOWN, [Role.REGISTRAR])]
)
def test_student_who_is_not_assessed_has_a_page_without_recommendation(client, student, status, roles):
    Student.objects.filter(pk=student.pk).update(match_status=status)

    words = open_page(client, PersonFactory(roles=roles), student)

    assert "Okoro-Vale" in words
    assert "Not assessed" in words
    assert "Recommendation" not in words


def test_under_the_embargo_an_advisor_cannot_tell_who_is_assessed(client, student):
    """The pages of an unmatched and of a matched student say the same of the evidence."""
    advisor = PersonFactory(roles=[Role.ADVISOR])
    Student.objects.filter(pk=student.pk).update(advisor=advisor)
    bring_up_to_date(student.cycle)

    with time_machine.travel(EMBARGO, tick=False):
        assessed = open_page(client, advisor, student)
        Student.objects.filter(pk=student.pk).update(match_status=MatchStatus.MATCHED)
        bring_up_to_date(student.cycle)
        matched = open_page(client, advisor, student)

    assert assessed == matched


def test_stale_assessment_is_remade_before_it_is_shown(client, student):
    dean = PersonFactory(roles=[Role.DEAN])
    open_page(client, dean, student)
    VouchFactory(student=student, strength=Strength.STRONG, willing_to_advocate=True)
    raise_evidence_numbers([student.pk])

    words = open_page(client, dean, student)

    assert "Tier 1, Advocacy (recommended)" in words
    assert "1 earlier assessment" in words


def test_decision_stands_beside_the_recommendation(client, student):
    dean = PersonFactory(roles=[Role.DEAN], name="Dana Whitlock")
    decide(student, 1, by=dean)

    words = open_page(client, dean, student)

    assert "Decided: Dana Whitlock, Mon 15 Mar 12:00, Monday meeting. Context observed: Seen on the ward." in words


def test_waived_vouches_are_named(client, student):
    Student.objects.filter(pk=student.pk).update(vouches_waived_on=date(2026, 9, 1))

    assert "but the vouches" in open_page(client, PersonFactory(roles=[Role.DEAN]), student)


def test_next_and_previous_follow_the_board(client, student):
    dean = PersonFactory(roles=[Role.DEAN])
    first = StudentFactory(cycle=student.cycle)
    VouchFactory(student=first, strength=Strength.WOULD_TAKE)
    bring_up_to_date(student.cycle)
    sign_in(client, dean)

    def goes_to(pk: int, step: str) -> str:
        return client.get(f"/2027/students/{pk}/{step}/").headers["Location"]

    assert goes_to(first.pk, "next") == f"/2027/students/{student.pk}/"
    assert goes_to(student.pk, "previous") == f"/2027/students/{first.pk}/"
    assert goes_to(student.pk, "next") == "/2027/board/"


def test_next_is_closed_to_who_has_no_board(client, student):
    advisor = PersonFactory(roles=[Role.ADVISOR])

    assert sign_in(client, advisor).get(f"/2027/students/{student.pk}/next/").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_same_queries_for_1_and_3_pieces(client, student, count, django_assert_num_queries):
    dean = PersonFactory(roles=[Role.DEAN])
    for _ in range(count - 1):
        VouchFactory(student=student, strength=Strength.SUPPORTIVE)
        ExamAttemptFactory(student=student)
        ConcernFactory(student=student, status="resolved")
    for number in range(count):
        with time_machine.travel(NOON + timedelta(minutes=number), tick=False):
            HearsayFactory(student=student)
            raise_evidence_numbers([student.pk])
            bring_up_to_date(student.cycle)
    open_page(client, dean, student)

    with django_assert_num_queries(QUERIES):
        client.get(f"/2027/students/{student.pk}/")


QUERIES = 19
