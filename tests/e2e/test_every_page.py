"""Every page in a browser, on a laptop and a phone: axe finds nothing, nothing overflows, the console stays empty."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.clock import real_now
from matchweek.enums import MilestoneKind
from tests.conftest import LAPTOP, PHONE
from tests.factories import CycleFactory
from tests.test_pages import TABLE, G, make_world

# What is drawn does not depend on the database.
pytestmark = [pytest.mark.browser, pytest.mark.sqlite]
# Answers with another page.
MOVES = {"cycle-home", "triage:dossier-previous", "triage:dossier-next"}


@pytest.fixture
def world(live_site):
    cycle = CycleFactory()
    cycle.clock_shift = cycle.milestone(MilestoneKind.EMBARGO_LIFTS) + timedelta(hours=2) - real_now()
    cycle.save(update_fields=["clock_shift"])
    with clock.running(cycle.clock):
        yield make_world(cycle)


@pytest.mark.parametrize("viewport", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_every_page(world, open_page, axe, viewport):
    pages = {}
    for name, (method, wanted, letters) in sorted(TABLE.items()):
        if method != G or name in MOVES:
            continue
        letter = letters[0]
        if letter not in pages:
            pages[letter] = open_page(world.people[letter], viewport=viewport)
        ids = {key: what[1:] if what.startswith("=") else world.ids[what] for key, what in wanted.items()}
        answer = pages[letter].goto(reverse(name, kwargs={"cycle": "2027", **ids}))
        assert answer.status == 200, name
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert pages[letter].evaluate(wider) <= 0, f"{name} is wider than its window"
        axe(pages[letter])
