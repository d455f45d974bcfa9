"""Minutes and receipts: what they say, to whom, what a recusal hides, that opening them is recorded."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from core.models import Event
from students.models import Vouch
from tests.factories import ConflictFactory, PersonFactory, sign_in
from tests.triage.meeting_room import MONDAY, TEN, Room, make_room
from triage.actions import agenda, decisions, follow_ups, meetings, priorities
from triage.models import Attendance, Decision
from triage.policy.words import _REASONS as ENGINE_REASONS
from triage.selectors.minutes import read_minutes
from triage.selectors.receipt import _REASONS, WHAT_YOUR_SCHOOL_DOES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def held(monday) -> Room:
    """A meeting with a reopening, an override that waits, a tabled item, an action, and one who is absent."""
    room = make_room()
    attendance = Attendance.objects.select_related("meeting__cycle").get(person=room.dean)
    meetings.mark_attendance(attendance, is_here=True, by=room.dean)
    room.start()
    first = room.decide(1, tier=2)
    decisions.reopen_decision(first, reason="Read for the wrong student.", by=room.dean)
    room.decide(1)
    room.decide(3, tier=2)
    room.open(2)
    agenda.table_item(room.item(2), by=room.dean)
    follow_ups.add_follow_up(
        room.fresh(),
        item=room.item(1),
        what="Ask for a second letter",
        owner=room.second,
        due_on=MONDAY.date(),
        by=room.dean,
    )
    meetings.close_meeting(room.fresh(), by=room.dean)
    return room


def minutes_url(room: Room) -> str:
    return reverse("triage:minutes", args=[room.cycle.slug, room.meeting.pk])


def receipt_url(room: Room, decision: Decision) -> str:
    return reverse("triage:receipt", args=[room.cycle.slug, decision.pk])


def page(person, address: str) -> str:
    answer = sign_in(Client(), person).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_minutes_tell_attendance_decisions_reopening_and_what_is_open(held):
    shown = read_minutes(held.fresh(), held.dean)
    assert {row.name: row.presence for row in shown.attended} == {
        "Dean Beckett": "here from 9:40",
        "Dean Halloran": "absent",
        "Dr. Member": "absent",
        "Dr. Officer": "absent",
    }
    first, second, third = shown.items
    assert [(line.decision.tier, line.state, line.override_words) for line in first.decisions] == [
        (2, "Reopened", "New evidence"),
        (1, "Decided", ""),
    ]
    assert "Read for the wrong student." in first.decisions[0].reopened_words
    assert [each.what for each in first.follow_ups] == ["Ask for a second letter"]
    assert (second.ending, third.ending) == ("Tabled, not decided.", "Waits for a second officer; not in force.")
    assert shown.counts == (1, 0, 0)


def test_minutes_page_says_policy_digest_and_that_there_are_no_quotas(held):
    words = page(held.dean, minutes_url(held))
    assert "policy v1" in words
    assert read_minutes(held.fresh(), held.dean).digest in words
    assert "there are no quotas" in words
    assert "Printed by Dean Beckett" in words


def test_digest_is_the_same_for_every_reader_and_moves_with_every_decision(held):
    before = read_minutes(held.fresh(), held.dean).digest
    assert read_minutes(held.fresh(), held.member).digest == before
    decisions.second_decision(
        Decision.objects.select_related("item__meeting__cycle", "student").get(needs_second=True),
        agrees=True,
        by=held.officer,
    )
    assert read_minutes(held.fresh(), held.dean).digest != before


def test_recused_reader_learns_nothing_of_the_item(held):
    ConflictFactory(person=held.member, student=held.item(1).student)
    words = page(held.member, minutes_url(held))
    assert "Quillfeather" not in words
    assert "Ask for a second letter" not in words
    assert "Read for the wrong student." not in words
    shown = read_minutes(held.fresh(), held.member)
    assert (shown.counts, shown.closed_items) == ((0, 0, 0), 1)
    assert [(row.person, row.item, row.kind) for row in shown.recusals] == [("Dr. Member", "item 1", "family")]
    named = read_minutes(held.fresh(), held.dean)
    assert [row.item for row in named.recusals] == ["item 1, Ansel Quillfeather"]


@pytest.mark.parametrize(
    ("role", "expected"),
    [(Role.COORDINATOR, 200), (Role.REGISTRAR, 403), (Role.AUDITOR, 404), (Role.CALLER, 404), (Role.STUDENT, 404)],
)
def test_readers_of_the_minutes_by_role_under_the_embargo(held, role, expected):
    answer = sign_in(Client(), PersonFactory(roles=[role])).get(minutes_url(held))
    assert answer.status_code == expected


def test_registrar_reads_when_the_embargo_lifted(held, monday):
    monday.move_to(TEN)
    registrar = PersonFactory(roles=[Role.REGISTRAR])
    assert "Quillfeather" in page(registrar, minutes_url(held))


def test_opening_minutes_and_receipt_is_on_the_trail(held):
    decision = Decision.objects.in_force().get()
    page(held.member, minutes_url(held))
    page(held.dean, receipt_url(held, decision))
    opened = Event.objects.filter(kind__in=["minutes-opened", "receipt-opened"]).order_by("seq")
    assert list(opened.values_list("kind", "actor_id", "student_id")) == [
        ("minutes-opened", held.member.pk, None),
        ("receipt-opened", held.dean.pk, decision.student_id),
    ]


def test_planned_meeting_has_no_minutes(monday):
    room = make_room()
    answer = sign_in(Client(), room.dean).get(minutes_url(room))
    assert answer.status_code == 403


# --- Receipts -------------------------------------------------------------------------------------------------------


def test_receipt_names_nobody_but_the_student(held):
    decision = Decision.objects.in_force().get()
    words = page(held.coordinator, receipt_url(held, decision))
    main = words[words.index("<main") : words.index("</main>")]
    assert "Ansel Quillfeather" in main
    names = ["Beckett", "Halloran", "Member", "Officer", "Whitlock"]
    vouchers = [str(vouch.faculty) for vouch in Vouch.objects.filter(student=decision.student)]
    assert [name for name in [*names, *vouchers] if name in main] == []
    assert "The dean&#x27;s office, by the chair of its meeting" in main
    assert decision.assessment.evidence_digest in main
    assert "Policy version 1" in main


def test_receipt_speaks_to_the_student_without_tier_points_or_flag():
    spoken = " ".join([*_REASONS.values(), *WHAT_YOUR_SCHOOL_DOES.values()]).lower()
    assert [word for word in ("tier", "point", "strand", "flag", "unfortunately", "!") if word in spoken] == []
    assert set(_REASONS) == set(ENGINE_REASONS)


def test_receipt_of_an_override_gives_its_ground_without_the_note(monday):
    room = make_room()
    room.start()
    decision = room.decide(1, tier=2)
    words = page(room.dean, receipt_url(room, decision))
    assert "Its ground: new evidence." in words
    assert "A letter came in." not in words


def test_receipt_of_a_priority_names_it(monday):
    room = make_room()
    facts = {"name": "Rural track", "reason": "Our mission", "owner": room.dean, "by": room.dean}
    priority = priorities.declare_priority(room.cycle, **facts)
    monday.shift(60)
    room.start()
    item = room.open(2)
    choice = room.choice(2, 1, override_code="institutional_priority", priority=priority)
    decision = decisions.decide_item(item, choice=choice, by=room.dean)
    assert "for a priority declared beforehand: Rural track." in page(room.dean, receipt_url(room, decision))


def test_receipt_of_a_decision_not_in_force_is_refused(held):
    waiting = Decision.objects.get(needs_second=True)
    reopened = Decision.objects.get(reopening__isnull=False)
    for decision in (waiting, reopened):
        assert sign_in(Client(), held.dean).get(receipt_url(held, decision)).status_code == 403


def test_receipt_is_closed_to_the_recused(held):
    decision = Decision.objects.in_force().get()
    ConflictFactory(person=held.dean, student=decision.student)
    assert sign_in(Client(), held.dean).get(receipt_url(held, decision)).status_code == 404


def test_a_recused_reader_does_not_learn_which_priority_was_cited(monday):
    room = make_room()
    facts = {"name": "Rural track", "reason": "The board's resolution", "owner": room.dean, "by": room.dean}
    priority = priorities.declare_priority(room.cycle, **facts)
    monday.shift(60)
    room.start()
    item = room.open(2)
    choice = room.choice(2, 1, override_code="institutional_priority", priority=priority)
    decisions.decide_item(item, choice=choice, by=room.dean)
    ConflictFactory(student=item.student, person=room.officer, kind="family")
    assert read_minutes(room.fresh(), room.officer).priorities == ()
    assert read_minutes(room.fresh(), room.member).priorities == (priority,)
