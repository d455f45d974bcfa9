"""A policy's way in a browser: refused, drafted, tried, signed by two, in force, and what a student reads of it."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from core.clock import real_now
from matchweek.enums import MilestoneKind
from tests.factories import CycleFactory, PersonFactory
from tests.triage.meeting_room import tier_one, tier_three, tier_two
from triage.models import PolicyVersion

pytestmark = pytest.mark.browser
DRAFT = re.compile(r"/policy/drafts/\d+/$")


@pytest.fixture
def people(live_site):
    """A cycle whose clock stands at Monday 10:30, three students, and who drafts, signs and reads."""
    cycle = CycleFactory()
    cycle.clock_shift = cycle.milestone(MilestoneKind.EMBARGO_LIFTS) + timedelta(minutes=30) - real_now()
    cycle.save(update_fields=["clock_shift"])
    tier_one(cycle=cycle, first_name="Ansel", last_name="Quillfeather")
    tier_two(cycle=cycle)
    tier_three(cycle=cycle)
    return {role: PersonFactory(roles=[role], name=f"{role.label} Person") for role in Role}


def test_policy(people, open_page, console, axe, phone):
    console.expect("422")
    coordinator = open_page(people[Role.COORDINATOR])
    draft_it(coordinator, axe)
    address = coordinator.url
    sign_first(open_page(people[Role.DEAN]), address, axe)
    sign_second(open_page(people[Role.MATCH_OFFICER]), address, axe)
    compare(coordinator, axe)
    expect_tier_two(coordinator)
    student_reads_the_own_words(open_page(people[Role.STUDENT], viewport=phone), axe)


def draft_it(page, axe):
    page.goto("/2027/board/")
    page.get_by_role("link", name="Policy").click()
    axe(page)
    page.get_by_role("link", name="Drafts").click()
    page.get_by_role("link", name="Start a draft").first.click()
    page.get_by_label("What it changes").fill("Three voices")
    page.get_by_label("A strong vouch counts").fill("4")
    page.get_by_role("button", name="Keep the draft").click()
    expect(page.get_by_text("A stronger word of the same person never lowers a student.")).to_be_visible()
    expect(page.get_by_text("one person says “strong” after 2 weeks")).to_be_visible()
    axe(page)
    page.get_by_label("A strong vouch counts").fill("2")
    page.get_by_label("Known is strong from").fill("6")
    page.get_by_role("button", name="Keep the draft").click()
    expect(page).to_have_url(DRAFT)
    axe(page)


def sign_first(page, address, axe):
    page.goto(address)
    page.get_by_role("link", name="Who would change in 2027").click()
    expect(page.get_by_role("heading", name="1 would change, 2 would stay")).to_be_visible()
    expect(page.get_by_role("link", name="Ansel Quillfeather")).to_be_visible()
    axe(page)
    page.get_by_label("Group by").select_option(label="advisor")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("rowheader", name="No advisor")).to_be_visible()
    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_label("Why the rules change").fill("Two voices were too few.")
    page.get_by_role("button", name="Sign first").click()
    expect(page.get_by_text("You signed first; another person signs second.")).to_be_visible()
    axe(page)


def sign_second(page, address, axe):
    page.goto(address)
    page.get_by_role("button", name="Sign second and activate").dblclick()
    expect(page.get_by_role("link", name="Version 2 in words")).to_be_visible()
    axe(page)
    assert list(PolicyVersion.objects.order_by("number").values_list("number", "is_active")) == [(1, False), (2, True)]


def compare(page, axe):
    page.goto("/2027/policy/versions/")
    axe(page)
    page.get_by_role("button", name="Show side by side").click()
    expect(page.get_by_role("heading", name="Version 1 beside version 2")).to_be_visible()
    expect(page.get_by_text("1 number differs, marked below.")).to_be_visible()
    axe(page)


def expect_tier_two(page):
    page.goto("/2027/board/?view=columns")
    expect(page.get_by_role("img", name="0 in Tier 1, 2 in Tier 2, 1 in Tier 3")).to_be_visible()


def student_reads_the_own_words(page, axe):
    page.goto("/2027/policy/")
    expect(page.get_by_role("heading", name="How your school looks at your record")).to_be_visible()
    expect(page.locator("main").get_by_text("tier")).to_have_count(0)
    axe(page)
