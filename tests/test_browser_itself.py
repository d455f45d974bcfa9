"""The browser tests' own ground: the live site answers, complaints of the console fail a test, streams pass."""

import pytest

pytestmark = pytest.mark.browser


def test_sign_in_page_is_served_live_and_without_complaint(page, axe):
    page.goto("/accounts/login/")
    assert page.get_by_role("heading", level=1).is_visible()
    axe(page)


def test_a_persons_page_is_signed_in(open_page, phone, django_user_model):
    person = django_user_model.objects.create(name="Ada Marsh")
    page = open_page(person, viewport=phone)
    page.goto("/")
    assert "login" not in page.url
    assert page.viewport_size == phone


def test_console_hears_what_a_page_complains_of(page, console):
    console.expect("on purpose")
    page.goto("/accounts/login/")
    page.evaluate("console.error('on purpose'); console.warn('unlooked for')")
    assert [said.split(" (")[0] for said in console.unexpected] == ["warning: unlooked for"]
    console.expect("unlooked for")
