"""Whatever happens to workers, in whatever order: no mail goes twice by itself, and none is lost without a word."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import audit, outbox
from core.clock import real_now
from core.enums import MessageStatus
from core.models import Message
from core.outbox import registry, sending
from core.outbox.delivering import Post, as_mail
from core.outbox.putting import Letter
from core.transitions import move

START = datetime(2027, 2, 1, 12, tzinfo=UTC)
MAILS = 3
WHICH = st.integers(0, MAILS - 1)
STEP = st.one_of(
    st.tuples(st.just("sweep"), st.just(0)),
    st.tuples(st.just("die claimed"), WHICH),
    st.tuples(st.just("die before the server has it"), WHICH),
    st.tuples(st.just("die after the server has it"), WHICH),
    st.tuples(st.just("wait"), st.sampled_from([10, 70, 300, 4_000])),
    st.tuples(st.just("hold"), st.booleans()),
    st.tuples(st.just("a person knows"), WHICH),
)


class School:
    """Three mails, workers that may die anywhere, and a person who looks at what nobody knows of."""

    def __init__(self, traveller):
        self.traveller = traveller
        self.held = False
        with audit.acting(None):
            self.keys = [
                outbox.put(f"key:{n}", kind="test", letter=Letter(f"to{n}@school.example", "S", "B"), by=None).key
                for n in range(MAILS)
            ]

    def arrived(self):
        return Counter(each.extra_headers["Message-ID"] for each in mail.outbox)

    def take(self, step, what):
        if step == "sweep":
            outbox.send_due()
        elif step == "wait":
            self.traveller.shift(timedelta(seconds=what))
        elif step == "hold":
            self.held = what
        else:
            self.act(step, Message.objects.get(key=self.keys[what]))

    def act(self, step, message):
        if step == "a person knows":
            self.settle(message)
        elif message.status == MessageStatus.WAITING and not self.held and sending.claim(message):
            if step == "die claimed":
                return
            move(message, MessageStatus.HANDING_OVER, lease_until=real_now() + sending.HAND_OVER_LEASE)
            if step == "die after the server has it":
                with Post() as post:
                    post.hand_over(as_mail(message))

    def settle(self, message):
        if message.status == MessageStatus.UNSURE:
            with audit.acting(None):
                known = outbox.mark_arrived if self.arrived()[message.message_id] else outbox.send_again
                known(message, by=None)


@pytest.mark.django_db
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=25))
def test_any_course_of_events_ends_with_each_mail_once(steps, monkeypatch):
    Message.objects.all().delete()
    mail.outbox = []
    monkeypatch.setattr(registry, "_holds", {})
    with time_machine.travel(START, tick=False) as traveller:
        school = School(traveller)
        outbox.hold("test")(lambda message, cycle: "Held." if school.held else "")
        for step, what in steps:
            school.take(step, what)
            assert max(school.arrived().values(), default=0) <= 1
            lost = Message.objects.filter(status="sent").exclude(message_id__in=school.arrived())
            assert lost.count() == 0
        school.held = False
        for _ in range(3):
            school.traveller.shift(timedelta(hours=1))
            outbox.send_due()
            for message in Message.objects.unsure():
                school.settle(message)
        outbox.send_due()
        assert set(school.arrived().values()) == {1}
        assert list(Message.objects.values_list("status", flat=True)) == ["sent"] * MAILS
