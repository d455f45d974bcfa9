"""How a browser shows the site."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_display_keeps_the_choices_in_cookies(client):
    answer = client.post(reverse("display"), {"theme": "dark", "next": "/health/"})
    assert (answer.status_code, answer.url) == (302, "/health/")
    assert (answer.cookies["theme"].value, answer.cookies["keys"].value) == ("dark", "off")


@pytest.mark.parametrize("theme", ["", "blue", '"><script>'])
def test_display_takes_no_unknown_theme(client, theme):
    assert client.post(reverse("display"), {"theme": theme}).cookies["theme"].value == "system"


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)", ""])
def test_display_goes_nowhere_else(client, elsewhere):
    assert client.post(reverse("display"), {"theme": "light", "next": elsewhere}).url == "/"


def test_display_only_by_post(client):
    assert client.get(reverse("display")).status_code == 405
