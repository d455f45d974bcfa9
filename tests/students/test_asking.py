"""Asking for vouches: whom, by mail or in the hallway, for one student or the whole class, without any result."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
import time_machine
from django.urls import reverse

from core import outbox
from core.clock import EASTERN
from core.models import Message
from core.permits import Refused
from students.actions.asking import Ask, mail_requests, make_links
from students.actions.vouches import CannotBeAsked
from students.enums import VouchAnswer
from students.models import Student, VouchLink, VouchRequest
from students.qr import qr_code
from students.selectors.asking import suggestions
from tests.factories import (
    ClerkshipEvaluationFactory,
    ConflictFactory,
    PersonFactory,
    StudentFactory,
    VouchFactory,
    VouchRequestFactory,
    sign_in,
)

EMBARGOED = datetime(2027, 3, 15, 9, 40, tzinfo=EASTERN)
LIFTED = datetime(2027, 3, 15, 10, 0, tzinfo=EASTERN)


@pytest.fixture
def evaluator():
    return PersonFactory(name="Eva Evaluator", department="Medicine")


@pytest.fixture
def class_of_three(week_before, cycle, student, evaluator):
    others = [StudentFactory(cycle=cycle, last_name=name, match_status="unknown") for name in ("Beta", "Gamma")]
    for each in (student, *others):
        ClerkshipEvaluationFactory(student=each, evaluator=evaluator, clerkship="Surgery")
    return [student, *others]


@pytest.fixture
def page(cycle):
    return reverse("students:vouch-requests", args=[cycle.slug])


def known(person, cycle):
    return {row.name: [each.name for each in row.students] for row in suggestions(person, cycle)}


def post(client, page, act, **more):
    return client.post(page, {"act": act} | more)


# --- Whom -----------------------------------------------------------------------------------------------------------


def test_who_evaluated_is_suggested_until_asked_vouched_or_recused(class_of_three, coordinator, cycle, evaluator):
    names = [each.name for each in class_of_three]
    assert known(coordinator, cycle) == {"Eva Evaluator": names}
    VouchRequestFactory(student=class_of_three[0], faculty=evaluator)
    VouchFactory(student=class_of_three[1], faculty=evaluator)
    assert known(coordinator, cycle) == {"Eva Evaluator": names[2:]}
    ConflictFactory(student=class_of_three[2], person=evaluator)
    assert known(coordinator, cycle) == {}


def test_students_the_asker_is_recused_from_are_not_there(class_of_three, coordinator, cycle):
    ConflictFactory(student=class_of_three[0], person=coordinator)
    assert known(coordinator, cycle) == {"Eva Evaluator": [each.name for each in class_of_three[1:]]}


def test_the_list_is_the_same_whatever_became_of_anyone(class_of_three, coordinator, cycle, client, page):
    sign_in(client, coordinator)
    pages = set()
    with time_machine.travel(EMBARGOED, tick=False):
        for status in ("unknown", "matched", "unmatched"):
            Student.objects.update(match_status=status)
            text = client.get(page).content.decode()
            pages.add(re.sub(r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+', "", text))
    assert len(pages) == 1


def test_program_directors_are_not_asked_while_their_vouches_rest(class_of_three, coordinator, cycle, evaluator):
    evaluator.position = "program director"
    evaluator.save()
    assert [row.rests for row in suggestions(coordinator, cycle)] == [""]
    with time_machine.travel(EMBARGOED, tick=False):
        assert "Program directors" in suggestions(coordinator, cycle)[0].rests
        with pytest.raises(CannotBeAsked):
            make_links(cycle, asks=[Ask(evaluator, ((class_of_three[0], ""),))], by=coordinator)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_queries_for_one_and_three(
    count, coordinator, cycle, client, page, django_assert_max_num_queries, week_before
):
    for _ in range(count):
        ClerkshipEvaluationFactory(student=StudentFactory(cycle=cycle), evaluator=PersonFactory())
    sign_in(client, coordinator)
    with django_assert_max_num_queries(19):
        client.get(page)


@pytest.mark.parametrize("role", ["member", "advisor", "faculty"])
def test_only_the_office_asks(role, request, client, page, cycle, student):
    person = request.getfixturevalue(role)
    sign_in(client, person)
    assert client.get(page).status_code == 403
    asks = [Ask(PersonFactory(), ((student, ""),))]
    with pytest.raises(Refused):
        mail_requests(cycle, asks=asks, site="http://site", once="0" * 32, is_alike=True, by=person)
    with pytest.raises(Refused):
        make_links(cycle, asks=asks, by=person)


# --- By mail --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["preview", "mail", "hand", "record"])
def test_ids_that_are_none_ask_nobody(coordinator, cycle, client, page, act):
    sign_in(client, coordinator)
    odd = ["²", "9" * 5_000, "x", ""]
    answer = client.post(page, {"act": act, "person": odd, "pair": [f"{each}:{each}" for each in odd]})
    assert answer.status_code < 500
    assert not VouchRequest.objects.exists()


def test_the_preview_sends_nothing_and_sending_twice_sends_once(class_of_three, coordinator, client, page, evaluator):
    sign_in(client, coordinator)
    shown = post(client, page, "preview", person=evaluator.pk).content.decode()
    assert all(each.name in shown for each in class_of_three)
    assert (Message.objects.count(), VouchRequest.objects.count()) == (0, 0)
    once = re.search(r'name="once" value="(\w+)"', shown)[1]
    pairs = re.findall(r'name="pair" value="([\d:]+)"', shown)
    for _ in range(2):
        assert post(client, page, "send", pair=pairs, once=once).status_code in (302, 422)
    message = Message.objects.get()
    assert (message.recipient, VouchLink.objects.count(), VouchRequest.objects.count()) == (evaluator.email, 1, 3)


def test_the_mail_names_students_and_no_result_and_holds_no_link_until_it_goes(
    class_of_three, coordinator, client, page, evaluator, settings, mailoutbox
):
    sign_in(client, coordinator)
    post(client, page, "send", person=evaluator.pk)
    message = Message.objects.get()
    assert f"[[vouch-link:{VouchLink.objects.get().pk}]]" in message.body
    outbox.send_due()
    (mail,) = mailoutbox
    link = re.search(r"^http://testserver(/2027/v/\S+)$", mail.body, re.M)[1]
    assert (mail.to, mail.reply_to) == ([evaluator.email], [coordinator.email])
    assert not re.search(r"unmatched|matched|tier", mail.body)
    client.logout()
    assert client.get(link).status_code == 200


def test_the_class_asked_alike_passes_the_embargo_and_a_choice_waits(
    class_of_three, coordinator, client, page, evaluator, mailoutbox
):
    other = PersonFactory(name="Otto Other")
    for each in class_of_three:
        ClerkshipEvaluationFactory(student=each, evaluator=other)
    sign_in(client, coordinator)
    with time_machine.travel(EMBARGOED, tick=False):
        client.force_login(coordinator)
        post(client, page, "send", person=evaluator.pk)
        post(client, page, "send", pair=f"{other.pk}:{class_of_three[0].pk}")
        outbox.send_due()
        assert [mail.to for mail in mailoutbox] == [[evaluator.email]]
    with time_machine.travel(LIFTED, tick=False):
        outbox.send_due()
        assert [mail.to for mail in mailoutbox] == [[evaluator.email], [other.email]]


def test_a_demo_s_mail_is_read_in_the_mailbox_and_its_link_opens(
    class_of_three, coordinator, client, page, cycle, evaluator, mailoutbox
):
    cycle.is_demo = True
    cycle.save()
    sign_in(client, coordinator)
    post(client, page, "send", person=evaluator.pk)
    outbox.send_due()
    assert mailoutbox == []
    shown = client.get(reverse("mailbox")).content.decode()
    link = re.search(r'href="http://testserver(/2027/v/[^"]+)"', shown)[1]
    client.logout()
    assert "Students you were asked about" in client.get(link).content.decode()


def test_the_mailbox_is_not_there_in_production(client, coordinator, settings):
    settings.PRODUCTION = True
    sign_in(client, coordinator)
    assert client.get(reverse("mailbox")).status_code == 404


def test_a_rehearsal_s_mailbox_is_the_office_s(class_of_three, coordinator, client, page, cycle, evaluator, faculty):
    cycle.clock_shift = -(datetime(2027, 3, 8, tzinfo=EASTERN) - datetime(2027, 3, 7, tzinfo=EASTERN))
    cycle.save()
    sign_in(client, coordinator)
    post(client, page, "send", person=evaluator.pk)
    outbox.send_due()
    assert evaluator.email in client.get(reverse("mailbox")).content.decode()
    sign_in(client, faculty)
    assert evaluator.email not in client.get(reverse("mailbox")).content.decode()


# --- In the hallway, and one student --------------------------------------------------------------------------------


def test_links_for_the_hallway_are_shown_once_with_a_code_and_nothing_is_mailed(
    class_of_three, coordinator, client, page, evaluator
):
    sign_in(client, coordinator)
    answer = post(client, page, "hand", person=evaluator.pk)
    shown = answer.content.decode()
    link = re.search(r'value="http://testserver(/2027/v/[^"]+)"', shown)[1]
    assert (Message.objects.count(), VouchRequest.objects.count(), shown.count('class="qr"')) == (0, 3, 1)
    assert ("no-store" in answer["Cache-Control"], "style=" in shown) == (True, False)
    client.logout()
    assert client.get(link).status_code == 200


def test_a_qr_code_is_its_modules_and_quiet_zone():
    code = qr_code("https://match.school.example/2027/v/" + "a" * 43 + "/")
    assert code.side == 8 + 17 + 4 * ((code.side - 25) // 4)
    assert re.fullmatch(r"(M\d+ \d+h\d+v1h-\d+z)+", code.path)
    assert "M4 4h7v1h-7z" in code.path


def test_for_one_student_suggested_people_and_anybody_else_are_asked(
    class_of_three, coordinator, client, cycle, student, evaluator
):
    sign_in(client, coordinator)
    page = reverse("students:vouch-request", args=[cycle.slug, student.pk])
    somebody = PersonFactory(name="Somebody Else")
    assert "Eva Evaluator" in client.get(page).content.decode()
    shown = post(client, page, "preview", person=evaluator.pk, faculty=somebody.email).content.decode()
    assert (evaluator.email in shown, somebody.email in shown, "Beta" in shown) == (True, True, False)
    pairs = re.findall(r'name="pair" value="([\d:]+)"', shown)
    post(client, page, "send", pair=pairs, faculty=somebody.email)
    assert sorted(Message.objects.values_list("recipient", flat=True)) == sorted([evaluator.email, somebody.email])
    assert {each.student_id for each in VouchRequest.objects.all()} == {student.pk}


def test_only_recording_mails_nothing(class_of_three, coordinator, client, cycle, student, evaluator):
    sign_in(client, coordinator)
    page = reverse("students:vouch-request", args=[cycle.slug, student.pk])
    answer = post(client, page, "record", faculty=evaluator.email, asked_on="2027-03-01")
    assert (answer.status_code, Message.objects.count(), VouchLink.objects.count()) == (302, 0, 0)
    assert VouchRequest.objects.get().status == VouchAnswer.ASKED
    assert post(client, page, "record").status_code == 422
    assert post(client, page, "preview").status_code == 422


def test_a_recused_person_is_not_asked(class_of_three, coordinator, client, cycle, student):
    relative = PersonFactory()
    ConflictFactory(student=student, person=relative)
    sign_in(client, coordinator)
    page = reverse("students:vouch-request", args=[cycle.slug, student.pk])
    assert post(client, page, "send", faculty=relative.email).status_code == 422
    assert (Message.objects.count(), VouchRequest.objects.count()) == (0, 0)


def test_the_audit_failing_leaves_no_request_link_or_mail(class_of_three, coordinator, cycle, evaluator, monkeypatch):
    def fails(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("core.audit.chain._append", fails)
    asks = [Ask(evaluator, ((class_of_three[0], ""),))]
    with pytest.raises(ZeroDivisionError):
        mail_requests(cycle, asks=asks, site="http://site/", once="0" * 32, is_alike=False, by=coordinator)
    assert (Message.objects.count(), VouchRequest.objects.count(), VouchLink.objects.count()) == (0, 0, 0)
