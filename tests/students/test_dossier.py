"""Who sees which part of a dossier, and that nothing closed leaks into its pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.http import Http404
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from matchweek.enums import MilestoneKind
from students.enums import GrantGround, MatchStatus, Strength
from students.models import Student
from students.permissions import RecusedFromStudent, Section
from students.selectors.dossier import load_dossier
from tests.factories import (
    AcademicEventFactory,
    AccessGrantFactory,
    AdvisingNoteFactory,
    ClerkshipEvaluationFactory,
    ConcernFactory,
    ConflictFactory,
    ExamAttemptFactory,
    HearsayFactory,
    PersonFactory,
    StudentFactory,
    VouchFactory,
    VouchRequestFactory,
    sign_in,
)

SECTIONS = ("vouches", "exams", "concerns", "evaluations", "academics", "advising", "conflicts", "preferences")
ALL = set(Section)
MEMBER = ALL - {Section.SET_ASIDE, Section.CAUTIONS, Section.CIRCUMSTANCES}
ADVISOR = MEMBER - {Section.ASSESSMENT, Section.CONFLICTS, Section.VOUCHES} | {Section.CIRCUMSTANCES}
NAMES = {
    "facts": Section.FACTS,
    "exams": Section.EXAMS,
    "evaluations": Section.EVALUATIONS,
    "academics": Section.ACADEMICS,
    "concerns": Section.CONCERNS,
    "vouches": Section.VOUCHES,
    "advising": Section.ADVISING,
    "conflicts": Section.CONFLICTS,
}
SEES = {
    Role.DEAN: ALL,
    Role.COORDINATOR: ALL,
    Role.MATCH_OFFICER: MEMBER,
    Role.REGISTRAR: ALL,
    Role.MEETING_MEMBER: None,
    Role.CLERKSHIP_DIRECTOR: None,
    Role.CALLER: None,
    Role.ADVISOR: None,
    Role.AUDITOR: None,
    Role.STUDENT: None,
}


def html(view):
    return "".join(render_to_string(f"students/dossier/_{name}.html", {"dossier": view}) for name in SECTIONS)


def fill(student, count=1):
    for _ in range(count):
        ExamAttemptFactory(student=student)
        ClerkshipEvaluationFactory(student=student, comment="COMMENT")
        AcademicEventFactory(student=student)
        ConcernFactory(
            student=student, summary="COUNTING CONCERN", student_response="RESPONSE", student_response_on="2026-07-01"
        )
        HearsayFactory(student=student, summary="HEARSAY TEXT")
        VouchFactory(student=student, statement="PRAISE")
        VouchFactory(student=student, strength=Strength.CAUTION, statement="CAUTION TEXT", relationship="CAUTION TIE")
        VouchRequestFactory(student=student)
        AdvisingNoteFactory(student=student)
        ConflictFactory(student=student, note="CONFLICT NOTE")


@pytest.mark.parametrize("role", Role.values)
def test_sections_by_role_without_grant(role, cycle, student, after_embargo):
    person = PersonFactory(roles=[role])
    expected = SEES[Role(role)]
    if expected is None:
        with pytest.raises(Http404):
            load_dossier(student.pk, person, cycle)
    else:
        assert load_dossier(student.pk, person, cycle).sections == expected


@pytest.mark.parametrize("role", [Role.MEETING_MEMBER, Role.CLERKSHIP_DIRECTOR])
def test_sections_by_role_with_a_meeting_grant(role, cycle, student, after_embargo):
    person = PersonFactory(roles=[role])
    AccessGrantFactory(person=person, student=student)
    assert load_dossier(student.pk, person, cycle).sections == MEMBER


@pytest.mark.parametrize("roles", [[], [Role.CALLER], [Role.AUDITOR], [Role.ADVISOR]])
def test_a_meeting_s_grant_opens_nothing_to_who_sits_in_no_meeting_any_more(roles, cycle, student, after_embargo):
    person = PersonFactory(roles=roles)
    AccessGrantFactory(person=person, student=student)
    with pytest.raises(Http404):
        load_dossier(student.pk, person, cycle)


CIRCUMSTANCES = {"visa": "VISA J-1", "couples": "COUPLE", "constraints": "CONSTRAINT", "geography": ["RI", "MA"]}


@pytest.mark.parametrize(
    ("who", "reads"), [("dean", True), ("coordinator", True), ("advisor", True), ("member", False), ("officer", False)]
)
def test_circumstances_are_read_by_office_and_advisor_and_not_by_the_room(
    who, reads, client, cycle, student, request, after_embargo
):
    """They shape the list of programs and are no ground for a tier; their history says them too."""
    person = PersonFactory(roles=[Role.MATCH_OFFICER]) if who == "officer" else request.getfixturevalue(who)
    Student.objects.filter(pk=student.pk).update(**CIRCUMSTANCES)
    signed_in = sign_in(client, person)
    for page in (f"/2027/students/{student.pk}/", f"/2027/students/{student.pk}/history/"):
        words = signed_in.get(page).content.decode()
        assert {text: text in words for text in ("VISA J-1", "COUPLE", "CONSTRAINT", "RI, MA")} == dict.fromkeys(
            ("VISA J-1", "COUPLE", "CONSTRAINT", "RI, MA"), reads
        ), page


def test_an_advisor_sees_the_own_student_without_vouches_and_conflicts(cycle, student, advisor, after_embargo):
    view = load_dossier(student.pk, advisor, cycle)
    assert view.sections == ADVISOR
    assert {name for name in NAMES if name != "facts" and getattr(view, name) is None} == {"vouches", "conflicts"}
    with pytest.raises(Http404):
        load_dossier(StudentFactory(cycle=cycle).pk, advisor, cycle)


def test_a_student_sees_no_dossier_not_even_the_own(cycle, student):
    with pytest.raises(Http404):
        load_dossier(student.pk, student.person, cycle)


CLOSED_TO_MEMBERS = ["HEARSAY TEXT", "CAUTION TEXT", "CAUTION TIE", "CONFLICT NOTE"]


@pytest.mark.parametrize("who", ["member", "advisor"])
def test_closed_text_is_in_no_section(who, cycle, student, request, after_embargo):
    person = request.getfixturevalue(who)
    fill(student)
    page = html(load_dossier(student.pk, person, cycle))
    assert [text for text in CLOSED_TO_MEMBERS if text in page] == []
    assert "COUNTING CONCERN" in page
    assert "RESPONSE" in page


def test_an_advisor_reads_nothing_of_vouches(cycle, student, advisor, after_embargo):
    fill(student)
    page = html(load_dossier(student.pk, advisor, cycle))
    assert [text for text in ("PRAISE", "Caution", "Asked:", "Not asked", "ouch") if text in page] == []


def test_a_member_sees_that_there_is_a_caution(cycle, student, member, after_embargo):
    fill(student)
    page = html(load_dossier(student.pk, member, cycle))
    assert "Caution, 4 weeks" in page
    assert "the words are closed to the meeting" in page


def test_the_office_reads_everything(cycle, student, dean, after_embargo):
    fill(student)
    page = html(load_dossier(student.pk, dean, cycle))
    assert [text for text in [*CLOSED_TO_MEMBERS, "PRAISE", "COMMENT"] if text not in page] == []
    assert "Not first-hand, not documented, the student was not told. It counts only if" in page
    assert "the student was told by 8 Mar 2027, or responds" in page


def test_what_the_assessment_sets_aside_is_closed_to_members(cycle, student, member, dean, after_embargo):
    concern = ConcernFactory(student=student, summary="LATE")
    standings = {f"concern:{concern.pk}": {"counts": None, "state": "set_aside", "why": ["told_too_late"]}}
    assert "LATE" not in html(load_dossier(student.pk, member, cycle, standings=standings))
    assert "LATE" in html(load_dossier(student.pk, dean, cycle, standings=standings))


def test_standings_of_vouches_are_words(cycle, student, dean, after_embargo):
    vouch = VouchFactory(student=student)
    standings = {f"vouch:{vouch.pk}": {"counts": 2, "state": "counts", "why": []}}
    assert "Counts 2" in html(load_dossier(student.pk, dean, cycle, standings=standings))


def test_a_recused_person_gets_the_fact_only(cycle, student, dean, coordinator):
    ConflictFactory(student=student, person=dean, entered_by=coordinator)
    with pytest.raises(RecusedFromStudent) as refusal:
        load_dossier(student.pk, dean, cycle)
    assert (refusal.value.kind.label, refusal.value.recorded_by) == ("family", "Cory Coordinator")
    assert student.last_name not in str(refusal.value)


@pytest.mark.parametrize(("seconds", "found"), [(-1, True), (0, False)])
def test_a_matched_students_record_closes_when_the_embargo_lifts(seconds, found, cycle, dean):
    matched = StudentFactory(cycle=cycle, match_status=MatchStatus.MATCHED)
    moment = cycle.milestone(MilestoneKind.EMBARGO_LIFTS) + timedelta(seconds=seconds)
    with time_machine.travel(moment, tick=False):
        assert Student.objects.visible_to(dean, cycle).filter(pk=matched.pk).exists() is found


@pytest.mark.parametrize(("seconds", "shown"), [(-1, False), (0, True)])
@pytest.mark.parametrize("who", ["advisor", "registrar"])
def test_the_result_shows_from_the_moment_the_embargo_lifts(who, seconds, shown, cycle, student, request):
    person = PersonFactory(roles=[Role.REGISTRAR]) if who == "registrar" else request.getfixturevalue(who)
    moment = cycle.milestone(MilestoneKind.EMBARGO_LIFTS) + timedelta(seconds=seconds)
    with time_machine.travel(moment, tick=False):
        view = load_dossier(student.pk, person, cycle)
        assert ("unmatched" in view.facts, "unmatched" in view.match_status) == (shown, shown)
        assert ("unmatched" in html(view)) is False


@pytest.mark.parametrize("who", ["dean", "member", "advisor"])
def test_the_same_queries_for_one_and_three_of_everything(who, cycle, student, request, after_embargo):
    person = request.getfixturevalue(who)
    assert cycle.calendar  # The middleware loads it with the cycle.
    counts = []
    for more in (1, 2):
        fill(student, more)
        with CaptureQueriesContext(connection) as queries:
            html(load_dossier(student.pk, person, cycle))
        counts.append(len(queries))
        person.__dict__.pop("_roles_by_year", None)
    assert counts[0] == counts[1] <= 11


def test_people_to_ask_leaves_out_who_said_or_was_asked_or_is_recused(cycle, student, dean, after_embargo):
    open_to_ask = ClerkshipEvaluationFactory(student=student).evaluator
    for factory in (VouchFactory, VouchRequestFactory):
        factory(student=student, faculty=ClerkshipEvaluationFactory(student=student).evaluator)
    ConflictFactory(student=student, person=ClerkshipEvaluationFactory(student=student).evaluator)
    view = load_dossier(student.pk, dean, cycle)
    assert [each.pk for each in view.people_to_ask] == [open_to_ask.pk]


def test_an_empty_dossier_says_whose_omission_it_is(cycle, student, dean, after_embargo):
    page = html(load_dossier(student.pk, dean, cycle))
    assert "Nobody was asked yet." in page
    assert "No exam attempt is on record." in page


def test_another_grounds_grant_opens_no_section(cycle, student):
    person = PersonFactory(roles=[Role.CALLER])
    AccessGrantFactory(person=person, student=student, ground=GrantGround.CALLER)
    view = load_dossier(student.pk, person, cycle)
    assert (view.sections, view.facts, view.preferences) == (frozenset(), "", ())
