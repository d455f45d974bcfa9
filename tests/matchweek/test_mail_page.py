"""The office's page of outgoing mail: what goes, what is held and why, and what a person settles."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role
from core import audit, outbox
from core.clock import EASTERN
from core.models import Event, Message
from tests.factories import CycleFactory, PersonFactory, sign_in

EMBARGOED = datetime(2027, 3, 15, 9, 40, tzinfo=EASTERN)


@pytest.fixture
def cycle(db):
    return CycleFactory()


def put(cycle, key="key:1", **more):
    letter = outbox.Letter(f"{key.replace(':', '')}@school.example", "Subject", "A secret word.")
    with audit.acting(None):
        return outbox.put(key, kind="test", letter=letter, cycle_id=cycle.pk, by=None, **more)


def stand(message, status, **more):
    Message.objects.filter(pk=message.pk).update(status=status, **more)


@pytest.fixture
def office(client, cycle):
    person = PersonFactory(roles=[Role.COORDINATOR])
    sign_in(client, person)
    return person


def url(cycle, name="mail", *ids):
    return reverse(f"matchweek:{name}", args=[cycle.slug, *ids])


def test_the_page_says_what_goes_and_what_is_held_and_why(client, cycle, office):
    with time_machine.travel(EMBARGOED, tick=False):
        sign_in(client, office)
        put(cycle)
        page = client.get(url(cycle)).content.decode()
    assert "Held: Embargoed until Mon 15 Mar 10:00 Eastern." in page
    assert ("key1@school.example" in page, "A secret word" in page) == (True, False)


def test_the_embargo_ends_at_ten(cycle, mailoutbox):
    with time_machine.travel(EMBARGOED, tick=False):
        put(cycle, "key:1")
        put(cycle, "key:2", passes=["embargo"])
        assert outbox.send_due() == 1
    with time_machine.travel(EMBARGOED + timedelta(minutes=19, seconds=59), tick=False):
        assert outbox.send_due() == 0
    with time_machine.travel(EMBARGOED + timedelta(minutes=20), tick=False):
        assert outbox.send_due() == 1


@pytest.mark.parametrize(
    ("status", "to", "expected"),
    [
        ("unsure", "arrived", "sent"),
        ("unsure", "again", "waiting"),
        ("unsure", "cancel", "cancelled"),
        ("refused", "again", "waiting"),
        ("waiting", "cancel", "cancelled"),
        ("cancelled", "again", "cancelled"),
        ("waiting", "arrived", "waiting"),
    ],
)
def test_a_person_settles_a_mail(client, cycle, office, status, to, expected):
    message = put(cycle)
    stand(message, status)
    assert client.post(url(cycle, "mail-settle", message.pk), {"to": to}).status_code == 302
    message.refresh_from_db()
    assert message.status == expected
    settled = Event.objects.filter(subject_type="core.message", actor_id=office.pk)
    assert settled.count() == (expected != status)


def test_an_unknown_answer_is_refused(client, cycle, office):
    assert client.post(url(cycle, "mail-settle", put(cycle).pk), {"to": "burn"}).status_code == 400


@pytest.mark.parametrize(
    ("role", "allowed"), [(role, role in (Role.DEAN, Role.COORDINATOR, Role.MATCH_OFFICER)) for role in Role]
)
def test_who_prepares_the_cycle_sees_its_mail(client, cycle, role, allowed):
    message = put(cycle)
    sign_in(client, PersonFactory(roles=[role]))
    assert client.get(url(cycle)).status_code == (200 if allowed else 403)
    assert client.post(url(cycle, "mail-settle", message.pk), {"to": "cancel"}).status_code == (302 if allowed else 403)


def test_another_cycle_s_mail_is_not_there(client, cycle, office):
    message = put(CycleFactory(year=2026))
    assert client.post(url(cycle, "mail-settle", message.pk), {"to": "cancel"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_for_one_and_three(client, cycle, office, count, django_assert_num_queries):
    for number in range(count):
        put(cycle, f"key:{number}")
        stand(put(cycle, f"sent:{number}"), "sent", sent_at=EMBARGOED)
    client.get(url(cycle))
    with django_assert_num_queries(6):
        client.get(url(cycle))
