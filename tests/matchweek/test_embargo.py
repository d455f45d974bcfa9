from datetime import timedelta

import pytest
import time_machine

from matchweek.actions import make_cycle, note_results_loaded
from matchweek.enums import MilestoneKind
from matchweek.permissions import can_see_results
from matchweek.selectors import clock_strip, is_embargoed, notice
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def cycle():
    return make_cycle(2027, by=None)


@pytest.mark.parametrize(
    ("kind", "offset", "embargoed"),
    [
        (MilestoneKind.SCHOOL_REPORT, -SECOND, False),
        (MilestoneKind.SCHOOL_REPORT, 0 * SECOND, True),
        (MilestoneKind.EMBARGO_LIFTS, -SECOND, True),
        (MilestoneKind.EMBARGO_LIFTS, 0 * SECOND, False),
    ],
)
def test_embargo_runs_from_the_report_until_it_lifts(cycle, kind, offset, embargoed):
    with time_machine.travel(cycle.milestone(kind) + offset, tick=False):
        assert is_embargoed(cycle) is embargoed


def test_embargo_runs_from_when_results_are_loaded(cycle):
    long_before = cycle.milestone(MilestoneKind.SCHOOL_REPORT) - timedelta(days=90)
    with time_machine.travel(long_before, tick=False):
        assert not is_embargoed(cycle)
        note_in_a_transaction(cycle)
        assert is_embargoed(cycle)


def note_in_a_transaction(cycle):
    from core import audit

    @audit.attributed
    def load(*, by):
        note_results_loaded(cycle, by=by)

    load(by=None)


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("dean", True),
        ("coordinator", True),
        ("match_officer", True),
        ("meeting_member", False),
        ("clerkship_director", False),
        ("caller", False),
        ("advisor", False),
        ("registrar", False),
        ("auditor", False),
        ("student", False),
    ],
)
def test_embargo_lets_only_the_deans_office_see_results(cycle, role, sees):
    person = PersonFactory(roles=[role])
    with time_machine.travel(cycle.milestone(MilestoneKind.EMBARGO_LIFTS) - SECOND, tick=False):
        assert bool(can_see_results(person, cycle)) is sees
    with time_machine.travel(cycle.milestone(MilestoneKind.EMBARGO_LIFTS), tick=False):
        assert can_see_results(person, cycle)


def test_notice_tells_the_embargo_before_the_draft_calendar(cycle):
    with time_machine.travel(cycle.milestone(MilestoneKind.SCHOOL_REPORT), tick=False):
        assert notice(cycle).words.startswith("Embargoed until Mon 15 Mar 10:00 Eastern.")
    with time_machine.travel(cycle.milestone(MilestoneKind.EMBARGO_LIFTS), tick=False):
        assert notice(cycle).words == "The 2027 calendar is a draft: the match officer has confirmed 0 of 17 times."


def test_clock_strip_says_what_is_open_and_what_comes_next(cycle):
    with time_machine.travel(cycle.milestone(MilestoneKind.SCHOOL_REPORT) + timedelta(minutes=22), tick=False):
        strip = clock_strip(cycle)
    assert (strip.eastern_day, strip.eastern_time) == ("Mon 15 Mar", "9:52")
    assert (strip.open_now, strip.next_words, strip.gone_percent) == (
        "School review, embargoed",
        "Embargo lifts 10:00",
        73,
    )


def test_clock_strip_of_a_cycle_far_off_is_empty(cycle):
    with time_machine.travel(cycle.milestone(MilestoneKind.SCHOOL_REPORT) - timedelta(days=400), tick=False):
        assert clock_strip(cycle).gone_percent == 0
