"""Drafts become a version by two signatures; a version never changes, and assessments follow by themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.enums import Role
from core import audit
from core.models import Event
from core.permits import Refused
from core.transitions import NoSuchTransition, StaleState, move
from matchweek.actions import make_cycle
from tests.factories import CycleFactory, PersonFactory, StudentFactory, VouchFactory
from tests.triage.meeting_room import MONDAY, make_room
from triage.actions import policies
from triage.actions.assessing import active_policy, bring_up_to_date
from triage.actions.meetings import close_meeting
from triage.actions.policies import PolicyRefused, Seen
from triage.enums import DRAFT_TRANSITIONS, DraftStatus
from triage.models import Assessment, PolicyDraft, PolicyVersion
from triage.policy import DEFAULT_RULES, Rules
from triage.policy.properties import violations

pytestmark = pytest.mark.django_db

STRICTER = replace(DEFAULT_RULES, known_strong_at=4, vouch_weeks_at=5)
BROKEN = replace(DEFAULT_RULES, vouch_strong=4)
NOW = Seen(1, 1)


@pytest.fixture
def cycle():
    return CycleFactory()


@pytest.fixture
def dean():
    return PersonFactory(name="Dean", roles=[Role.DEAN])


@pytest.fixture
def officer():
    return PersonFactory(name="Officer", roles=[Role.MATCH_OFFICER])


@pytest.fixture
def coordinator():
    return PersonFactory(name="Coordinator", roles=[Role.COORDINATOR])


@pytest.fixture
def draft(cycle, coordinator):
    return policies.start_draft(cycle, title="Longer observation", rules=STRICTER, by=coordinator)


def sign(draft, cycle, by, seen=NOW):
    policies.sign_draft(draft, cycle=cycle, reason="Two weeks were too few", seen=seen, by=by)


def activate(draft, cycle, by, seen=NOW):
    return policies.activate_draft(draft, cycle=cycle, seen=seen, by=by)


def kinds():
    return list(Event.objects.order_by("seq").values_list("kind", flat=True))


def fresh(draft):
    return PolicyDraft.objects.get(pk=draft.pk)


# --- Drafting -------------------------------------------------------------------------------------------------------


def test_a_draft_changes_nothing(draft):
    assert (active_policy().number, fresh(draft).status, fresh(draft).based_on.number) == (1, "draft", 1)
    assert Rules.from_json(fresh(draft).rules) == STRICTER
    assert kinds()[-2:] == ["policy-activated", "policy-drafted"]


def test_numbers_that_break_a_property_are_refused_with_words(cycle, coordinator):
    with pytest.raises(PolicyRefused, match="Saying “would take” instead of strong lowers the student"):
        policies.start_draft(cycle, title="More for strong", rules=BROKEN, by=coordinator)
    assert not PolicyDraft.objects.exists()


def test_a_changed_draft_loses_its_signature(draft, cycle, dean, coordinator):
    sign(draft, cycle, dean)
    policies.change_draft(draft, cycle=cycle, title="Same", rules=STRICTER, edition=1, by=coordinator)
    stored = fresh(draft)
    assert (stored.status, stored.edition, stored.first_signed_by, stored.reason) == ("draft", 2, None, "")


@pytest.mark.parametrize("is_signed", [False, True])
def test_a_change_of_an_edition_that_is_gone_is_refused(draft, cycle, dean, coordinator, is_signed):
    if is_signed:
        sign(draft, cycle, dean)
    with pytest.raises(StaleState):
        policies.change_draft(draft, cycle=cycle, title="Mine", rules=STRICTER, edition=7, by=coordinator)
    assert fresh(draft).title == "Longer observation"


def test_broken_numbers_cannot_come_in_by_a_change(draft, cycle, coordinator):
    with pytest.raises(PolicyRefused):
        policies.change_draft(draft, cycle=cycle, title="Mine", rules=BROKEN, edition=1, by=coordinator)
    assert fresh(draft).rules == STRICTER.to_json()


def test_policies_are_drafted_in_the_newest_cycle_only(cycle):
    make_cycle(2028, by=None)
    dean = PersonFactory(roles=[Role.DEAN])
    with pytest.raises(Refused, match="newest cycle"):
        policies.start_draft(cycle, title="Late", rules=STRICTER, by=dean)


# --- Two signatures -------------------------------------------------------------------------------------------------


def test_two_people_make_a_version(draft, cycle, dean, officer):
    sign(draft, cycle, dean)
    assert active_policy().number == 1
    version = activate(draft, cycle, officer)
    stored = fresh(draft)
    assert (version.number, version.is_active, version.reason) == (2, True, "Two weeks were too few")
    assert (stored.first_signed_by, stored.second_signed_by, stored.version) == (dean, officer, version)
    assert Rules.from_json(version.rules) == STRICTER
    assert [each.is_active for each in PolicyVersion.objects.order_by("number")] == [False, True]
    assert kinds()[-2:] == ["policy-signed", "policy-activated"]
    assert audit.verify().length == Event.objects.count()


def test_one_person_cannot_sign_twice(draft, cycle, dean):
    sign(draft, cycle, dean)
    with pytest.raises(Refused, match="another person signs second"):
        activate(draft, cycle, dean)
    assert active_policy().number == 1


def test_the_database_wants_two_people_too(draft, cycle, dean):
    sign(draft, cycle, dean)
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyDraft.objects.filter(pk=draft.pk).update(second_signed_by=dean)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.DEAN, Role.MATCH_OFFICER}])
def test_only_dean_and_match_officer_sign(draft, cycle, dean, role):
    person = PersonFactory(roles=[role])
    with pytest.raises(Refused):
        sign(draft, cycle, person)
    sign(draft, cycle, dean)
    with pytest.raises(Refused):
        activate(draft, cycle, person)


def test_a_second_click_on_sign_is_refused(draft, cycle, dean):
    seen_before = fresh(draft)
    sign(draft, cycle, dean)
    with pytest.raises(StaleState):
        sign(seen_before, cycle, dean)
    with pytest.raises(Refused, match="first signature already"):
        sign(fresh(draft), cycle, dean)


def test_a_second_click_on_activate_makes_no_second_version(draft, cycle, dean, officer):
    sign(draft, cycle, dean)
    seen_before = fresh(draft)
    activate(draft, cycle, officer)
    with pytest.raises(StaleState):
        activate(seen_before, cycle, officer)
    with pytest.raises(Refused, match="activated"):
        activate(fresh(draft), cycle, officer)
    assert PolicyVersion.objects.count() == 2


def test_two_processes_that_activate_at_once_make_one_version(draft, cycle, dean, officer):
    """Both saw version 1 active; whoever comes second finds it is not any more, and nothing of it stays."""
    sign(draft, cycle, dean)
    PolicyVersion.objects.update(is_active=False)
    version = PolicyVersion.objects.get()
    with pytest.raises(StaleState), transaction.atomic():
        policies._put_in_force(STRICTER, version, reason="Late", by=officer)
    assert PolicyVersion.objects.count() == 1


@pytest.mark.parametrize("seen", [Seen(2, 1), Seen(1, 2)])
def test_nobody_signs_what_was_not_on_the_page(draft, cycle, dean, officer, seen):
    with pytest.raises(StaleState):
        sign(draft, cycle, dean, seen)
    sign(draft, cycle, dean)
    with pytest.raises(StaleState):
        activate(draft, cycle, officer, seen)


def test_a_signature_does_not_outlive_the_version_it_was_given_against(draft, cycle, dean, officer, coordinator):
    other = policies.start_draft(cycle, title="Other", rules=replace(DEFAULT_RULES, told_days=9), by=coordinator)
    sign(draft, cycle, dean)
    sign(other, cycle, dean)
    activate(other, cycle, officer)
    with pytest.raises(PolicyRefused, match="policy v2 became active after the first signature"):
        activate(draft, cycle, officer, Seen(1, 2))
    policies.take_back_signature(draft, cycle=cycle, by=dean)
    sign(draft, cycle, dean, Seen(1, 2))
    assert activate(draft, cycle, officer, Seen(1, 2)).number == 3


def test_only_who_signed_takes_the_signature_back(draft, cycle, dean, officer):
    sign(draft, cycle, dean)
    with pytest.raises(Refused, match="Only who signed"):
        policies.take_back_signature(draft, cycle=cycle, by=officer)


def test_the_numbers_in_force_are_not_signed_again(cycle, dean):
    draft = policies.start_draft(cycle, title="Nothing", rules=DEFAULT_RULES, by=dean)
    with pytest.raises(PolicyRefused, match="numbers of policy v1 already"):
        sign(draft, cycle, dean)


def test_rules_do_not_change_under_a_running_meeting():
    with time_machine.travel(MONDAY, tick=False):
        room = make_room()
        draft = policies.start_draft(room.cycle, title="Now", rules=STRICTER, by=room.dean)
        sign(draft, room.cycle, room.dean)
        room.start()
        with pytest.raises(Refused, match="A meeting is running"):
            activate(draft, room.cycle, room.officer)
        close_meeting(room.fresh(), by=room.dean)
        assert activate(draft, room.cycle, room.officer).number == 2


def test_a_withdrawn_draft_is_signed_by_nobody(draft, cycle, dean, officer, coordinator):
    sign(draft, cycle, dean)
    policies.withdraw_draft(draft, cycle=cycle, reason="A better one", by=coordinator)
    with pytest.raises(Refused, match="withdrawn"):
        activate(draft, cycle, officer)
    assert fresh(draft).withdrawn_by == coordinator


def test_nothing_is_activated_when_the_trail_cannot_be_written(draft, cycle, dean, officer):
    sign(draft, cycle, dean)

    def refuse_events(execute, sql, *args):
        if sql.startswith("INSERT INTO") and "core_event" in sql:
            raise RuntimeError("the disk is full")
        return execute(sql, *args)

    with pytest.raises(RuntimeError), connection.execute_wrapper(refuse_events):
        activate(draft, cycle, officer)
    assert (active_policy().number, fresh(draft).status) == (1, "signed")


# --- State ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", DraftStatus)
@pytest.mark.parametrize("status", DraftStatus)
def test_transitions_are_those_of_the_table(draft, cycle, dean, officer, status, to):
    bring = {
        "draft": lambda: None,
        "signed": lambda: sign(draft, cycle, dean),
        "activated": lambda: (sign(draft, cycle, dean), activate(draft, cycle, officer)),
        "withdrawn": lambda: policies.withdraw_draft(draft, cycle=cycle, reason="No", by=dean),
    }
    bring[status]()
    assert draft.status == status
    if to in DRAFT_TRANSITIONS.get(status, frozenset()):
        # The table allows it; the CHECK still wants what belongs to the status.
        paired = {"draft": policies._NO_SIGNATURE}.get(to)
        if paired:
            move(draft, to, **paired)
            assert fresh(draft).status == to
        else:
            with pytest.raises(IntegrityError), transaction.atomic():
                move(draft, to)
    else:
        with pytest.raises(NoSuchTransition):
            move(draft, to)


@pytest.mark.parametrize("column", ["number", "rules", "digest", "reason", "activated_at"])
def test_the_database_lets_nobody_change_a_version(cycle, column):
    version = active_policy()
    value = {"rules": STRICTER.to_json(), "number": 9, "activated_at": None}.get(column, "other")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(**{column: value})
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk)._raw_delete("default")
    assert PolicyVersion.objects.filter(pk=version.pk).update(is_active=False) == 1


# --- What follows ---------------------------------------------------------------------------------------------------


def test_activation_remakes_assessments_and_keeps_the_old_ones(draft, cycle, dean, officer):
    student = StudentFactory(cycle=cycle)
    VouchFactory.create_batch(2, student=student)
    bring_up_to_date(cycle)
    before = Assessment.objects.current().get(student=student)
    assert (before.recommended_tier, before.policy.number) == (1, 1)

    sign(draft, cycle, dean)
    activate(draft, cycle, officer)

    assert bring_up_to_date(cycle) == 1
    after = Assessment.objects.current().get(student=student)
    assert (after.recommended_tier, after.policy.number) == (2, 2)
    before.refresh_from_db()
    assert (before.is_current, before.recommended_tier, before.policy.number) == (False, 1, 1)


def test_the_fixtures_are_what_they_say():
    assert not violations(STRICTER)
    assert violations(BROKEN)
