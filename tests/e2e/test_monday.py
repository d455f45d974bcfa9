"""The Monday, played in a browser: the coordinator imports, the dean runs the meeting, the minutes are printed."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from config import background
from core.clock import real_now
from matchweek.enums import MilestoneKind
from reports.demo.tables import make_tables, write_tables
from students.models import Conflict, Student
from tests.factories import CycleFactory, PersonFactory
from triage.models import AgendaItem, Decision, Meeting

pytestmark = pytest.mark.browser
ITEMS = 10


@pytest.fixture
def worker():
    """The embedded process's own worker and beat, which read and apply the upload."""
    with background.running():
        yield


@pytest.fixture
def school(live_site, tmp_path):
    """A cycle whose clock stands at Monday 10:30, people for the room, and the files of a class."""
    cycle = CycleFactory()
    cycle.clock_shift = cycle.milestone(MilestoneKind.EMBARGO_LIFTS) + timedelta(minutes=30) - real_now()
    cycle.save(update_fields=["clock_shift"])
    people = {
        "dean": PersonFactory(roles=[Role.DEAN], name="Dean Beckett"),
        "coordinator": PersonFactory(roles=[Role.COORDINATOR], name="Dana Whitlock"),
        "member": PersonFactory(roles=[Role.MEETING_MEMBER], name="Dr. Recused"),
        "officer": PersonFactory(roles=[Role.MATCH_OFFICER], name="Dr. Officer"),
    }
    write_tables(make_tables(year=2027, class_size=14, unmatched=ITEMS), tmp_path)
    return people, sorted(tmp_path.glob("*.csv"))


def test_monday(school, worker, open_page, axe):
    people, files = school
    office = open_page(people["coordinator"])
    import_the_class(office, files, axe)
    plan_the_meeting(office, axe)
    recused = declare_a_recusal(office)
    dean = open_page(people["dean"])
    run_the_meeting(dean, axe)
    member_sees_neither_name_nor_dossier(open_page(people["member"]), recused, axe)
    reopen_the_first(dean, axe)
    sign_as_second_officer(open_page(people["officer"]), axe)
    close_and_print(dean, axe)
    prove_what_was_kept(recused)


def import_the_class(page, files, axe):
    page.goto("/2027/imports/")
    axe(page)
    page.set_input_files("input[type=file]", files)
    page.get_by_role("button", name=re.compile("Upload|Read")).click()
    expect(page.get_by_role("button", name=re.compile(r"Apply \d+ rows"))).to_be_visible(timeout=30_000)
    axe(page)
    page.get_by_role("button", name=re.compile(r"Apply \d+ rows")).click()
    expect(page.get_by_role("heading", name="What it did")).to_be_visible(timeout=30_000)
    axe(page)
    page.goto("/2027/board/")
    expect(page.get_by_role("heading", name=f"{ITEMS} students assessed")).to_be_visible()
    axe(page)


def plan_the_meeting(page, axe):
    page.goto("/2027/meetings/plan/")
    page.get_by_label("Chair").select_option(label="Dean Beckett")
    axe(page)
    page.get_by_role("button", name="Plan the meeting").click()
    for name in ("Dana Whitlock", "Dr. Recused", "Dr. Officer"):
        page.get_by_label(name).check()
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_role("button", name="Build by tier, then points").click()
    expect(page.get_by_text(f"{ITEMS} items")).to_be_visible()
    axe(page)


def declare_a_recusal(page):
    item = AgendaItem.objects.select_related("student").get(place=4)
    form = page.locator("section", has=page.get_by_role("heading", name="Declare a conflict"))
    form.get_by_label("Item").select_option(value=str(item.pk))
    form.get_by_label("Person").select_option(label="Dr. Recused")
    form.get_by_label("Kind").select_option("family")
    form.get_by_role("button", name="Record it").click()
    expect(page.get_by_text(re.compile("Recused from item 4"))).to_be_visible()
    return item.student


def run_the_meeting(page, axe):
    meeting = Meeting.objects.get()
    page.goto(f"/2027/meetings/{meeting.pk}/")
    page.get_by_role("button", name="Start the meeting").click()
    page.get_by_role("button", name=re.compile("First item")).click()
    for number in range(1, ITEMS + 1):
        expect(page.get_by_role("button", name=re.compile("^Follow"))).to_be_visible()
        if number == 1:
            axe(page)
        tier = AgendaItem.objects.get(status="open").student.assessments.get(is_current=True).recommended_tier
        if number == 2:
            override(page, tier=2 if tier == 1 else 1, code="context_observed", axe=axe)
        elif number == ITEMS:
            assert tier == 3
            override(page, tier=2, code="evidence_disputed")
        else:
            page.keyboard.press("f")
            page.get_by_role("button", name=re.compile("^Follow")).click()
        expect(
            page.locator("aside[aria-label=Decision]").get_by_text(re.compile("Dean Beckett, Mon 15 Mar"))
        ).to_be_visible()
        if number < ITEMS:
            page.get_by_role("button", name=re.compile("Next item")).click()
    assert Decision.objects.count() == ITEMS


def override(page, *, tier, code, axe=None):
    page.locator(f"input[name=tier][value='{tier}']").check()
    page.locator("select[name=override_code]").select_option(code)
    page.locator("textarea[name=note]").fill("The room saw four weeks of work that the record does not hold.")
    if axe:
        axe(page)
    page.get_by_role("button", name="Record the override").click()


def member_sees_neither_name_nor_dossier(page, student, axe):
    meeting = Meeting.objects.get()
    for url in (f"/2027/meetings/{meeting.pk}/", "/2027/board/", f"/2027/board/?find={student.last_name}"):
        page.goto(url)
        expect(page.locator("body")).not_to_contain_text(student.name)
    page.goto(f"/2027/meetings/{meeting.pk}/")
    expect(page.get_by_text("You are recused").first).to_be_visible()
    axe(page)
    answer = page.request.get(f"/2027/students/{student.pk}/")
    assert answer.status == 403
    assert student.last_name not in answer.text()


def reopen_the_first(page, axe):
    meeting = Meeting.objects.get()
    first = AgendaItem.objects.get(place=1)
    page.goto(f"/2027/meetings/{meeting.pk}/?item={first.pk}")
    page.get_by_text("Reopen, with a reason").click()
    page.get_by_label("Reason", exact=True).fill("A vouch came in during the break.")
    page.get_by_role("button", name="Reopen it").click()
    expect(page.get_by_role("button", name=re.compile("^Follow"))).to_be_visible()
    axe(page)
    page.get_by_role("button", name=re.compile("^Follow")).click()
    expect(
        page.locator("aside[aria-label=Decision]").get_by_text(re.compile("Dean Beckett, Mon 15 Mar")).first
    ).to_be_visible()


def sign_as_second_officer(page, axe):
    meeting = Meeting.objects.get()
    item = AgendaItem.objects.get(status="second")
    page.goto(f"/2027/meetings/{meeting.pk}/?item={item.pk}")
    axe(page)
    page.get_by_role("button", name="Sign as second officer").click()
    expect(page.get_by_text(f"Item {ITEMS}: signed.")).to_be_visible()
    page.goto(f"/2027/meetings/{meeting.pk}/?item={item.pk}")
    expect(page.get_by_text("Second officer Dr. Officer agrees")).to_be_visible()


def close_and_print(page, axe):
    meeting = Meeting.objects.get()
    page.goto(f"/2027/meetings/{meeting.pk}/minutes/")
    axe(page)
    for words in ("Dr. Recused", "Context observed", "Evidence disputed", "A vouch came in during the break."):
        expect(page.locator("main")).to_contain_text(words)
    assert len(page.pdf()) > 10_000
    receipt = Decision.objects.order_by("pk").last()
    page.goto(f"/2027/decisions/{receipt.pk}/receipt/")
    axe(page)


def prove_what_was_kept(recused):
    assert Decision.objects.count() == ITEMS + 1
    assert Decision.objects.exclude(override_code="").count() == 2
    assert Decision.objects.filter(reopening__isnull=False).get().item.place == 1
    assert AgendaItem.objects.exclude(status="decided").count() == 0
    assert Conflict.objects.recusing().get().student_id == recused.pk
    assert Student.objects.filter(match_status="matched").count() == 4
