"""The room in a real browser: members follow, what is being typed stays, keys work, axe finds nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from students.models import Student
from tests.conftest import LAPTOP, PHONE
from tests.triage.meeting_room import Room, make_room
from triage.actions import agenda, meetings
from triage.models import Attendance

pytestmark = pytest.mark.browser


@pytest.fixture
def room(live_site) -> Iterator[Room]:
    room = make_room()
    room.start()
    room.open(1)
    yield room


def address(room: Room) -> str:
    return f"/{room.cycle.slug}/meetings/{room.meeting.pk}/"


def test_a_member_follows_the_chair_live(room, open_page):
    page = open_page(room.member)
    page.goto(address(room))
    assert page.locator("h1").inner_text() == "Ansel Quillfeather"
    agenda.open_item(room.item(2), by=room.dean)
    page.get_by_role("heading", name="Bram Kestrelwood", level=1).wait_for()
    assert page.get_by_text("Dean Beckett leads this item.").is_visible()


def test_what_the_leader_types_stays_when_somebody_else_changes_the_meeting(room, open_page):
    page = open_page(room.dean)
    page.goto(address(room))
    page.get_by_label("Tier 2").check()
    page.get_by_label("Note for the minutes").fill("A letter of yesterday")
    attendance = Attendance.objects.select_related("meeting__cycle").get(person=room.member)
    meetings.mark_attendance(attendance, is_here=True, by=room.coordinator)
    page.get_by_text("1 of 4 here").wait_for()
    assert page.get_by_label("Note for the minutes").input_value() == "A letter of yesterday"
    page.get_by_label("Why it differs").select_option("new_evidence")
    page.get_by_role("button", name="Record the override").click()
    page.get_by_text("override of Tier 1").first.wait_for()


def test_following_takes_two_presses_of_f_and_n_goes_on(room, open_page):
    page = open_page(room.dean)
    page.goto(address(room))
    page.keyboard.press("f")
    assert page.evaluate("document.activeElement.name") == "follow"
    page.keyboard.press("f")
    page.get_by_text("as recommended").wait_for()
    page.keyboard.press("n")
    page.keyboard.press("n")
    page.get_by_role("heading", name="Bram Kestrelwood", level=1).wait_for()


@pytest.mark.parametrize("viewport", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_axe_finds_nothing_in_the_pages_of_the_meeting(room, open_page, axe, viewport):
    room.decide(1)
    room.open(2)
    page = open_page(room.dean, viewport=viewport)
    decision = room.item(1).decisions.get()
    for path in ("", f"?item={room.item(1).pk}", "prepare/", "minutes/", "close/"):
        page.goto(f"{address(room)}{path}")
        axe(page)
    for path in ("meetings/", "meetings/plan/", f"decisions/{decision.pk}/receipt/"):
        page.goto(f"/{room.cycle.slug}/{path}")
        axe(page)


def test_recused_member_sees_the_card_live(room, open_page):
    page = open_page(room.member)
    page.goto(address(room))
    meetings.declare_recusal(room.item(1), person=room.member, kind="family", by=room.coordinator)
    page.get_by_text("You are recused from this item").wait_for()
    assert page.get_by_text("Quillfeather").count() == 0
    assert Student.objects.filter(last_name="Quillfeather").exists()
