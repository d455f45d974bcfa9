"""Assessments are remade when evidence, policy or market changed, and only then; the old ones stay."""

from __future__ import annotations

from datetime import date, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection

from core.clock import EASTERN
from matchweek.actions import raise_market_number
from matchweek.models import Cycle, UnfilledCount
from matchweek.specialties import store_specialties
from students.actions.evidence import raise_evidence_numbers
from students.enums import MatchStatus, Strength
from students.models import Student
from tests.factories import ConcernFactory, CycleFactory, HearsayFactory, StudentFactory, VouchFactory
from triage.actions import assessing
from triage.actions.assessing import active_policy, bring_up_to_date, stale_students
from triage.models import Assessment, PolicyVersion
from triage.policy import DEFAULT_RULES, Rules
from triage.tasks import bring_assessments_up_to_date

pytestmark = pytest.mark.django_db


def known(student: Student) -> None:
    VouchFactory(student=student, strength=Strength.WOULD_TAKE, willing_to_advocate=True)


def change(student: Student) -> None:
    raise_evidence_numbers([student.pk])


def current(student: Student) -> Assessment:
    return Assessment.objects.current().get(student=student)


def fresh_cycle() -> Cycle:
    return Cycle.objects.get(slug="2027")


def test_first_run_makes_the_policy_and_assesses_everybody():
    cycle = CycleFactory()
    student = StudentFactory(cycle=cycle)
    known(student)

    assert bring_up_to_date(cycle) == 1

    policy = PolicyVersion.objects.get()
    assert (policy.number, policy.is_active, Rules.from_json(policy.rules)) == (1, True, DEFAULT_RULES)
    assert (current(student).recommended_tier, current(student).points) == (1, 3)


def test_second_run_does_nothing_in_one_query(django_assert_num_queries):
    cycle = CycleFactory()
    StudentFactory.create_batch(3, cycle=cycle)
    bring_up_to_date(cycle)

    with django_assert_num_queries(1):
        assert bring_up_to_date(cycle) == 0


def test_queries_do_not_grow_with_students(django_assert_num_queries, django_assert_max_num_queries):
    cycle = CycleFactory()
    active_policy()
    for student in StudentFactory.create_batch(12, cycle=cycle):
        known(student)

    with django_assert_max_num_queries(25):
        assert bring_up_to_date(cycle) == 12


def test_changed_evidence_keeps_the_old_assessment():
    cycle = CycleFactory()
    student, other = StudentFactory.create_batch(2, cycle=cycle)
    bring_up_to_date(cycle)
    before = current(student)

    known(student)
    change(student)

    assert bring_up_to_date(cycle) == 1
    assert current(student).recommended_tier == 1
    before.refresh_from_db()
    assert (before.is_current, before.recommended_tier) == (False, 2)
    assert Assessment.objects.filter(student=other).count() == 1


def test_evidence_that_is_not_read_carries_the_assessment_on():
    student = StudentFactory(cycle=CycleFactory())
    bring_up_to_date(student.cycle)
    before = current(student)

    Student.objects.filter(pk=student.pk).update(phone="555")
    change(student)

    assert bring_up_to_date(student.cycle) == 0
    assert current(student).pk == before.pk
    assert not stale_students(student.cycle).exists()


def test_hearsay_moves_nothing_but_is_set_aside_in_a_new_assessment():
    student = StudentFactory(cycle=CycleFactory())
    known(student)
    bring_up_to_date(student.cycle)
    before = current(student)

    concern = HearsayFactory(student=student, severity="major")
    change(student)
    bring_up_to_date(student.cycle)

    after = current(student)
    assert (after.recommended_tier, after.points) == (before.recommended_tier, before.points)
    assert after.changed_at == before.changed_at
    assert [each["ref"] for each in after.set_aside] == [f"concern:{concern.pk}"]


def test_changed_at_moves_with_tier_or_points():
    student = StudentFactory(cycle=CycleFactory())
    bring_up_to_date(student.cycle)
    before = current(student)

    ConcernFactory(student=student)
    change(student)
    bring_up_to_date(student.cycle)

    assert current(student).points == before.points - 1
    assert current(student).changed_at > before.changed_at


def test_withdrawn_evidence_is_not_read():
    student = StudentFactory(cycle=CycleFactory())
    vouch = VouchFactory(student=student, strength=Strength.WOULD_TAKE)
    bring_up_to_date(student.cycle)
    assert current(student).strands["known"] == "strong"

    author = vouch.faculty
    type(vouch).objects.filter(pk=vouch.pk).update(
        withdrawn_at=datetime(2027, 3, 1, tzinfo=EASTERN), withdrawn_by=author, withdrawn_reason="Meant another student"
    )
    change(student)
    bring_up_to_date(student.cycle)

    assert current(student).strands["known"] == "unasked"


def test_new_policy_assesses_again():
    student = StudentFactory(cycle=CycleFactory())
    bring_up_to_date(student.cycle)
    PolicyVersion.objects.update(is_active=False)
    PolicyVersion.objects.create(number=2, rules=DEFAULT_RULES.to_json(), digest=DEFAULT_RULES.digest, is_active=True)

    assert bring_up_to_date(student.cycle) == 1
    assert current(student).policy.number == 2


def test_loaded_list_decides_the_groups():
    student = StudentFactory(cycle=CycleFactory(), applied_specialty_id="140")
    known(student)
    bring_up_to_date(student.cycle)
    assert current(student).strands["placeable"] == "realistic"

    UnfilledCount.objects.create(cycle=student.cycle, specialty_id="140", position_type="categorical", positions=1)
    raise_market_number(student.cycle)

    assert bring_up_to_date(fresh_cycle()) == 1
    assert current(student).strands["placeable"] == "unlikely"
    assert "1" not in current(student).strand_words["placeable"]


def test_raised_market_without_another_market_carries_on():
    student = StudentFactory(cycle=CycleFactory())
    bring_up_to_date(student.cycle)
    before = current(student)

    raise_market_number(student.cycle)

    assert bring_up_to_date(fresh_cycle()) == 0
    assert current(student).pk == before.pk
    assert current(student).market_number == fresh_cycle().market_number


@pytest.mark.parametrize("status", [MatchStatus.MATCHED, MatchStatus.WITHDRAWN, MatchStatus.UNKNOWN])
def test_who_is_not_assessed_any_more_has_no_current_assessment(status):
    student = StudentFactory(cycle=CycleFactory())
    bring_up_to_date(student.cycle)
    Student.objects.filter(pk=student.pk).update(match_status=status)

    assert bring_up_to_date(student.cycle) == 0

    assert not Assessment.objects.current().filter(student=student).exists()
    assert Assessment.objects.filter(student=student).count() == 1
    assert not stale_students(student.cycle).exists()


def test_same_evidence_in_another_order_is_the_same_digest():
    one, other = StudentFactory.create_batch(2, cycle=CycleFactory())
    first, second = VouchFactory(student=one), VouchFactory(student=one, strength=Strength.SUPPORTIVE)
    VouchFactory(student=other, strength=Strength.SUPPORTIVE, faculty=second.faculty)
    VouchFactory(student=other, faculty=first.faculty)

    bring_up_to_date(one.cycle)

    assert current(one).evidence_digest == current(other).evidence_digest
    assert current(one).points == current(other).points


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_current_assessment_each():
    store_specialties()
    cycle = CycleFactory()
    students = StudentFactory.create_batch(20, cycle=cycle)
    together, made = Barrier(3), []

    def run() -> None:
        together.wait(timeout=10)
        made.append(bring_up_to_date(cycle))
        connection.close()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sum(made) == len(students)
    assert Assessment.objects.current().count() == Assessment.objects.count() == len(students)
    assert PolicyVersion.objects.count() == 1


def test_older_reading_does_not_replace_a_newer_one():
    """A process that read before the evidence changed, and writes after somebody who read later."""
    student = StudentFactory(cycle=CycleFactory())
    policy = active_policy()
    late = assessing._judge(
        assessing.load_dossiers([student.pk]), policy, assessing.load_market(student.cycle), student.cycle.market_number
    )
    known(student)
    change(student)
    bring_up_to_date(student.cycle)

    assessing._replace(student.cycle, [student.pk], late, policy=policy, by=None)

    assert current(student).strands["known"] == "strong"


def test_other_cycles_are_left_alone():
    ours, theirs = StudentFactory(cycle=CycleFactory()), StudentFactory(cycle=CycleFactory(year=2026))

    assert bring_up_to_date(ours.cycle) == 1
    assert not Assessment.objects.filter(student=theirs).exists()


def test_sweep_assesses_every_cycle():
    StudentFactory(cycle=CycleFactory())
    StudentFactory(cycle=CycleFactory(year=2026))

    assert bring_assessments_up_to_date() == 2
    assert bring_assessments_up_to_date() == 0


def test_school_report_is_its_eastern_date():
    """Told on 8 March: seven days before the report of Monday 15 March, whatever the UTC date."""
    student = StudentFactory(cycle=CycleFactory())
    ConcernFactory(student=student, severity="moderate", student_told_on=date(2027, 3, 8))
    late = StudentFactory(cycle=student.cycle)
    ConcernFactory(student=late, severity="moderate", student_told_on=date(2027, 3, 9))

    bring_up_to_date(student.cycle)

    assert current(student).strands["professionalism"] == "concern"
    assert current(late).strands["professionalism"] == "clear"
