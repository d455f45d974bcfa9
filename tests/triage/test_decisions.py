"""Decisions: one per item, on what was seen, explained, seconded where it leaves Tier 3, reopened with a reason."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.db.utils import DatabaseError

from accounts.enums import Role
from core.permits import Refused
from students.actions.evidence import raise_evidence_numbers
from students.models import Student
from tests.factories import ConcernFactory, ConflictFactory, CycleFactory, PersonFactory, VouchFactory
from tests.triage.meeting_room import LATER, MONDAY, Room, make_room
from triage import permissions
from triage.actions import agenda, decisions, follow_ups, meetings, priorities
from triage.actions.assessing import bring_up_to_date
from triage.actions.decisions import AssessmentChanged, Choice, ChoiceRefused, DecidedBefore
from triage.models import Assessment, Attendance, Decision, Reopening, SecondSignature

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def room(monday) -> Room:
    room = make_room()
    room.start()
    return room


def test_follow_records_the_recommendation_and_closes_the_item(room):
    decision = room.decide(1)
    assert (decision.tier, decision.recommended_tier, decision.override_code, decision.note) == (1, 1, "", "")
    assert (decision.decided_by, decision.decided_at) == (room.dean, MONDAY)
    assert room.item(1).status == "decided"


def test_override_keeps_code_note_and_both_tiers(room):
    decision = room.decide(1, tier=2)
    assert (decision.tier, decision.recommended_tier, decision.override_code) == (2, 1, "new_evidence")
    assert decision.needs_second is False


@pytest.mark.parametrize(
    ("tier", "more", "field"),
    [
        (4, {}, "tier"),
        (2, {"override_code": ""}, "override_code"),
        (2, {"override_code": "because"}, "override_code"),
        (2, {"note": "  "}, "note"),
        (2, {"override_code": "institutional_priority"}, "priority"),
        (1, {"override_code": "new_evidence"}, "override_code"),
    ],
)
def test_choice_that_does_not_hold_together_is_refused(room, tier, more, field):
    item = room.open(1)
    given = {"override_code": "new_evidence" if tier != 1 else "", "note": "A letter."} | more
    choice = Choice(assessment_id=room.choice(1).assessment_id, tier=tier, **given)
    with pytest.raises(ChoiceRefused) as refused:
        decisions.decide_item(item, choice=choice, by=room.dean)
    assert (refused.value.field, room.item(1).status) == (field, "open")


def test_only_the_open_item_is_decided(room):
    with pytest.raises(Refused, match="Only the open item"):
        decisions.decide_item(room.item(1), choice=room.choice(1), by=room.dean)


@pytest.mark.parametrize("who", ["member", "coordinator", "second", "officer"])
def test_only_the_leader_decides(room, who):
    item = room.open(1)
    with pytest.raises(Refused, match="Dean Beckett leads this item"):
        decisions.decide_item(item, choice=room.choice(1), by=getattr(room, who))


def test_second_decider_learns_who_was_first(room):
    item = room.open(1)
    choice = room.choice(1)
    first = decisions.decide_item(item, choice=choice, by=room.dean)
    with pytest.raises(DecidedBefore) as refused:
        decisions.decide_item(item, choice=choice, by=room.dean)
    assert str(refused.value) == "Dean Beckett decided this item at 9:40. Nothing was saved."
    assert refused.value.decision == first


def test_whoever_is_recused_does_not_learn_who_decided(room):
    ConflictFactory(student=room.item(1).student, person=room.officer, kind="family")
    room.decide(1)
    with pytest.raises(Refused, match="You are recused from this item"):
        decisions.decide_item(room.item(1), choice=room.choice(1), by=room.officer)


def test_assessment_that_changed_since_the_page_is_refused(room):
    item = room.open(1)
    choice = room.choice(1)
    ConcernFactory.create_batch(2, student=item.student, severity="moderate")
    raise_evidence_numbers([item.student_id])
    with pytest.raises(AssessmentChanged):
        decisions.decide_item(item, choice=choice, by=room.dean)
    bring_up_to_date(room.cycle)
    with pytest.raises(AssessmentChanged):
        decisions.decide_item(room.item(1), choice=choice, by=room.dean)
    decision = decisions.decide_item(room.item(1), choice=room.choice(1), by=room.dean)
    assert decision.tier == 3


def test_decision_stays_with_the_assessment_it_saw(room):
    decision = room.decide(1)
    VouchFactory(student=decision.student)
    raise_evidence_numbers([decision.student_id])
    bring_up_to_date(room.cycle)
    decision.refresh_from_db()
    assert decision.assessment.is_current is False
    assert decision.assessment.pk != Assessment.objects.current().get(student=decision.student).pk


def test_decision_is_never_edited(room):
    decision = room.decide(1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(tier=2)


# --- Leaving Tier 3 -------------------------------------------------------------------------------------------------


def test_leaving_tier_three_waits_for_a_second_officer(room):
    decision = room.decide(3, tier=2)
    assert (decision.needs_second, room.item(3).status) == (True, "second")
    assert not Decision.objects.in_force().exists()
    decisions.second_decision(decision, agrees=True, by=room.officer)
    assert room.item(3).status == "decided"
    assert list(Decision.objects.in_force()) == [decision]


def test_following_tier_three_needs_no_second(room):
    assert room.decide(3).needs_second is False


def test_the_decider_members_and_recused_officers_do_not_sign(room):
    decision = room.decide(3, tier=2)
    ConflictFactory(person=room.officer, student=decision.student)
    decision = Decision.objects.select_related("item__meeting__cycle", "student").get(pk=decision.pk)
    words = {
        room.dean: "another officer signs it",
        room.member: "sign as second officer",
        room.coordinator: "sign as second officer",
        room.officer: "You are recused",
    }
    for person, said in words.items():
        with pytest.raises(Refused, match=said):
            decisions.second_decision(decision, agrees=True, by=person)
    assert permissions.can_second_decision(room.second, decision)


def test_refused_signature_opens_the_item_again_and_keeps_the_decision(room):
    decision = room.decide(3, tier=2)
    decisions.second_decision(decision, agrees=False, note="The pattern is plain.", by=room.officer)
    assert room.item(3).status == "open"
    assert SecondSignature.objects.get(decision=decision).agrees is False
    again = decisions.decide_item(room.item(3), choice=room.choice(3), by=room.dean)
    assert list(Decision.objects.filter(student=decision.student)) == [decision, again]
    assert list(Decision.objects.in_force()) == [again]


def test_refused_signature_waits_while_another_item_is_open(room):
    decision = room.decide(3, tier=2)
    room.open(1)
    decisions.second_decision(decision, agrees=False, by=room.officer)
    assert (room.item(3).status, room.item(1).status) == ("waiting", "open")


def test_signature_is_given_once(room):
    decision = room.decide(3, tier=2)
    decisions.second_decision(decision, agrees=True, by=room.officer)
    with pytest.raises(Refused, match="No second signature is waited for"):
        decisions.second_decision(decision, agrees=False, by=room.second)


def test_only_the_decision_that_waits_is_signed(room):
    """A signature under an earlier decision of the item would let the later one pass unsigned."""
    first = room.decide(3)
    decisions.reopen_decision(first, reason="A letter came in.", by=room.dean)
    waiting = decisions.decide_item(room.item(3), choice=room.choice(3, tier=2), by=room.dean)
    first.item = room.item(3)
    with pytest.raises(Refused, match="No second signature is waited for"):
        decisions.second_decision(first, agrees=True, by=room.officer)
    assert room.item(3).status == "second"
    decisions.second_decision(waiting, agrees=True, by=room.officer)
    assert list(Decision.objects.in_force()) == [waiting]


def test_a_refused_decision_is_not_signed_later(room):
    refused = room.decide(3, tier=2)
    decisions.second_decision(refused, agrees=False, by=room.officer)
    decisions.decide_item(room.item(3), choice=room.choice(3, tier=2), by=room.dean)
    refused.item = room.item(3)
    with pytest.raises(Refused, match="No second signature is waited for"):
        decisions.second_decision(refused, agrees=True, by=room.second)


def test_signature_after_the_close_counts(room):
    decision = room.decide(3, tier=2)
    meetings.close_meeting(room.fresh(), by=room.dean)
    decisions.second_decision(decision, agrees=True, by=room.officer)
    assert list(Decision.objects.in_force()) == [decision]


def test_reopening_is_no_way_around_the_second_officer(room):
    decision = room.decide(1, tier=3)
    decisions.reopen_decision(decision, reason="The hearing was moved.", by=room.dean)
    again = decisions.decide_item(room.item(1), choice=room.choice(1), by=room.dean)
    assert (again.recommended_tier, again.tier, again.needs_second) == (1, 1, True)


# --- Reopening ------------------------------------------------------------------------------------------------------


def test_reopening_keeps_the_first_decision_and_needs_a_new_one(room):
    first = room.decide(1, tier=2)
    reopening = decisions.reopen_decision(first, reason="A vouch came in.", by=room.dean)
    assert (reopening.reason, room.item(1).status) == ("A vouch came in.", "open")
    assert not Decision.objects.in_force().exists()
    second = decisions.decide_item(room.item(1), choice=room.choice(1), by=room.dean)
    assert list(Decision.objects.filter(item=first.item)) == [first, second]
    assert list(Decision.objects.in_force()) == [second]


def test_reopening_puts_the_open_item_back(room):
    first = room.decide(1)
    room.open(2)
    decisions.reopen_decision(first, reason="Wrong page.", by=room.dean)
    assert (room.item(1).status, room.item(2).status) == ("open", "waiting")


def test_only_the_leader_reopens_and_only_while_the_meeting_runs(room):
    first = room.decide(1)
    with pytest.raises(Refused, match="Dean Beckett leads this item"):
        decisions.reopen_decision(first, reason="No.", by=room.member)
    meetings.close_meeting(room.fresh(), by=room.dean)
    with pytest.raises(Refused, match="not running"):
        decisions.reopen_decision(first, reason="No.", by=room.dean)
    assert not Reopening.objects.exists()


def test_student_decided_in_another_meeting_meanwhile_is_not_decided_again(room):
    plan = meetings.MeetingPlan("Second meeting", MONDAY, room.second, 4)
    other = meetings.plan_meeting(room.cycle, plan=plan, by=room.coordinator)
    item = agenda.add_item(other, student=room.item(1).student, by=room.coordinator)
    meetings.start_meeting(other, by=room.second)
    agenda.open_item(item, by=room.second)
    room.decide(1)
    with pytest.raises(Refused, match="Another meeting decided"):
        decisions.decide_item(item, choice=room.choice(1), by=room.second)


def test_student_who_waits_for_a_signature_in_another_meeting_is_not_decided_meanwhile(room):
    """Else both decisions would be in force as soon as the signature is given."""
    plan = meetings.MeetingPlan("Second meeting", MONDAY, room.second, 4)
    other = meetings.plan_meeting(room.cycle, plan=plan, by=room.coordinator)
    item = agenda.add_item(other, student=room.item(3).student, by=room.coordinator)
    meetings.start_meeting(other, by=room.second)
    agenda.open_item(item, by=room.second)
    waiting = room.decide(3, tier=2)
    with pytest.raises(Refused, match="Another meeting decided"):
        decisions.decide_item(item, choice=room.choice(3), by=room.second)
    decisions.second_decision(waiting, agrees=True, by=room.officer)
    assert list(Decision.objects.in_force()) == [waiting]


def test_only_a_decision_in_force_is_reopened(room):
    """Reopening a refused one would leave the one in force standing beside the next."""
    refused = room.decide(3, tier=2)
    decisions.second_decision(refused, agrees=False, by=room.officer)
    decisions.decide_item(room.item(3), choice=room.choice(3), by=room.dean)
    refused.item = room.item(3)
    with pytest.raises(Refused, match="not in force"):
        decisions.reopen_decision(refused, reason="Wrong button.", by=room.dean)
    assert room.item(3).status == "decided"


# --- Institutional priorities ---------------------------------------------------------------------------------------


def cite(room: Room, priority):
    item = room.item(2) if room.item(2).status == "open" else room.open(2)
    more = {"override_code": "institutional_priority", "priority": priority}
    return decisions.decide_item(item, choice=room.choice(2, 1, **more), by=room.dean)


def test_priority_declared_before_the_start_is_cited_by_name(monday):
    room = make_room()
    priority = priorities.declare_priority(
        room.cycle, name="Rural track", reason="Our mission", owner=room.dean, by=room.dean
    )
    monday.shift(timedelta(minutes=1))
    room.start()
    assert cite(room, priority).priority == priority


def test_priority_declared_after_the_start_or_ended_or_of_another_cycle_is_refused(monday):
    room = make_room()
    facts = {"name": "Rural track", "reason": "Our mission", "owner": room.dean, "by": room.dean}
    ended = priorities.declare_priority(room.cycle, **facts)
    priorities.end_priority(ended, by=room.dean)
    elsewhere = priorities.declare_priority(CycleFactory(slug="2027-b"), **facts)
    monday.shift(timedelta(minutes=1))
    room.start()
    late = priorities.declare_priority(room.cycle, **facts)
    for priority, words in ((late, "not declared before"), (ended, "has ended"), (elsewhere, "another cycle")):
        with pytest.raises(ChoiceRefused, match=words) as refused:
            cite(room, priority)
        assert refused.value.field == "priority"


def test_resuming_does_not_let_later_priorities_in(monday):
    room = make_room()
    room.start()
    meetings.close_meeting(room.fresh(), by=room.dean)
    monday.move_to(LATER)
    late = priorities.declare_priority(room.cycle, name="New", reason="Now", owner=room.dean, by=room.dean)
    meetings.resume_meeting(room.fresh(), by=room.dean)
    with pytest.raises(ChoiceRefused, match="not declared before"):
        cite(room, late)


# --- Who ------------------------------------------------------------------------------------------------------------

_BY_ROLE = {
    "can_open_item": set(),
    "can_lead_item": set(),
    "can_decide_item": set(),
    "can_remove_item": {"dean", "coordinator"},
    "can_second_decision": {"dean", "match_officer"},
    "can_reopen_decision": set(),
    "can_finish_follow_up": {"dean", "coordinator"},
    "can_read_receipt": {"dean", "coordinator", "registrar"},
    "can_add_student": {"dean", "coordinator"},
    "can_remove_attendee": {"dean", "coordinator"},
}


@pytest.mark.parametrize("name", sorted(_BY_ROLE))
def test_role_by_permit_for_those_who_neither_chair_nor_attend(room, monday, name):
    monday.move_to(LATER)
    decided, waits = room.decide(1), room.decide(3, tier=2)
    room.open(2)
    follow_up = follow_ups.add_follow_up(
        room.fresh(), item=None, what="Ring", owner=room.dean, due_on=MONDAY.date(), by=room.dean
    )
    agenda.table_item(room.item(2), by=room.dean)
    targets = {
        "can_second_decision": (waits,),
        "can_reopen_decision": (decided,),
        "can_read_receipt": (decided,),
        "can_finish_follow_up": (follow_up,),
        "can_add_student": (room.fresh(), room.item(2).student),
        "can_remove_attendee": (Attendance.objects.select_related("meeting__cycle").get(person=room.member),),
    }.get(name, (room.item(2),))
    people = {role: PersonFactory(roles=[role]) for role in Role.values}
    allowed = {role for role, person in people.items() if getattr(permissions, name)(person, *targets)}
    assert allowed == _BY_ROLE[name]


# --- At once --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_eight_who_decide_at_once_make_one_decision(monday):
    room = make_room()
    room.start()
    room.open(1)
    choice = room.choice(1)
    ready = threading.Barrier(8)
    outcomes: Counter[str] = Counter()

    def decide() -> None:
        try:
            item = room.item(1)
            connection.close()  # The pool of PostgreSQL holds eight connections.
            ready.wait(timeout=20)
            decisions.decide_item(item, choice=choice, by=room.dean)
            outcomes["decided"] += 1
        except Exception as error:
            outcomes[type(error).__name__] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=decide) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert outcomes == {"decided": 1, "DecidedBefore": 7}
    assert Decision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_evidence_and_decisions_at_once_do_not_lock_each_other_out(monday):
    room = make_room()
    room.start()
    room.open(1)
    ready = threading.Barrier(3)
    errors: list[BaseException] = []

    def run(act) -> None:
        try:
            ready.wait(timeout=20)
            for _ in range(5):
                act()
        except (Refused, AssessmentChanged, DecidedBefore):
            pass
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    def disturb() -> None:
        with transaction.atomic():
            raise_evidence_numbers(list(Student.objects.values_list("pk", flat=True)))
        bring_up_to_date(room.cycle)

    acts = [
        disturb,
        lambda: meetings.declare_recusal(room.item(2), person=room.member, kind="family", by=room.member),
        lambda: decisions.decide_item(room.item(1), choice=room.choice(1), by=room.dean),
    ]
    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []


@pytest.mark.django_db(transaction=True)
def test_two_meetings_that_decide_one_student_at_once_make_one_decision(monday):
    room = make_room()
    plan = meetings.MeetingPlan("Second meeting", MONDAY, room.second, 4)
    other = meetings.plan_meeting(room.cycle, plan=plan, by=room.coordinator)
    item = agenda.add_item(other, student=room.item(1).student, by=room.coordinator)
    room.start()
    meetings.start_meeting(other, by=room.second)
    room.open(1)
    agenda.open_item(item, by=room.second)
    outcomes: Counter[str] = Counter()

    def decide(found, choice, by) -> None:
        try:
            decisions.decide_item(found, choice=choice, by=by)
            outcomes["decided"] += 1
        except Exception as error:
            outcomes[type(error).__name__] += 1
        finally:
            connection.close()

    both = [(room.item(1), room.choice(1), room.dean), (item, room.choice(1), room.second)]
    threads = [threading.Thread(target=decide, args=each) for each in both]
    with transaction.atomic():  # Both wait for the assessment, and are let go together.
        list(Assessment.objects.select_for_update())
        for thread in threads:
            thread.start()
        time.sleep(0.5)
    for thread in threads:
        thread.join(timeout=60)
    assert outcomes == {"decided": 1, "Refused": 1}
    assert Decision.objects.count() == 1
