"""Two promises over every page at once: a recusal hides the student everywhere, the embargo hides who is unmatched."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from accounts.enums import Role
from core.audit import acting
from matchweek.actions import note_results_loaded
from matchweek.enums import MilestoneKind
from students.actions import imports
from students.actions.access import open_dossier
from students.enums import Purpose
from students.interchange.sources import Upload
from students.models import Student
from tests.factories import (
    AdvisingNoteFactory,
    ClerkshipEvaluationFactory,
    ConcernFactory,
    ConflictFactory,
    CycleFactory,
    ExamAttemptFactory,
    PersonFactory,
    StudentFactory,
    VouchFactory,
    VouchRequestFactory,
    sign_in,
)
from triage.actions import agenda, decisions, follow_ups, meetings
from triage.actions.assessing import bring_up_to_date
from triage.actions.policies import start_draft
from triage.models import Assessment
from triage.policy import Rules

pytestmark = pytest.mark.django_db

LISTS = (
    "", "people/", "class/", "class/?find=Zyzzogeton", "my-students/", "my-page/", "vouches/",
    "vouches/?find=Zyzzogeton", "vouch-requests/", "mail/", "imports/", "board/?view=columns",
    "board/?view=table&find=Zyzzogeton", "board/?attention=on", "meetings/", "meetings/plan/", "policy/",
    "policy/drafts/", "trail/", "trail/?student=Zyzzogeton", "calendar/",
)  # fmt: skip
ABOUT = (
    "students/{}/", "students/{}/history/", "students/{}/change/", "students/{}/ask/", "students/{}/conflict/",
    "students/{}/add/exam/", "students/{}/previous/", "students/{}/next/", "vouches/{}/", "vouches/{}/concern/",
)  # fmt: skip


def pages(person, addresses):
    """Return every page's words for a person, as a page and as a fragment, without what differs each time."""
    client = sign_in(Client(), person)
    found = {}
    for each in addresses:
        both = ((each, {}), (f"{each} (fragment)", {"HX-Request": "true"}))
        for name, headers in both if each in LISTS or each.startswith("meetings/") else both[:1]:
            with transaction.atomic():
                answer = client.get(f"/2027/{each}", headers=headers)
                words = answer.content.decode()
                transaction.set_rollback(True)
            said = re.sub(r'csrfmiddlewaretoken" value="[^"]+"|/live/[^"]+|X-CSRFToken": "[^"]+"', "", words)
            found[name] = (answer.status_code, answer.headers.get("Location", ""), said)
    return found


# --- Recusal --------------------------------------------------------------------------------------------------------


@pytest.fixture
def held():
    """A meeting that has decided on Zyzzogeton, with an action, an import and a draft; everybody is recused later."""
    cycle = CycleFactory()
    with time_machine.travel(cycle.milestone(MilestoneKind.EMBARGO_LIFTS) + timedelta(hours=1), tick=False):
        dean = PersonFactory(name="Dean Chair", roles=[Role.DEAN])
        shut = StudentFactory(last_name="Zyzzogeton", first_name="Zora", aamc_id="77777777", email="zora@z.example")
        StudentFactory.create_batch(2)
        ClerkshipEvaluationFactory(student=shut, evaluator=PersonFactory(name="Eva Luator"))
        bring_up_to_date(cycle)
        people = {role: PersonFactory(roles=[role], name=f"Recused {role}") for role in Role.values}
        plan = meetings.MeetingPlan("Monday", cycle.milestone(MilestoneKind.EMBARGO_LIFTS), dean, 4)
        meeting = meetings.plan_meeting(cycle, plan=plan, by=dean)
        seated = [
            people[role] for role in ("dean", "coordinator", "meeting_member", "clerkship_director", "match_officer")
        ]
        meetings.add_attendees(meeting, people=seated, by=dean)
        agenda.build_agenda(meeting, order="tier", by=dean)
        meetings.start_meeting(meeting, by=dean)
        item = meeting.items.get(student=shut)
        agenda.open_item(item, by=dean)
        item.refresh_from_db()
        said = Assessment.objects.current().get(student=shut)
        decision = decisions.decide_item(item, choice=decisions.Choice(said.pk, said.recommended_tier), by=dean)
        action = {"what": "Ring about Zyzzogeton", "owner": dean, "due_on": plan.planned_at.date()}
        follow_ups.add_follow_up(meeting, item=item, **action, by=dean)
        rows = b"aamc_id,exam,date,result\n77777777,Step 1,2026-01-01,pass\n77777777,Step 9,2026-01-01,Zyzzogeton\n"
        with transaction.atomic(), acting(dean):
            batch = imports.upload_import(cycle, uploads=[Upload("exams.csv", rows)], by=dean)
        imports.read_import(batch)
        draft = start_draft(cycle, title="A draft", rules=Rules(told_days=9), by=dean)
        for person in people.values():
            ConflictFactory(student=shut, person=person, kind="family", entered_by=dean)
        special = (
            f"meetings/{meeting.pk}/", f"meetings/{meeting.pk}/?item={item.pk}", f"meetings/{meeting.pk}/prepare/",
            f"meetings/{meeting.pk}/close/", f"meetings/{meeting.pk}/minutes/", f"decisions/{decision.pk}/receipt/",
            f"imports/{batch.pk}/", f"imports/{batch.pk}/refused/", f"policy/drafts/{draft.pk}/what-if/",
        )  # fmt: skip
        yield people, shut, special


@pytest.mark.parametrize("role", Role.values)
def test_whoever_is_recused_reads_the_name_nowhere(held, role):
    people, shut, special = held
    addresses = (*(each for each in LISTS if "find" not in each and "student=" not in each), *special)
    addresses = (*addresses, *(each.format(shut.pk) for each in ABOUT))
    shown = pages(people[role], addresses)
    told = [name for name, (_, _, words) in shown.items() if re.search("zyzzogeton|77777777|zora", words, re.I)]
    assert told == []
    assert {status for status, _, _ in shown.values()} <= {200, 302, 303, 403, 404}


@pytest.mark.parametrize("role", Role.values)
def test_whoever_is_recused_finds_nobody_by_the_name(held, role):
    people, _, _ = held
    for name, (status, _, words) in pages(people[role], [each for each in LISTS if "Zyzzogeton" in each]).items():
        without_the_question = re.sub(r'value="Zyzzogeton"|find=Zyzzogeton|student=Zyzzogeton|“Zyzzogeton”', "", words)
        assert status in {200, 403}, name
        assert "zora" not in without_the_question.lower(), name


# --- Embargo --------------------------------------------------------------------------------------------------------

OUTSIDE = ("advisor", "clerkship_director", "caller", "registrar", "auditor", "student", "meeting_member", "late")


def class_of_two(cycle, moment):
    """Return two students alike, with everybody outside the meeting; nobody's result is known yet."""
    people = {role: PersonFactory(roles=[role], name=f"Outside {role}") for role in OUTSIDE if role != "late"}
    people["late"] = PersonFactory(roles=["clerkship_director"], name="Late Director", position="program director")
    dean = PersonFactory(roles=["dean"], name="Dean Chair")
    pair = []
    for last_name, account in (("Aldous", people["student"]), ("Birch", None)):
        each = StudentFactory(last_name=last_name, match_status="unknown", advisor=people["advisor"], person=account)
        ExamAttemptFactory(student=each)
        ConcernFactory(student=each)
        AdvisingNoteFactory(student=each, entered_by=people["advisor"])
        ClerkshipEvaluationFactory(student=each, evaluator=people["clerkship_director"])
        VouchFactory(student=each, faculty=people["clerkship_director"])
        VouchRequestFactory(student=each, faculty=people["caller"])
        pair.append(each)
    return people, dean, pair


def report(cycle, dean, pair, unmatched, late):
    """Load the results and prepare the meeting as the office would: one of the two is on its agenda."""
    for each in pair:
        Student.objects.filter(pk=each.pk).update(match_status="unmatched" if each == unmatched else "matched")
    with transaction.atomic(), acting(dean):
        note_results_loaded(cycle, by=dean)
    bring_up_to_date(cycle)
    plan = meetings.MeetingPlan("Monday", cycle.milestone(MilestoneKind.SCHOOL_REPORT), dean, 4)
    meeting = meetings.plan_meeting(cycle, plan=plan, by=dean)
    meetings.add_attendees(meeting, people=[late], by=dean)
    agenda.build_agenda(meeting, order="tier", by=dean)
    meetings.start_meeting(meeting, by=dean)
    agenda.open_item(meeting.items.get(), by=dean)
    open_dossier(unmatched, purpose=Purpose.MEETING, by=dean)
    return meeting


@pytest.mark.parametrize("role", OUTSIDE)
@pytest.mark.parametrize("before", [timedelta(hours=9), timedelta(seconds=1)])
def test_under_the_embargo_pages_are_the_same_whoever_of_two_is_unmatched(role, before):
    """Every page, count, order, option and refusal for who is outside the meeting, in two worlds unlike in that."""
    cycle = CycleFactory()
    with time_machine.travel(cycle.milestone(MilestoneKind.EMBARGO_LIFTS) - before, tick=False):
        people, dean, pair = class_of_two(cycle, before)
        worlds = []
        for unmatched in pair:
            with transaction.atomic():
                meeting = report(cycle, dean, pair, unmatched, people["late"])
                about = [each.format(student.pk) for each in ABOUT for student in pair]
                room = [f"meetings/{meeting.pk}/", f"meetings/{meeting.pk}/minutes/", f"meetings/{meeting.pk}/close/"]
                asked = (*LISTS, *about, *room, "class/?status=unmatched", "class/?find=Aldous", "trail/?student=Birch")
                shown = pages(people[role], asked)
                transaction.set_rollback(True)
            worlds.append({re.sub(r"meetings/\d+", "meetings/7", name): _alike(words) for name, words in shown.items()})
        differing = [name for name in worlds[0] if worlds[0][name] != worlds[1][name]]
        assert differing == []


def _alike(shown):
    """Leave out the numbers a database gives to a second world."""
    status, location, words = shown
    return status, re.sub(r"meetings/\d+", "", location), re.sub(r"meetings/\d+|meeting:\d+", "", words)
