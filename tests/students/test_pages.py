"""The pages: forms, double posts, two people editing, lists that reveal nothing, the own page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from matchweek.enums import MilestoneKind
from students.actions.access import open_dossier
from students.enums import MatchStatus, Purpose, Strength, VouchAnswer
from students.models import Concern, Conflict, ExamAttempt, Student, Vouch, VouchRequest
from tests.factories import (
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

EXAM = {"exam": "step_1", "taken_on": "2025-06-01", "result": "pass", "score": ""}
SAID = {"strength": "strong", "weeks_observed": "4", "relationship": "ward", "statement": "Kept calm."}


def url(name, *args):
    return reverse(f"students:{name}", args=["2027", *args])


def text(response):
    return response.content.decode()


def body(response):
    return text(response).split("<main", 1)[1].split("</main>", 1)[0]


# --- Evidence by hand -----------------------------------------------------------------------------------------------


def test_add_twice_is_a_form_error_not_a_failure(client, student, dean, after_embargo):
    sign_in(client, dean)
    page = url("evidence-add", student.pk, "exam")
    first, second = client.post(page, EXAM), client.post(page, EXAM)
    assert (first.status_code, second.status_code, ExamAttempt.objects.count()) == (302, 422, 1)
    assert "already on record" in text(second)


def test_the_second_of_two_editors_sees_both_versions(client, student, dean, after_embargo):
    sign_in(client, dean)
    attempt = ExamAttemptFactory(student=student, score=230)
    page = url("evidence-change", student.pk, "exam", attempt.pk)
    seen = client.get(page).context["form"]["seen"].value()
    typed = {"exam": attempt.exam, "taken_on": attempt.taken_on.isoformat(), "result": "pass", "seen": seen}
    assert client.post(page, typed | {"score": "231"}).status_code == 302
    refused = client.post(page, typed | {"score": "232"})
    assert (refused.status_code, refused.context["held"]) == (409, [("Score", "231", "232")])
    again = refused.context["form"]["seen"].value()
    assert client.post(page, typed | {"score": "232", "seen": again}).status_code == 302
    attempt.refresh_from_db()
    assert attempt.score == 232


def test_two_people_changing_a_students_facts(client, student, dean, after_embargo):
    sign_in(client, dean)
    page = url("student-change", student.pk)
    form = client.get(page).context["form"]
    values = {name: form[name].field.prepare_value(form[name].value()) for name in [*form.names(), "seen"]}
    typed = {name: value for name, value in values.items() if value}
    assert client.post(page, typed | {"phone": "1"}).status_code == 302
    refused = client.post(page, typed | {"phone": "2"})
    assert (refused.status_code, refused.context["held"]) == (409, [("Phone", "1", "2")])


def test_a_concern_form_says_what_makes_it_count(client, student, dean, after_embargo):
    page = text(sign_in(client, dean).get(url("evidence-add", student.pk, "concern")))
    assert "By 8 Mar 2027 for the concern to count: 7 days before the school" in page
    assert "The student may read this, and may respond to it." in page


@pytest.mark.parametrize("kind", ["exam", "evaluation", "academic", "concern", "vouch", "advising"])
def test_an_empty_form_answers_422(kind, client, student, dean, after_embargo):
    assert sign_in(client, dean).post(url("evidence-add", student.pk, kind), {"x": "y"}).status_code == 422


@pytest.mark.parametrize("who", ["member", "advisor"])
def test_who_may_not_edit_gets_403_and_who_sees_nothing_404(who, client, cycle, student, request, after_embargo):
    sign_in(client, request.getfixturevalue(who))
    hidden = StudentFactory(cycle=cycle)
    assert client.post(url("evidence-add", student.pk, "exam"), EXAM).status_code == 403
    assert client.post(url("evidence-add", hidden.pk, "exam"), EXAM).status_code == 404
    assert client.get(url("student-history", hidden.pk)).status_code == 404


def test_withdraw_and_restore_by_hand(client, student, dean, after_embargo):
    sign_in(client, dean)
    attempt = ExamAttemptFactory(student=student)
    piece = ("exam", attempt.pk)
    assert client.post(url("evidence-withdraw", student.pk, *piece), {"reason": ""}).status_code == 422
    assert client.post(url("evidence-withdraw", student.pk, *piece), {"reason": "Twice."}).status_code == 302
    assert "Exam attempt: Step 1" in text(client.get(url("student-history", student.pk)))
    assert client.post(url("evidence-restore", student.pk, *piece)).status_code == 302
    assert ExamAttempt.objects.standing().count() == 1


# --- History --------------------------------------------------------------------------------------------------------


def test_history_says_who_before_and_after_in_words(client, student, dean, after_embargo):
    sign_in(client, dean)
    evaluator = PersonFactory(name="Eva Evaluator")
    evaluation = ClerkshipEvaluationFactory(student=student, clerkship="Medicine", grade="pass")
    page = url("evidence-change", student.pk, "evaluation", evaluation.pk)
    seen = client.get(page).context["form"]["seen"].value()
    typed = {"clerkship": "Medicine", "grade": "honors", "evaluator": evaluator.email, "seen": seen}
    typed |= {"evaluated_on": "2026-03-01", "comment": ""}
    assert client.post(page, typed).status_code == 302
    rows = client.get(url("evidence-history", student.pk, "evaluation", evaluation.pk)).context["rows"]
    assert (rows[0].who, rows[0].what) == ("Dana Dean", "Changed")
    assert set(rows[0].changes) == {
        ("Grade", "Pass", "Honors"),
        ("Evaluator", str(evaluation.evaluator), "Eva Evaluator"),
    }
    assert rows[-1].what == "Entered"


def test_history_of_a_concern_or_vouch_is_closed_to_members(client, student, member, after_embargo):
    sign_in(client, member)
    for kind, piece in (("concern", ConcernFactory(student=student)), ("vouch", VouchFactory(student=student))):
        assert client.get(url("evidence-history", student.pk, kind, piece.pk)).status_code == 404


@pytest.mark.parametrize(("seconds", "shown"), [(-1, False), (0, True)])
def test_history_of_the_result_waits_for_the_embargo(seconds, shown, client, cycle, student, advisor):
    Student.objects.filter(pk=student.pk).update(match_status=MatchStatus.NO_CERTIFIED_LIST)
    moment = cycle.milestone(MilestoneKind.EMBARGO_LIFTS) + timedelta(seconds=seconds)
    with time_machine.travel(moment, tick=False):
        page = text(sign_in(client, advisor).get(url("student-history", student.pk)))
    assert ("no certified list" in page) is shown


# --- Recusal --------------------------------------------------------------------------------------------------------


def test_a_recused_person_meets_the_card_everywhere_and_no_name(client, student, dean, coordinator, after_embargo):
    attempt = ExamAttemptFactory(student=student)
    ConflictFactory(student=student, person=dean, entered_by=coordinator)
    sign_in(client, dean)
    pages = [
        url("student-change", student.pk),
        url("student-history", student.pk),
        url("evidence-add", student.pk, "exam"),
        url("evidence-change", student.pk, "exam", attempt.pk),
        url("evidence-history", student.pk, "exam", attempt.pk),
        url("vouch-request", student.pk),
        url("conflict-declare", student.pk),
        url("vouch-give", student.pk),
    ]
    answers = [client.get(page) for page in pages]
    assert [each.status_code for each in answers] == [403] * len(pages)
    assert [page for page, each in zip(pages, answers, strict=True) if student.last_name in text(each)] == []
    assert "Reason: family. Recorded by Cory Coordinator." in text(answers[0])


def test_a_recused_student_is_in_no_list_and_no_count(client, cycle, student, dean, after_embargo):
    StudentFactory(cycle=cycle)
    ConflictFactory(student=student, person=dean)
    sign_in(client, dean)
    roster = client.get(url("roster"))
    assert (roster.context["page"].paginator.count, student.last_name in text(roster)) == (1, False)
    VouchRequestFactory(student=student, faculty=dean)
    found = client.get(url("to-vouch"), {"find": student.last_name})
    assert (found.context["found"], found.context["rows"]) == ([], [])


def test_declaring_the_own_recusal_closes_the_student_at_once(client, student, member, after_embargo):
    sign_in(client, member)
    answer = client.post(url("conflict-declare", student.pk), {"kind": "family", "declared_on": "2027-03-15"})
    assert (answer.status_code, Conflict.objects.get().person) == (302, member)
    assert client.get(url("student-history", student.pk)).status_code == 403


def test_a_second_officer_lifts_a_recusal(client, student, dean, coordinator, member, after_embargo):
    conflict = ConflictFactory(student=student, person=member, entered_by=coordinator)
    page = url("conflict-lift", student.pk, conflict.pk)
    assert sign_in(client, coordinator).get(page).status_code == 403
    assert sign_in(client, dean).post(page, {"reason": "Mistaken for another."}).status_code == 302
    conflict.refresh_from_db()
    assert conflict.lifted_by == dean


# --- Lists ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "shown"), [(-1, False), (0, True)])
def test_the_roster_hides_results_until_the_embargo_lifts(seconds, shown, client, cycle):
    registrar = PersonFactory(roles=[Role.REGISTRAR])
    StudentFactory(cycle=cycle, match_status=MatchStatus.MATCHED)
    StudentFactory(cycle=cycle, match_status=MatchStatus.NO_CERTIFIED_LIST)
    moment = cycle.milestone(MilestoneKind.EMBARGO_LIFTS) + timedelta(seconds=seconds)
    with time_machine.travel(moment, tick=False):
        answer = sign_in(client, registrar).get(url("roster"), {"status": "matched"})
    assert ("no certified list" in text(answer), "matched" in body(answer)) == (shown, shown)
    assert answer.context["page"].paginator.count == (1 if shown else 2)


def test_roster_links_what_is_open_only(client, cycle, dean, after_embargo):
    StudentFactory(cycle=cycle, last_name="Matched", match_status=MatchStatus.MATCHED)
    StudentFactory(cycle=cycle, last_name="Open")
    rows = {row.name: row for row in sign_in(client, dean).get(url("roster")).context["rows"]}
    assert (rows["Matched, First"].url, rows["Matched, First"].note) == ("", "record closed")
    assert rows["Open, First"].url


def test_roster_filters(client, cycle, dean, after_embargo):
    StudentFactory(cycle=cycle, last_name="Øster", applied_specialty_id="120")
    StudentFactory(cycle=cycle, last_name="West")
    sign_in(client, dean)
    names = [
        [row.name for row in client.get(url("roster"), query).context["rows"]]
        for query in ({"find": "øst"}, {"find": "wes fir"}, {"specialty": "120"}, {"find": "nobody"})
    ]
    assert names[1:] == [["West, First"], ["Øster, First"], []]


@pytest.mark.parametrize("who", ["coordinator", "registrar"])
def test_roster_is_for_few(who, client, cycle, member, request):
    person = PersonFactory(roles=[who])
    assert sign_in(client, person).get(url("roster")).status_code == 200
    assert sign_in(client, member).get(url("roster")).status_code == 403


def test_vouch_search_treats_the_whole_class_alike(client, cycle, faculty, after_embargo):
    for status in MatchStatus:
        StudentFactory(cycle=cycle, last_name="Alike", first_name=f"N{status.name[::-1]}", match_status=status)
    answer = sign_in(client, faculty).get(url("to-vouch"), {"find": "alike"})
    assert len(answer.context["found"]) == len(MatchStatus)
    assert [label for label in MatchStatus.labels if label in body(answer)] == []


def test_vouch_list_shows_whom_one_knows_and_no_concern(client, cycle, faculty, after_embargo):
    asked, evaluated, said, other = (StudentFactory(cycle=cycle) for _ in range(4))
    VouchRequestFactory(student=asked, faculty=faculty)
    ClerkshipEvaluationFactory(student=evaluated, evaluator=faculty)
    VouchFactory(student=said, faculty=faculty)
    ConcernFactory(student=said, summary="SECRET")
    answer = sign_in(client, faculty).get(url("to-vouch"))
    assert {row.pk for row in answer.context["rows"]} == {asked.pk, evaluated.pk, said.pk}
    assert ("SECRET" in text(answer), other.last_name in text(answer)) == (False, False)


def test_an_advisor_lists_the_own_students_without_vouches(client, cycle, student, advisor, after_embargo):
    VouchFactory(student=student)
    StudentFactory(cycle=cycle, last_name="Elsewhere")
    answer = sign_in(client, advisor).get(url("my-students"))
    assert [row.name for row in answer.context["rows"]] == ["Juno Abernathy"]
    assert "vouch" not in body(answer).lower()


def rows_for(cycle, dean, faculty, advisor, count):
    for _ in range(count):
        student = StudentFactory(cycle=cycle, advisor=advisor, last_name="Rowe")
        VouchRequestFactory(student=student, faculty=faculty)
        VouchFactory(student=student, faculty=faculty)
        ClerkshipEvaluationFactory(student=student, evaluator=faculty)


@pytest.mark.parametrize("name", ["roster", "to-vouch", "my-students"])
def test_lists_ask_the_same_for_one_and_three_rows(name, client, cycle, dean, faculty, advisor, after_embargo):
    Student.objects.all().update(advisor=None)
    sign_in(client, {"roster": dean, "to-vouch": faculty, "my-students": advisor}[name])
    counts = []
    for more in (1, 2):
        rows_for(cycle, dean, faculty, advisor, more)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(name), {"find": "rowe"}).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Vouches --------------------------------------------------------------------------------------------------------


def test_a_vouch_from_the_phone_and_its_double_post(client, student, faculty, week_before):
    sign_in(client, faculty)
    page = url("vouch-give", student.pk)
    assert "checked" not in text(client.get(page)).split('class="choice"', 1)[1].split("</fieldset>")[0]
    assert [client.post(page, SAID).status_code for _ in range(2)] == [302, 302]
    assert Vouch.objects.count() == 1


def test_a_vouch_without_a_choice_is_422_and_keeps_the_words(client, student, faculty, week_before):
    answer = sign_in(client, faculty).post(url("vouch-give", student.pk), SAID | {"strength": ""})
    assert (answer.status_code, "Kept calm." in text(answer)) == (422, True)
    assert "Choose what you can say." in text(answer)


def test_a_caution_leads_to_documenting_a_concern(client, student, faculty, week_before):
    sign_in(client, faculty)
    answer = client.post(url("vouch-give", student.pk), SAID | {"strength": "caution"})
    assert answer["Location"] == url("concern-report", student.pk)
    seen = {"kind": "respect", "severity": "minor", "happened_on": "2026-09-01", "summary": "Shouted."}
    assert client.post(answer["Location"], seen).status_code == 302
    assert (Concern.objects.get().reported_by, Concern.objects.get().record_reference) == (faculty, "")


def test_an_author_changes_the_own_vouch_and_nobody_elses(client, student, faculty, week_before):
    sign_in(client, faculty)
    mine, other = VouchFactory(student=student, faculty=faculty), VouchFactory(student=student)
    page = url("vouch-change", student.pk, mine.pk)
    seen = client.get(page).context["form"]["seen"].value()
    assert client.post(page, SAID | {"strength": "would_take", "seen": seen}).status_code == 302
    mine.refresh_from_db()
    assert mine.strength == Strength.WOULD_TAKE
    assert client.get(url("vouch-change", student.pk, other.pk)).status_code == 404


def test_declining_twice_is_told_not_failed(client, student, faculty, week_before):
    VouchRequestFactory(student=student, faculty=faculty)
    sign_in(client, faculty)
    answers = [client.post(url("vouch-decline", student.pk)).status_code for _ in range(2)]
    assert (answers, VouchRequest.objects.get().status) == ([302, 302], VouchAnswer.DECLINED)


def test_asking_by_address(client, student, dean, faculty, after_embargo):
    sign_in(client, dean)
    page = url("vouch-request", student.pk)
    unknown = client.post(page, {"faculty": "nobody@school.example", "asked_on": "2027-03-01", "act": "record"})
    assert (unknown.status_code, "Nobody is known under this address" in text(unknown)) == (422, True)
    asked = {"faculty": faculty.email.upper(), "asked_on": "2027-03-01", "act": "record"}
    assert [client.post(page, asked).status_code for _ in range(2)] == [302, 422]
    assert VouchRequest.objects.get().faculty == faculty


def test_people_without_a_vouching_role_do_not_find_the_form(client, student, cycle, week_before):
    for role in (Role.AUDITOR, Role.STUDENT, Role.REGISTRAR):
        assert sign_in(client, PersonFactory(roles=[role])).get(url("vouch-give", student.pk)).status_code == 404


# --- Concerns -------------------------------------------------------------------------------------------------------


def test_settling_takes_a_reason(client, student, dean, after_embargo):
    concern = ConcernFactory(student=student)
    page = url("concern-settle", student.pk, concern.pk)
    sign_in(client, dean)
    assert client.post(page, {"to": "dismissed", "reason": ""}).status_code == 422
    assert client.post(page, {"to": "dismissed", "reason": "Mistaken identity."}).status_code == 302
    assert client.post(page, {"to": "resolved", "reason": "Too late."}).status_code == 422
    assert Concern.objects.get().status == "dismissed"


# --- The own page ---------------------------------------------------------------------------------------------------

JUDGEMENT = ["tier", "strand", "flag", "points", "set aside", "counts", "unfortunately", "!"]


def test_the_own_page_shows_evidence_and_no_judgement(client, cycle, student, dean, after_embargo):
    reporter = PersonFactory(name="Rita Reporter", position="clerkship_director")
    ConcernFactory(student=student, summary="SAID OF ME", reported_by=reporter)
    HearsayFactory(student=student, summary="HEARD OF ME")
    VouchFactory(student=student, statement="PRAISE OF ME")
    open_dossier(student, purpose=Purpose.PREPARE_MEETING, by=dean)
    page = body(sign_in(client, student.person).get(url("own-page")))
    assert [words for words in ("SAID OF ME", "HEARD OF ME", "PRAISE OF ME", "Dana Dean") if words not in page] == []
    assert "Reported by a clerkship director" in page
    assert "Rita Reporter" not in page
    words = page.lower().replace("<!", "")
    assert [word for word in JUDGEMENT if word in words] == []


def test_a_waiver_closes_vouches_on_the_own_page(client, student, after_embargo):
    student.vouches_waived_on = after_embargo.date()
    student.save()
    VouchFactory(student=student, statement="PRAISE OF ME", faculty=PersonFactory(name="Vera Voucher"))
    page = body(sign_in(client, student.person).get(url("own-page")))
    assert ("PRAISE OF ME" in page, "Vera Voucher" in page) == (False, False)
    assert "You waived reading what faculty say of you on 15 Mar 2027" in page


@pytest.mark.parametrize(("seconds", "shown"), [(-1, False), (0, True)])
def test_no_result_on_the_own_page_before_the_embargo_lifts(seconds, shown, client, cycle, student, dean):
    lifts = cycle.milestone(MilestoneKind.EMBARGO_LIFTS)
    with time_machine.travel(lifts - timedelta(minutes=20), tick=False):
        open_dossier(student, purpose=Purpose.PREPARE_MEETING, by=dean)
    with time_machine.travel(lifts + timedelta(seconds=seconds), tick=False):
        page = body(sign_in(client, student.person).get(url("own-page")))
    assert ("unmatched" in page, "to prepare the meeting" in page) == (shown, shown)


def test_a_student_reaches_nobody_elses_anything(client, cycle, student, after_embargo):
    other = StudentFactory(cycle=cycle)
    concern = ConcernFactory(student=other)
    attempt = ExamAttemptFactory(student=student)
    sign_in(client, student.person)
    pages = [
        url("concern-answer", concern.pk),
        url("student-history", other.pk),
        url("student-history", student.pk),
        url("evidence-history", student.pk, "exam", attempt.pk),
        url("vouch-give", other.pk),
        url("conflict-declare", other.pk),
    ]
    assert [client.get(page).status_code for page in pages] == [404] * len(pages)
    assert [client.get(url(name)).status_code for name in ("roster", "to-vouch", "my-students")] == [403] * 3


def test_a_student_responds_to_a_concern(client, student, after_embargo):
    concern = ConcernFactory(student=student)
    page = url("concern-answer", concern.pk)
    sign_in(client, student.person)
    assert client.post(page, {"response": ""}).status_code == 422
    assert [client.post(page, {"response": "The bus."}).status_code for _ in range(2)] == [302, 302]
    concern.refresh_from_db()
    assert (concern.student_response, concern.student_response_on) == ("The bus.", after_embargo.date())


def test_the_own_page_asks_the_same_for_one_and_three_of_each(client, student, after_embargo):
    sign_in(client, student.person)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            ConcernFactory(student=student)
            VouchFactory(student=student)
            ClerkshipEvaluationFactory(student=student)
            open_dossier(student, purpose=Purpose.UPKEEP, by=PersonFactory(roles=[Role.DEAN]))
        with CaptureQueriesContext(connection) as queries:
            client.get(url("own-page"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_without_a_linked_record_the_page_says_what_to_do(client, cycle):
    page = text(sign_in(client, PersonFactory(roles=[Role.STUDENT])).get(url("own-page")))
    assert "Ask the dean's office to link it" in page


# --- Adding a student -----------------------------------------------------------------------------------------------


def test_a_student_is_added_once(client, cycle, dean, week_before):
    facts = {"aamc_id": "01234567", "last_name": "New", "match_status": "unknown", "soap_eligibility": "unknown"}
    sign_in(client, dean)
    answers = [client.post(url("student-add"), facts).status_code for _ in range(2)]
    assert (answers, Student.objects.count()) == ([302, 422], 1)


def test_entering_a_result_starts_the_embargo(client, cycle, dean, week_before):
    facts = {"aamc_id": "01234567", "last_name": "New", "match_status": "matched", "soap_eligibility": "unknown"}
    sign_in(client, dean).post(url("student-add"), facts)
    cycle.refresh_from_db()
    assert cycle.results_loaded_at is not None
