from datetime import date

import pytest

from matchweek.calendar import eastern
from matchweek.enums import MilestoneKind
from tests.factories import CycleFactory, PersonFactory, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    return CycleFactory()


def milestone(cycle, kind):
    return cycle.milestones.get(kind=kind)


def test_the_match_officer_confirms_and_takes_back(client, cycle):
    shown = milestone(cycle, MilestoneKind.SOAP_ENDS)
    signed_in = sign_in(client, PersonFactory(roles=["match_officer"], name="Officer O"))
    signed_in.post(f"/2027/calendar/{shown.pk}/confirm/")
    assert "1 of 17 times confirmed" in signed_in.get("/2027/calendar/").content.decode()
    signed_in.post(f"/2027/calendar/{shown.pk}/unconfirm/")
    assert "0 of 17 times confirmed" in signed_in.get("/2027/calendar/").content.decode()


def test_a_time_is_entered_as_eastern_wall_time_with_its_source(client, cycle):
    shown = milestone(cycle, MilestoneKind.SOAP_ENDS)
    form = {"day": "2027-03-18", "time": "22:15", "source": "NRMP calendar, 5 January"}
    sign_in(client, PersonFactory(roles=["coordinator"])).post(f"/2027/calendar/{shown.pk}/", form)
    shown.refresh_from_db()
    assert shown.at == eastern(date(2027, 3, 18), 22, 15)
    assert shown.source == "NRMP calendar, 5 January"


def test_a_time_without_a_source_is_refused(client, cycle):
    shown = milestone(cycle, MilestoneKind.SOAP_ENDS)
    answer = sign_in(client, PersonFactory(roles=["coordinator"])).post(
        f"/2027/calendar/{shown.pk}/", {"day": "2027-03-18", "time": "22:15", "source": ""}
    )
    assert answer.status_code == 422
    assert milestone(cycle, MilestoneKind.SOAP_ENDS).at == shown.at


def test_a_milestone_of_another_cycle_is_not_found(client, cycle):
    other = CycleFactory(year=2028)
    shown = milestone(other, MilestoneKind.SOAP_ENDS)
    signed_in = sign_in(client, PersonFactory(roles=["match_officer", "coordinator"]))
    assert signed_in.post(f"/2027/calendar/{shown.pk}/confirm/").status_code == 404


def test_the_browser_keeps_no_page_of_a_cycle(client):
    """After signing out on a shared laptop the back button shows nothing."""
    CycleFactory()
    answer = sign_in(client, PersonFactory(roles=["dean"])).get("/2027/calendar/")
    assert answer["Cache-Control"] == "private, no-store"
