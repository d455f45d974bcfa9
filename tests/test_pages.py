"""Role × page: for every URL of the site, who may use it. A URL without a row here fails the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.enums import Role
from matchweek.enums import MilestoneKind
from students.models import ImportBatch
from tests.factories import (
    AdvisingNoteFactory,
    ClerkshipEvaluationFactory,
    ConcernFactory,
    ConflictFactory,
    CycleFactory,
    PersonFactory,
    StudentFactory,
    VouchFactory,
    VouchRequestFactory,
)
from triage.actions.agenda import build_agenda, open_item
from triage.actions.assessing import bring_up_to_date
from triage.actions.decisions import Choice, decide_item
from triage.actions.follow_ups import add_follow_up
from triage.actions.meetings import MeetingPlan, add_attendees, close_meeting, plan_meeting, start_meeting
from triage.actions.policies import Seen, sign_draft, start_draft
from triage.actions.priorities import declare_priority
from triage.models import AgendaItem, Assessment
from triage.policy import Rules

pytestmark = pytest.mark.django_db

LETTERS = dict(zip("dcmklaorus", Role, strict=True))
EVERYBODY = "dcmklaorus"
FOREIGN = ("account_", "mfa_", "admin:", "socialaccount_")


@dataclass
class World:
    """A school on Monday after the embargo: one person per role, one student in everything, a running meeting."""

    people: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)


@pytest.fixture
def world():
    cycle = CycleFactory()
    with time_machine.travel(cycle.milestone(MilestoneKind.EMBARGO_LIFTS) + timedelta(hours=2), tick=True):
        yield make_world(cycle)


def make_world(cycle):
    people = {letter: PersonFactory(roles=[role], name=f"{role.label} Person") for letter, role in LETTERS.items()}
    student = StudentFactory(cycle=cycle, advisor=people["a"], person=people["s"])
    others = [StudentFactory(cycle=cycle) for _ in range(3)]
    for _ in range(2):
        ConcernFactory(student=others[2], severity="major")
    vouch = VouchFactory(student=student, faculty=people["k"])
    batch = ImportBatch.objects.create(cycle=cycle, name="class.csv", uploaded_by=people["c"])
    evaluation = ClerkshipEvaluationFactory(student=student, evaluator=people["k"])
    withdrawn = AdvisingNoteFactory(
        student=student, withdrawn_at=cycle.made_at, withdrawn_by=people["c"], withdrawn_reason="Entered twice"
    )
    concern = ConcernFactory(student=student)
    request = VouchRequestFactory(student=student, faculty=people["k"])
    conflict = ConflictFactory(student=student, person=PersonFactory(), entered_by=people["c"])
    bring_up_to_date(cycle)
    dean = people["d"]
    priority = declare_priority(cycle, name="Rural care", reason="The charter", owner=dean, by=dean)
    plan = MeetingPlan(
        title="Monday", planned_at=cycle.milestone(MilestoneKind.EMBARGO_LIFTS), chair=dean, item_minutes=4
    )
    planned = plan_meeting(cycle, plan=plan, by=dean)
    meeting = plan_meeting(cycle, plan=plan, by=dean)
    for each in (planned, meeting):
        add_attendees(each, people=[people["c"], people["m"], people["o"]], by=dean)
        build_agenda(each, order="tier", by=dean)
    start_meeting(meeting, by=dean)
    items = {item.student_id: item for item in AgendaItem.objects.filter(meeting=meeting)}
    decided = items[student.pk]
    open_item(decided, by=dean)
    held = Assessment.objects.current().get(student=student)
    decided.refresh_from_db()
    decision = decide_item(decided, choice=Choice(held.pk, held.recommended_tier), by=dean)
    leaving = leave_tier_three(items[others[2].pk], by=dean)
    open_item(items[others[0].pk], by=dean)
    closed = plan_meeting(cycle, plan=plan, by=dean)
    build_agenda(closed, order="tier", by=dean)
    start_meeting(closed, by=dean)
    close_meeting(closed, by=dean)
    waiting = AgendaItem.objects.filter(meeting=planned).first()
    follow_up = add_follow_up(meeting, item=None, what="Call", owner=dean, due_on=decision.decided_at.date(), by=dean)
    draft, signed = (start_draft(cycle, title=title, rules=Rules(told_days=9), by=dean) for title in ("One", "Two"))
    sign_draft(signed, cycle=cycle, reason="Time to answer", seen=Seen(1, 1), by=dean)
    return World(
        people,
        {
            "student": student.pk,
            "evaluation": evaluation.pk,
            "withdrawn": withdrawn.pk,
            "concern": concern.pk,
            "request": request.pk,
            "conflict": conflict.pk,
            "priority": priority.pk,
            "planned": planned.pk,
            "meeting": meeting.pk,
            "attendance": planned.attendances.get(person=people["m"]).pk,
            "here": meeting.attendances.get(person=people["m"]).pk,
            "open": items[others[0].pk].pk,
            "next": items[others[1].pk].pk,
            "waiting": waiting.pk,
            "decision": decision.pk,
            "follow_up": follow_up.pk,
            "owner": dean.pk,
            "assessment": Assessment.objects.current().get(student=others[0]).pk,
            "vouch": vouch.pk,
            "batch": batch.pk,
            "leaving": leaving.pk,
            "closed": closed.pk,
            "draft": draft.pk,
            "signed_draft": signed.pk,
            "version": 1,
            "person": people["k"].pk,
            "milestone": cycle.milestones.first().pk,
        },
    )


def leave_tier_three(item, *, by):
    open_item(item, by=by)
    item.refresh_from_db()
    held = Assessment.objects.current().get(student=item.student)
    assert held.recommended_tier == 3
    return decide_item(item, choice=Choice(held.pk, 2, "policy_gap", "The room saw more than the record."), by=by)


# URL name → how it is asked, with which ids, and who may. The student page of roles that see no dossier is 404.
G, P = "get", "post"
TABLE: dict[str, tuple[str, dict[str, str], str]] = {
    "cycle-home": (G, {}, EVERYBODY),
    "people": (G, {}, "dc"),
    "person-add": (G, {}, "dc"),
    "person": (G, {"pk": "person"}, "dc"),
    "person-sign-in-link": (P, {"pk": "person"}, "dc"),
    "person-merge": (P, {"pk": "person"}, "dc"),
    "matchweek:calendar": (G, {}, "dco"),
    "matchweek:milestone-change": (G, {"pk": "milestone"}, "dco"),
    "matchweek:milestone-confirm": (P, {"pk": "milestone"}, "o"),
    "matchweek:milestone-unconfirm": (P, {"pk": "milestone"}, "o"),
    "students:roster": (G, {}, "dcor"),
    "students:student-add": (G, {}, "dc"),
    "students:my-students": (G, {}, "a"),
    "students:own-page": (G, {}, "s"),
    "students:concern-answer": (G, {"pk": "concern"}, "s"),
    "students:to-vouch": (G, {}, "dmkla"),
    "students:vouch-give": (G, {"student": "student"}, "dmkla"),
    "students:vouch-decline": (P, {"student": "student"}, "k"),
    "students:student-change": (G, {"student": "student"}, "dc"),
    "students:student-history": (G, {"student": "student"}, "dcmaor"),
    "students:vouch-request": (G, {"student": "student"}, "dc"),
    "students:vouch-requests": (G, {}, "dc"),
    "matchweek:mail": (G, {}, "dco"),
    "students:conflict-declare": (G, {"student": "student"}, "dcmklaor"),
    "students:concern-settle": (G, {"student": "student", "pk": "concern"}, "dc"),
    "students:conflict-lift": (G, {"student": "student", "pk": "conflict"}, "do"),
    "students:request-answer": (G, {"student": "student", "pk": "request"}, "dc"),
    "students:import-list": (G, {}, "dc"),
    "triage:board": (G, {}, "dcmo"),
    "triage:dossier": (G, {"pk": "student"}, "dcmaor"),
    "triage:meeting-list": (G, {}, "dcmkor"),
    "triage:meeting-plan": (G, {}, "dc"),
    "triage:meeting": (G, {"pk": "meeting"}, "dcmo"),
    "triage:meeting-change": (G, {"pk": "planned"}, "dc"),
    "triage:meeting-prepare": (G, {"pk": "planned"}, "dc"),
    "triage:minutes": (G, {"pk": "meeting"}, "dcmor"),
    "triage:receipt": (G, {"pk": "decision"}, "dcmor"),
    "students:vouch-change": (G, {"student": "student", "pk": "vouch"}, "k"),
    "students:concern-report": (G, {"student": "student"}, "dc"),
    "students:evidence-add": (G, {"student": "student", "kind": "=exam"}, "dc"),
    "students:evidence-history": (G, {"student": "student", "kind": "=evaluation", "evidence": "evaluation"}, "dcmaor"),
    "students:evidence-change": (G, {"student": "student", "kind": "=evaluation", "evidence": "evaluation"}, "dc"),
    "students:evidence-withdraw": (G, {"student": "student", "kind": "=evaluation", "evidence": "evaluation"}, "dc"),
    "students:evidence-restore": (P, {"student": "student", "kind": "=advising", "evidence": "withdrawn"}, "dc"),
    "students:import-detail": (G, {"pk": "batch"}, "dc"),
    "students:import-apply": (P, {"pk": "batch"}, "dc"),
    "students:import-discard": (P, {"pk": "batch"}, "dc"),
    "triage:dossier-previous": (G, {"pk": "student"}, "dcmo"),
    "triage:dossier-next": (G, {"pk": "student"}, "dcmo"),
    "triage:attendees-add": (P, {"pk": "planned"}, "dc"),
    "triage:attendee-remove": (P, {"pk": "planned", "attendance": "attendance"}, "dc"),
    "triage:attendee-joining": (P, {"pk": "planned", "attendance": "attendance"}, "dc"),
    "triage:attendance-mark": (P, {"pk": "meeting", "attendance": "here"}, "dc"),
    "triage:acting-chair": (P, {"pk": "planned"}, "dc"),
    "triage:recusal-declare": (P, {"pk": "planned"}, "dc"),
    "triage:agenda-build": (P, {"pk": "planned"}, "dc"),
    "triage:item-add": (P, {"pk": "planned"}, "dc"),
    "triage:item-remove": (P, {"pk": "planned", "item": "waiting"}, "dc"),
    "triage:item-move": (P, {"pk": "planned", "item": "waiting"}, "dc"),
    "triage:item-recuse": (P, {"pk": "meeting", "item": "open"}, "dcmo"),
    "triage:item-open": (P, {"pk": "meeting", "item": "next"}, "d"),
    "triage:item-table": (P, {"pk": "meeting", "item": "open"}, "d"),
    "triage:item-pause": (P, {"pk": "meeting", "item": "open"}, "d"),
    "triage:item-run": (P, {"pk": "meeting", "item": "open"}, "d"),
    "triage:item-decide": (P, {"pk": "meeting", "item": "open"}, "d"),
    "triage:priority-declare": (P, {"pk": "planned"}, "d"),
    "triage:priority-end": (P, {"pk": "planned", "priority": "priority"}, "d"),
    "triage:meeting-start": (P, {"pk": "planned"}, "dc"),
    "triage:meeting-next": (P, {"pk": "meeting"}, "d"),
    "triage:meeting-close": (P, {"pk": "meeting"}, "dc"),
    "triage:meeting-resume": (P, {"pk": "closed"}, "dc"),
    "triage:decision-second": (P, {"pk": "meeting", "decision": "leaving"}, "o"),
    "triage:decision-reopen": (P, {"pk": "meeting", "decision": "decision"}, "d"),
    "triage:follow-up-add": (P, {"pk": "meeting"}, "dc"),
    "triage:follow-up-done": (P, {"pk": "meeting", "follow_up": "follow_up"}, "dc"),
    "triage:policy": (G, {}, EVERYBODY),
    "triage:policy-version-list": (G, {}, "dcmklaoru"),
    "triage:policy-version": (G, {"number": "version"}, "dcmklaoru"),
    "triage:policy-compare": (G, {}, "dcmklaoru"),
    "triage:policy-priority-list": (G, {}, "dcmklaoru"),
    "triage:policy-priority-declare": (P, {}, "d"),
    "triage:policy-priority-end": (P, {"pk": "priority"}, "d"),
    "triage:policy-draft-list": (G, {}, "dcmo"),
    "triage:policy-draft-start": (G, {}, "dc"),
    "triage:policy-draft": (G, {"pk": "draft"}, "dcmo"),
    "triage:policy-draft-change": (G, {"pk": "draft"}, "dc"),
    "triage:policy-draft-what-if": (G, {"pk": "draft"}, "dcmo"),
    "triage:policy-draft-back-test": (G, {"pk": "draft"}, "dcmo"),
    "triage:policy-draft-sign": (P, {"pk": "draft"}, "do"),
    "triage:policy-draft-take-back": (P, {"pk": "signed_draft"}, "d"),
    # Nobody while a meeting runs, as it does in this world.
    "triage:policy-draft-activate": (P, {"pk": "signed_draft"}, ""),
    "triage:policy-draft-withdraw": (P, {"pk": "draft"}, "dc"),
    "reports:trail": (G, {}, "dcoru"),
    "reports:trail-export": (P, {}, "ru"),
}


# What a button sends, where an empty form would be answered before the person is.
SENT: dict[str, dict[str, str]] = {
    "triage:decision-second": {"agrees": "yes"},
    "triage:decision-reopen": {"reason": "A vouch came in."},
    "triage:item-decide": {"follow": "2", "assessment": "{assessment}"},
    "triage:follow-up-add": {"what": "Call", "owner": "{owner}", "due_on": "2027-03-20"},
}


def urls(patterns=None, namespace=""):
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from urls(each.url_patterns, inner)
        elif isinstance(each, URLPattern) and each.name:
            yield f"{namespace}{each.name}"


def ask(world, letter, name):
    method, wanted, _ = TABLE[name]
    client = Client()
    client.force_login(world.people[letter])
    sent = {key: text.format(**world.ids) for key, text in SENT.get(name, {}).items()}
    ids = {key: what[1:] if what.startswith("=") else world.ids[what] for key, what in wanted.items()}
    url = reverse(name, kwargs={"cycle": "2027", **ids})
    with transaction.atomic():
        answer = getattr(client, method)(url, sent)
        transaction.set_rollback(True)
    return answer


# Without a cycle, or open to whoever holds the link: proved where they live.
ELSEWHERE = {
    "home",
    "health",
    "display",
    "person-welcome",
    "mailbox",
    "students:link",
    "students:link-concern",
    "students:link-decline",
    "students:link-not-me",
    "students:link-thanks",
    "students:link-vouch",
    "matchweek:mail-settle",
    # Need an import that was applied.
    "students:import-undo",
    "students:import-refused",
}


def test_every_page_has_a_row():
    named = {name for name in urls() if not name.startswith(FOREIGN)}
    assert sorted(named - set(TABLE) - ELSEWHERE) == []


def test_nobody_sees_a_page_without_signing_in(world, client):
    for name, (method, wanted, _) in TABLE.items():
        ids = {key: what[1:] if what.startswith("=") else world.ids[what] for key, what in wanted.items()}
        answer = getattr(client, method)(reverse(name, kwargs={"cycle": "2027", **ids}))
        assert answer.status_code == 302, name
        assert answer.url.startswith("/accounts/login/"), name


@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_page_opens_to_exactly_these_roles(world, name):
    answers = {letter: ask(world, letter, name).status_code for letter in EVERYBODY}
    assert {status for status in answers.values() if status >= 500} == set(), answers
    assert "".join(letter for letter, status in answers.items() if status not in {403, 404}) == TABLE[name][2], answers
