from datetime import timedelta

import pytest
import time_machine

from core.models import Event
from matchweek.actions import note_results_loaded
from matchweek.enums import MilestoneKind
from reports.selectors import events_visible_to
from students.actions.access import grant_access, open_dossier
from students.enums import Purpose
from tests.factories import ConflictFactory, CycleFactory, PersonFactory, StudentFactory, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cycle():
    return CycleFactory()


@pytest.fixture
def after_embargo(cycle):
    with time_machine.travel(cycle.milestone(MilestoneKind.EMBARGO_LIFTS) + timedelta(hours=2), tick=False):
        yield


def opened(student, by):
    open_dossier(student, purpose=Purpose.PREPARE_MEETING, by=by)
    return Event.objects.get(kind="dossier-opened", student_id=student.pk, actor_id=by.pk)


def test_the_trail_says_who_opened_whose_dossier(client, cycle, after_embargo):
    dean, auditor, student = PersonFactory(roles=["dean"]), PersonFactory(roles=["auditor"]), StudentFactory()
    opened(student, dean)
    page = sign_in(client, auditor).get(f"/{cycle.slug}/trail/?kind=dossier-opened").content.decode()
    for words in (str(dean), str(student), "Dossier opened", "purpose: to prepare the meeting"):
        assert words in page


def test_events_about_a_recused_student_are_in_no_row_count_or_export(client, cycle, after_embargo):
    auditor, dean = PersonFactory(roles=["auditor"]), PersonFactory(roles=["dean"])
    closed, other = StudentFactory(last_name="Closedname"), StudentFactory(last_name="Othername")
    ConflictFactory(student=closed, person=auditor)
    hidden = opened(closed, dean)
    shown = opened(other, dean)
    assert set(events_visible_to(auditor, cycle).filter(kind="dossier-opened")) == {shown}
    signed_in = sign_in(client, auditor)
    found = signed_in.get(f"/{cycle.slug}/trail/?student=Closedname").content.decode()
    assert "No event found." in found
    export = b"".join(signed_in.post(f"/{cycle.slug}/trail/export/").streaming_content).decode()
    assert "Othername" in export
    assert "Closedname" not in export
    assert hidden.hash not in export


def test_under_the_embargo_the_trail_tells_an_auditor_nothing_of_the_triage(cycle):
    from core import audit

    @audit.attributed
    def decide(*, by):
        audit.record("item-decided", None, by=by, cycle_id=cycle.pk, tier=1)

    dean, auditor = PersonFactory(roles=["dean"]), PersonFactory(roles=["auditor"])
    decide(by=dean)
    kinds = lambda person: set(events_visible_to(person, cycle).values_list("kind", flat=True))  # noqa: E731
    lifts = cycle.milestone(MilestoneKind.EMBARGO_LIFTS)
    with time_machine.travel(lifts - timedelta(seconds=1), tick=False):
        assert "item-decided" not in kinds(auditor)
        assert "item-decided" in kinds(dean)
    with time_machine.travel(lifts, tick=False):
        assert "item-decided" in kinds(auditor)


@pytest.mark.parametrize("role", ["registrar", "auditor"])
def test_under_the_embargo_what_happened_since_results_were_known_tells_nobody_who_is_unmatched(client, cycle, role):
    """An opening for the meeting, or access to a student, would: only unmatched students are on an agenda."""
    reader, dean, member = PersonFactory(roles=[role]), PersonFactory(roles=["dean"]), PersonFactory()
    report, lifts = (cycle.milestone(kind) for kind in (MilestoneKind.SCHOOL_REPORT, MilestoneKind.EMBARGO_LIFTS))
    early, tells = StudentFactory(last_name="Early"), StudentFactory(last_name="Telling")
    with time_machine.travel(report - timedelta(hours=3), tick=False):
        opened(early, dean)
    with time_machine.travel(report - timedelta(hours=2), tick=False):
        note_results_loaded(cycle, by=dean)
        open_dossier(tells, purpose=Purpose.MEETING, by=dean)
        grant_access(tells, person=member, ground="meeting", reference="meeting:7", by=dean)
    for moment, seen in ((report - timedelta(hours=1), False), (lifts - timedelta(seconds=1), False), (lifts, True)):
        with time_machine.travel(moment, tick=False):
            signed_in = sign_in(client, reader)
            page = signed_in.get(f"/{cycle.slug}/trail/").content.decode()
            found = signed_in.get(f"/{cycle.slug}/trail/?student=Telling").content.decode()
        assert "Early" in page
        assert ("Telling" in page, "meeting:7" in page, "No event found." in found) == (seen, seen, not seen)


def test_nothing_is_exported_for_a_filter_that_is_no_filter(client, cycle, after_embargo):
    """A mistyped day must not send the whole trail."""
    registrar = PersonFactory(roles=["registrar"])
    answer = sign_in(client, registrar).post(f"/{cycle.slug}/trail/export/", {"until": "yesterday"})
    assert answer.status_code == 422
    assert "Enter a valid date." in answer.content.decode()
    assert not Event.objects.filter(kind="trail-exported").exists()


def test_an_export_is_itself_on_the_trail(client, cycle, after_embargo):
    registrar = PersonFactory(roles=["registrar"])
    sign_in(client, registrar).post(f"/{cycle.slug}/trail/export/", {"kind": "cycle-made"})
    event = Event.objects.get(kind="trail-exported")
    assert (event.actor_id, event.payload) == (registrar.pk, {"rows": 1, "filters": ["kind"]})


def test_nothing_is_exported_under_the_embargo(client, cycle):
    registrar = PersonFactory(roles=["registrar"])
    with time_machine.travel(cycle.milestone(MilestoneKind.SCHOOL_REPORT), tick=False):
        assert sign_in(client, registrar).post(f"/{cycle.slug}/trail/export/").status_code == 403
    assert not Event.objects.filter(kind="trail-exported").exists()


def test_an_exported_name_is_no_formula(client, cycle, after_embargo):
    dean, registrar = PersonFactory(roles=["dean"]), PersonFactory(roles=["registrar"])
    opened(StudentFactory(first_name="=1+1", last_name=""), dean)
    export = b"".join(sign_in(client, registrar).post(f"/{cycle.slug}/trail/export/").streaming_content).decode()
    assert ",'=1+1," in export


def test_a_day_that_is_none_is_answered_in_words(client, cycle, after_embargo):
    response = sign_in(client, PersonFactory(roles=["auditor"])).get(f"/{cycle.slug}/trail/?since=yesterday")
    assert response.status_code == 422
    assert "Enter a valid date." in response.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_trail_asks_the_same_queries_for_one_event_and_three(
    client, cycle, after_embargo, number, django_assert_num_queries
):
    dean, auditor = PersonFactory(roles=["dean"]), PersonFactory(roles=["auditor"])
    for _ in range(number):
        opened(StudentFactory(), dean)
    signed_in = sign_in(client, auditor)
    with django_assert_num_queries(8):
        signed_in.get(f"/{cycle.slug}/trail/?kind=dossier-opened")
