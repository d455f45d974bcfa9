from datetime import timedelta

import pytest

from core import audit
from core.permits import Refused
from matchweek.actions import change_milestone, confirm_milestone, make_cycle, unconfirm_milestone
from matchweek.enums import MilestoneKind
from matchweek.models import Cycle
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    return make_cycle(2027, by=None)


def test_changing_a_time_takes_its_confirmation_back_and_asks_assessments_to_be_remade(cycle):
    officer, coordinator = PersonFactory(roles=["match_officer"]), PersonFactory(roles=["coordinator"])
    report = cycle.calendar[MilestoneKind.SCHOOL_REPORT]
    confirm_milestone(report, by=officer)
    change_milestone(report, at=report.at + timedelta(hours=1), source="NRMP letter", by=coordinator)
    report.refresh_from_db()
    assert (report.confirmed_at, report.confirmed_by, report.source) == (None, None, "NRMP letter")
    assert Cycle.objects.get(pk=cycle.pk).market_number == 1
    before, after = audit.history(report)[0].before, audit.history(report)[0].after
    assert before["source"] != after["source"] == "NRMP letter"


@pytest.mark.parametrize(
    "role", ["dean", "coordinator", "meeting_member", "clerkship_director", "caller", "advisor", "registrar", "auditor"]
)
def test_only_the_match_officer_confirms(cycle, role):
    milestone = cycle.calendar[MilestoneKind.SOAP_ENDS]
    with pytest.raises(Refused):
        confirm_milestone(milestone, by=PersonFactory(roles=[role]))
    assert not cycle.milestones.filter(confirmed_at__isnull=False).exists()


def test_a_confirmation_can_be_taken_back(cycle):
    officer = PersonFactory(roles=["match_officer"])
    milestone = cycle.calendar[MilestoneKind.SOAP_ENDS]
    confirm_milestone(milestone, by=officer)
    assert cycle.milestones.filter(confirmed_by=officer).count() == 1
    unconfirm_milestone(milestone, by=officer)
    assert not cycle.milestones.filter(confirmed_at__isnull=False).exists()
