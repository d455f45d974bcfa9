"""Faculty on a phone: a link from the mail, under a minute with one thumb, also where the signal is lost."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from students.actions.asking import Ask, make_links, token_of
from students.enums import Strength, VouchAnswer
from students.models import Concern, Vouch, VouchLink, VouchRequest
from tests.conftest import PHONE
from tests.factories import ClerkshipEvaluationFactory, CycleFactory, PersonFactory, StudentFactory

pytestmark = pytest.mark.browser

SENTENCE = "Caught a wrong heparin dose on rounds and followed it up."
TAP = 0.6  # Seconds a thumb needs to find and hit the next thing.


class Thumb:
    """Does one thing after the other, at a person's pace."""

    def __init__(self, page):
        self.page = page

    def tap(self, locator):
        time.sleep(TAP)
        locator.tap()

    def type(self, locator, words):
        self.tap(locator)
        locator.press_sequentially(words, delay=90)


@pytest.fixture
def school(live_site):
    cycle = CycleFactory()
    student = StudentFactory(cycle=cycle, first_name="Juno", last_name="Abernathy-Fale", match_status="unknown")
    person = PersonFactory(name="Dr. Matthias Oyelade-Rook")
    ClerkshipEvaluationFactory(student=student, evaluator=person, clerkship="Inpatient Medicine")
    office = PersonFactory(roles=["coordinator"])
    return cycle, student, person, office


@pytest.fixture
def path(school):
    cycle, student, person, office = school
    make_links(cycle, asks=[Ask(person, ((student, ""),))], by=office)
    return f"/2027/v/{token_of(VouchLink.objects.get())}/"


@pytest.fixture
def phone_page(browser, live_site, console):
    context = browser.new_context(base_url=live_site, viewport=PHONE, has_touch=True, is_mobile=True)
    console.listen(context)
    yield context.new_page()
    context.close()


def test_a_vouch_takes_less_than_45_seconds(phone_page, path, school, axe):
    page, thumb = phone_page, Thumb(phone_page)
    started = time.monotonic()
    page.goto(path)
    expect(page.get_by_role("heading", name="Juno Abernathy-Fale")).to_be_visible()
    expect(page.get_by_text("Inpatient Medicine, March 2026. You are Dr. Matthias Oyelade-Rook.")).to_be_visible()
    assert page.locator("main input:checked").count() == 0
    thumb.tap(page.get_by_text("I would take this person as my resident"))
    for _ in range(4):
        thumb.tap(page.get_by_role("button", name="One week more"))
    thumb.type(page.get_by_label("One thing you saw"), SENTENCE)
    thumb.tap(page.get_by_text("I would speak for this student"))
    thumb.tap(page.get_by_role("button", name="Send my vouch"))
    expect(page.get_by_role("heading", name="Thank you, Dr. Matthias Oyelade-Rook.")).to_be_visible()
    assert time.monotonic() - started < 45
    vouch = Vouch.objects.get()
    assert (vouch.strength, vouch.weeks_observed, vouch.statement, vouch.willing_to_advocate) == (
        Strength.WOULD_TAKE,
        4,
        SENTENCE,
        True,
    )
    axe(page)
    thumb.tap(page.get_by_role("button", name="Let me know later"))
    expect(page.get_by_text("You will hear what became of")).to_be_visible()
    page.goto(path)
    expect(page.get_by_text("Answered")).to_be_visible()
    axe(page)


def test_the_form_fits_a_phone_and_a_reader(phone_page, path, axe):
    page = phone_page
    page.goto(path)
    expect(page.get_by_role("button", name="Send my vouch")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = page.evaluate(
        """[...document.querySelectorAll("main button, main .choice label, main .tick, main input.in")]
           .filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_a_draft_survives_the_page_and_the_signal(phone_page, path, console):
    page, thumb = phone_page, Thumb(phone_page)
    page.goto(path)
    thumb.tap(page.get_by_text("Specific and detailed praise"))
    thumb.tap(page.get_by_role("button", name="One week more"))
    page.get_by_label("One thing you saw").fill(SENTENCE)
    page.reload()
    expect(page.get_by_label("One thing you saw")).to_have_value(SENTENCE)
    expect(page.locator("input[value=strong]")).to_be_checked()
    expect(page.get_by_label("Weeks you observed in person")).to_have_value("1")
    console.expect("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    thumb.tap(page.get_by_role("button", name="Send my vouch"))
    expect(page.get_by_text("No signal. Your answer is kept on this phone")).to_be_visible()
    assert Vouch.objects.count() == 0
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name=re.compile("Thank you"))).to_be_visible(timeout=15_000)
    assert (Vouch.objects.count(), Vouch.objects.get().statement) == (1, SENTENCE)
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('vouch:'))") == []


def test_nothing_chosen_is_said_and_nothing_lost(phone_page, path, console):
    page = phone_page
    page.goto(path)
    page.evaluate("document.querySelectorAll('[required]').forEach(field => field.required = false)")
    page.get_by_label("One thing you saw").fill(SENTENCE)
    console.expect("422")
    page.get_by_role("button", name="Send my vouch").tap()
    expect(page.get_by_text("Choose what you can say.")).to_be_visible()
    expect(page.get_by_label("One thing you saw")).to_have_value(SENTENCE)


def test_not_first_hand_is_an_answer(phone_page, path):
    page = phone_page
    page.goto(path)
    page.get_by_text("I cannot answer this").tap()
    page.get_by_role("button", name="I did not see them at work").tap()
    expect(page.get_by_text("you did not see Juno Abernathy-Fale at work")).to_be_visible()
    assert VouchRequest.objects.get().status == VouchAnswer.DECLINED


def test_a_concern_leads_to_its_own_form(phone_page, path, axe):
    page = phone_page
    page.goto(path)
    page.get_by_text("I have a concern").tap()
    page.get_by_role("button", name="One week more").tap()
    page.get_by_role("button", name="Send my vouch").tap()
    expect(page.get_by_text("Document what you saw with your own eyes, or leave it.")).to_be_visible()
    axe(page)
    page.get_by_label("Kind").select_option("timeliness")
    page.get_by_label("Severity").select_option("minor")
    page.get_by_label("When it happened").fill("2026-10-01")
    page.get_by_label("What was seen").fill("Came late to sign-out twice.")
    page.get_by_role("button", name="Document what I saw").tap()
    expect(page.get_by_role("heading", name=re.compile("Thank you"))).to_be_visible()
    assert Concern.objects.get().summary == "Came late to sign-out twice."


def test_the_office_asks_the_class_by_mail_and_in_the_hallway(open_page, school, axe):
    _, student, person, office = school
    page = open_page(office)
    page.goto("/2027/vouch-requests/")
    axe(page)
    page.get_by_role("button", name="Tick everybody").click()
    page.get_by_role("button", name="Look at the mails").click()
    expect(page.get_by_role("heading", name="1 mail, not sent yet")).to_be_visible()
    expect(page.get_by_text("Juno Abernathy-Fale")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Send 1 mail").click()
    expect(page.get_by_role("heading", name="Outgoing mail")).to_be_visible()
    expect(page.get_by_role("rowheader", name=person.email)).to_be_visible()
    axe(page)
    page.goto(f"/2027/students/{student.pk}/ask/")
    page.get_by_label("Anybody else, by address").fill(person.email)
    page.get_by_role("button", name="Make a link and QR code").click()
    expect(page.get_by_role("img", name=re.compile("QR code of the link"))).to_be_visible()
    axe(page)
