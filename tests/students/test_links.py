"""Personal links: a GET changes nothing, only its person answers, once, while it is open; and nothing else is shown."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from core.clock import EASTERN, real_now
from core.models import Event, Message
from students.actions.asking import Ask, make_links, token_of
from students.enums import Strength, VouchAnswer
from students.models import Concern, Student, Vouch, VouchLink, VouchRequest
from tests.factories import ClerkshipEvaluationFactory, ConflictFactory, PersonFactory, StudentFactory, sign_in

SAID = {"strength": "strong", "weeks_observed": "4", "statement": "Caught a wrong dose.", "willing_to_advocate": "on"}


@pytest.fixture
def now_in_march(week_before):
    return week_before


@pytest.fixture
def asked(now_in_march, cycle, student, coordinator):
    """Somebody without any role or password, asked about one student."""
    person = PersonFactory(name="Vera Voucher")
    make_links(cycle, asks=[Ask(person, ((student, ""),))], by=coordinator)
    return VouchLink.objects.select_related("person").get()


def url(link, name="link", *ids):
    return reverse(f"students:{name}", args=[link.cycle.slug, token_of(link), *ids])


def test_the_database_holds_no_token(asked):
    held = str(list(VouchLink.objects.values())) + str(list(Event.objects.values("payload")))
    assert token_of(asked) not in held


def test_a_scanner_s_get_consumes_nothing(client, asked, student):
    before = Event.objects.count(), list(VouchLink.objects.values())
    for name, ids in (
        ("link", ()),
        ("link-vouch", (student.pk,)),
        ("link-decline", (student.pk,)),
        ("link-not-me", ()),
    ):
        for _ in range(3):
            assert client.get(url(asked, name, *ids), follow=True).status_code == 200
            client.head(url(asked, name, *ids))
    assert (Event.objects.count(), list(VouchLink.objects.values())) == before
    answer = client.post(url(asked, "link-vouch", student.pk), SAID)
    assert (answer.status_code, answer.url) == (302, url(asked, "link-thanks", student.pk))


def test_an_answer_is_the_person_s_own_vouch(client, asked, student):
    client.post(url(asked, "link-vouch", student.pk), SAID)
    vouch = Vouch.objects.get()
    assert (vouch.faculty, vouch.student, vouch.strength, vouch.weeks_observed, vouch.willing_to_advocate) == (
        asked.person,
        student,
        Strength.STRONG,
        4,
        True,
    )
    assert VouchRequest.objects.get().status == VouchAnswer.ANSWERED
    assert Event.objects.filter(kind="vouch-given", actor_id=asked.person_id, student_id=student.pk).count() == 1


def test_the_second_answer_is_refused(client, asked, student):
    client.post(url(asked, "link-vouch", student.pk), SAID)
    answer = client.post(url(asked, "link-vouch", student.pk), SAID | {"strength": "would_take"})
    assert (answer.status_code, Vouch.objects.count()) == (409, 1)
    assert client.post(url(asked, "link-decline", student.pk)).status_code == 409
    page = client.get(url(asked, "link-vouch", student.pk))
    assert "already" in page.content.decode()
    assert "Caught a wrong dose" not in page.content.decode()


def test_an_expired_link_leads_nowhere(client, asked, student):
    with time_machine.travel(asked.expires_at, tick=False):
        assert client.get(url(asked)).status_code == 410
        assert client.post(url(asked, "link-vouch", student.pk), SAID).status_code == 410
    assert Vouch.objects.count() == 0
    with time_machine.travel(asked.expires_at - timedelta(seconds=1), tick=False):
        assert client.post(url(asked, "link-vouch", student.pk), SAID).status_code == 302


def test_a_token_that_was_altered_leads_nowhere(client, asked, cycle):
    for token in ("x", token_of(asked)[:-1], token_of(asked) + "A"):
        assert client.get(reverse("students:link", args=[cycle.slug, token])).status_code == 404


def test_somebody_else_signed_in_is_turned_away(client, asked, student, faculty):
    sign_in(client, faculty)
    answer = client.post(url(asked, "link-vouch", student.pk), SAID)
    assert (answer.status_code, Vouch.objects.count()) == (403, 0)
    assert student.name not in answer.content.decode()
    sign_in(client, asked.person)
    assert client.get(url(asked, "link-vouch", student.pk)).status_code == 200


def test_a_link_opens_no_student_its_person_was_not_asked_about(client, asked, cycle):
    other = StudentFactory(cycle=cycle)
    for name in ("link-vouch", "link-decline", "link-concern", "link-thanks"):
        assert client.post(url(asked, name, other.pk), SAID).status_code == 404
    assert Vouch.objects.count() == 0


def test_who_is_not_the_person_ends_the_link(client, asked, student):
    assert client.post(url(asked, "link-not-me")).status_code == 200
    assert client.get(url(asked)).status_code == 410
    asked.refresh_from_db()
    assert asked.ended_why == "wrong_person"


def test_a_person_recused_meanwhile_is_shown_nothing(client, asked, student):
    ConflictFactory(student=student, person=asked.person)
    assert client.post(url(asked, "link-vouch", student.pk), SAID).status_code == 404
    assert student.name not in client.get(url(asked)).content.decode()


@pytest.mark.parametrize(("why", "kept"), [("", ""), ("not_first_hand", "not_first_hand"), ("nonsense", "")])
def test_declining_is_an_answer_and_can_be_thought_over(client, asked, student, why, kept):
    for _ in range(2):
        assert client.post(url(asked, "link-decline", student.pk), {"why": why}).status_code == 302
    request = VouchRequest.objects.get()
    assert (request.status, request.declined_why) == (VouchAnswer.DECLINED, kept)
    assert "Noted" in client.get(url(asked, "link-thanks", student.pk)).content.decode()
    client.post(url(asked, "link-vouch", student.pk), SAID)
    request.refresh_from_db()
    assert (request.status, request.declined_why) == (VouchAnswer.ANSWERED, "")


def test_a_caution_leads_to_documenting_a_concern(client, asked, student, week_before):
    answer = client.post(url(asked, "link-vouch", student.pk), SAID | {"strength": "caution"})
    assert answer.url == url(asked, "link-concern", student.pk)
    concern = {"kind": "timeliness", "severity": "minor", "happened_on": "2027-02-01", "summary": "Came late twice."}
    answer = client.post(answer.url, concern)
    assert answer.url == url(asked, "link-thanks", student.pk)
    assert list(Concern.objects.values_list("reported_by", "first_hand")) == [(asked.person_id, True)]


def test_without_a_caution_no_concern_is_taken(client, asked, student):
    client.post(url(asked, "link-vouch", student.pk), SAID)
    assert client.post(url(asked, "link-concern", student.pk), {"kind": "safety"}).status_code == 403


def test_the_author_may_hear_the_outcome(client, asked, student):
    client.post(url(asked, "link-vouch", student.pk), SAID)
    for _ in range(2):
        client.post(url(asked, "link-thanks", student.pk))
    assert Vouch.objects.get().outcome_wanted_at is not None
    assert Event.objects.filter(kind="outcome-wanted").count() == 1


def test_program_directors_rest_from_the_report_until_soap_ends(client, asked, student):
    asked.person.position = "program director"
    asked.person.save()
    VouchLink.objects.update(expires_at=datetime(2027, 5, 1, tzinfo=EASTERN))
    with time_machine.travel(datetime(2027, 3, 15, 9, 30, tzinfo=EASTERN), tick=False):
        assert "rest" in client.get(url(asked, "link-vouch", student.pk)).content.decode()
        assert client.post(url(asked, "link-vouch", student.pk), SAID).status_code == 403
        assert client.post(url(asked, "link-decline", student.pk)).status_code == 302
    with time_machine.travel(datetime(2027, 3, 18, 21, 0, tzinfo=EASTERN), tick=False):
        assert client.post(url(asked, "link-vouch", student.pk), SAID).status_code == 302
    assert Vouch.objects.count() == 1


def test_the_pages_show_a_name_and_nothing_of_a_result(client, asked, student, cycle):
    pages = []
    for status in ("unknown", "matched", "unmatched"):
        Student.objects.update(match_status=status)
        page = client.get(url(asked, "link-vouch", student.pk)).content.decode()
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+', "", page))
    assert len(set(pages)) == 1
    main = pages[0].partition("<main")[2].partition("</main>")[0].replace("I have a concern", "")
    assert re.findall(r"matched|tier|Step|concern|Internal Medicine", main) == []


def test_where_they_worked_together_is_shown_without_a_grade(client, asked, student):
    ClerkshipEvaluationFactory(student=student, evaluator=asked.person, clerkship="Inpatient Medicine", grade="fail")
    page = client.get(url(asked, "link-vouch", student.pk)).content.decode()
    assert "Inpatient Medicine, March 2026" in page
    assert "Fail" not in page


def test_the_form_says_what_is_missing(client, asked, student):
    answer = client.post(url(asked, "link-vouch", student.pk), {"statement": "Kept."})
    assert (answer.status_code, Vouch.objects.count()) == (422, 0)
    assert "Kept." in answer.content.decode()


def test_links_carry_no_name_and_are_kept_nowhere(client, asked, student):
    answer = client.get(url(asked, "link-vouch", student.pk))
    assert "no-store" in answer["Cache-Control"]
    assert student.last_name not in url(asked, "link-vouch", student.pk)
    assert Message.objects.count() == 0
    assert asked.expires_at > real_now()
