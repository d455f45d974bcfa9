"""What nobody types and anybody can send: ids no database holds, zero characters, days at the end of time.

Every page answers it in words, on both databases.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from matchweek.enums import MilestoneKind
from tests.factories import CycleFactory
from tests.test_pages import TABLE, make_world

pytestmark = pytest.mark.django_db

HUGE = 99_999_999_999_999_999_999
DIGITS = "9" * 5_000
NUL = "a\x00b"


@pytest.fixture
def world():
    cycle = CycleFactory()
    with time_machine.travel(cycle.milestone(MilestoneKind.EMBARGO_LIFTS) + timedelta(hours=2), tick=True):
        yield make_world(cycle)


def status(person, method, url, sent):
    client = Client(raise_request_exception=False)
    client.force_login(person)
    with transaction.atomic():
        answer = getattr(client, method)(url, sent)
        transaction.set_rollback(True)
    return answer.status_code


def address(world, name, **ids):
    wanted = TABLE[name][1]
    held = {key: what[1:] if what.startswith("=") else world.ids[what] for key, what in wanted.items()}
    return reverse(name, kwargs={"cycle": "2027", **held, **ids})


@pytest.mark.parametrize("name", sorted(name for name, (_, wanted, _) in TABLE.items() if wanted))
def test_an_id_no_database_holds_is_not_found(world, name):
    method, wanted, roles = TABLE[name]
    person = world.people[roles[:1] or "d"]
    for key in (key for key, what in wanted.items() if not what.startswith("=")):
        assert status(person, method, address(world, name, **{key: HUGE}), {}) in {403, 404}, key


@pytest.mark.parametrize("asked", [NUL, DIGITS])
@pytest.mark.parametrize(
    ("name", "letter", "fields"),
    [
        ("people", "d", "find role page"),
        ("students:roster", "d", "find specialty advisor status page"),
        ("students:to-vouch", "d", "find"),
        ("students:import-list", "d", "page"),
        ("triage:board", "d", "find specialty advisor status attention changed order view"),
        ("triage:meeting", "d", "item"),
        ("triage:dossier", "d", "purpose"),
        ("students:vouch-request", "d", "person"),
        ("reports:trail", "u", "kind who student since until page"),
    ],
)
def test_a_question_nobody_can_mean_is_answered(world, name, letter, fields, asked):
    for each in fields.split():
        assert status(world.people[letter], "get", address(world, name), {each: asked}) < 500, each


SENT = {
    "person-add": {"email": "a@b.example", "name": NUL, "position": NUL},
    "person": {"name": NUL},
    "person-merge": {"other": "a\x00@b.example"},
    "matchweek:milestone-change": {"day": "9999-12-31", "time": "23:59", "source": "A letter"},
    "students:student-add": {"aamc_id": "12345678", "last_name": NUL, "first_name": NUL},
    "students:student-change": {"last_name": NUL, "seen": NUL},
    "students:vouch-give": {"strength": "strong", "weeks_observed": DIGITS, "statement": NUL},
    "students:vouch-change": {"strength": "strong", "weeks_observed": 4, "statement": NUL, "seen": NUL},
    "students:vouch-decline": {"why": NUL},
    "students:concern-settle": {"to": NUL, "reason": NUL},
    "students:concern-answer": {"response": NUL},
    "students:conflict-declare": {"person": DIGITS, "kind": "family", "note": NUL},
    "students:conflict-lift": {"reason": NUL},
    "students:request-answer": {"answer": NUL},
    "students:evidence-add": {"exam": "step_1", "taken_on": "0001-01-01", "result": "pass", "score": DIGITS},
    "students:evidence-change": {"clerkship": NUL, "grade": NUL, "seen": NUL},
    "students:evidence-withdraw": {"reason": NUL},
    "triage:meeting-plan": {"title": NUL, "day": "9999-12-31", "time": "23:59", "chair": DIGITS, "item_minutes": 4},
    "triage:meeting-change": {
        "title": "x",
        "day": "9999-12-31",
        "time": "23:59",
        "chair": "{owner}",
        "item_minutes": 4,
    },
    "triage:attendees-add": {"people": DIGITS},
    "triage:acting-chair": {"attendance": DIGITS},
    "triage:recusal-declare": {"item": DIGITS, "person": DIGITS, "kind": "family", "note": NUL},
    "triage:agenda-build": {"order": NUL},
    "triage:item-add": {"student": DIGITS},
    "triage:item-recuse": {"kind": "family", "note": NUL},
    "triage:item-decide": {"tier": DIGITS, "assessment": DIGITS, "note": NUL},
    "triage:meeting-next": {"seen": DIGITS},
    "triage:decision-second": {"agrees": "yes", "note": NUL},
    "triage:decision-reopen": {"reason": NUL},
    "triage:follow-up-add": {"what": "x", "owner": "{owner}", "due_on": "9999-12-31", "item": DIGITS},
    "triage:priority-declare": {"name": NUL, "reason": NUL, "owner": DIGITS},
    "reports:trail-export": {"who": NUL, "student": NUL},
}


@pytest.mark.parametrize("name", sorted(SENT))
def test_a_form_filled_with_nonsense_is_answered(world, name):
    person = world.people[TABLE[name][2][:1]]
    sent = {key: str(value).format(**world.ids) for key, value in SENT[name].items()}
    assert status(person, "post", address(world, name), sent) < 500


@pytest.mark.parametrize("item", [HUGE, DIGITS])
def test_an_action_on_an_item_no_database_holds_is_not_found(world, item):
    sent = {"what": "x", "owner": world.ids["owner"], "due_on": "2027-03-20", "item": item}
    assert status(world.people["d"], "post", address(world, "triage:follow-up-add"), sent) == 404
