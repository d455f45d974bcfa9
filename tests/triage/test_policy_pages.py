"""The policy's pages: who reads what, refusals in words, what-if against brute force, recusals and the embargo."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from matchweek.actions import make_cycle
from matchweek.models import UnfilledCount
from students.enums import MatchStatus
from students.models import Student
from tests.factories import ConflictFactory, CycleFactory, PersonFactory, StudentFactory, VouchFactory, sign_in
from tests.triage.meeting_room import LATER, MONDAY, make_room, tier_one, tier_three, tier_two
from triage.actions import policies
from triage.actions.assessing import active_policy
from triage.actions.policies import Seen
from triage.actions.priorities import declare_priority
from triage.dossiers import load_dossiers, load_market
from triage.enums import Grouping
from triage.models import Assessment, InstitutionalPriority, PolicyDraft, PolicyVersion
from triage.policy import DEFAULT_RULES, Rules, assess
from triage.selectors.what_if import back_test, what_if

pytestmark = pytest.mark.django_db

STRICTER = replace(DEFAULT_RULES, known_strong_at=5, pattern_open_serious_at=3)


@pytest.fixture
def cycle():
    return CycleFactory()


@pytest.fixture
def dean():
    return PersonFactory(name="Dean Beckett", roles=[Role.DEAN])


@pytest.fixture
def officer():
    return PersonFactory(name="Dr. Officer", roles=[Role.MATCH_OFFICER])


@pytest.fixture
def draft(cycle, dean):
    return policies.start_draft(cycle, title="Stricter", rules=STRICTER, by=dean)


def url(name, cycle, *args):
    return reverse(f"triage:{name}", args=[cycle.slug, *args])


def page(client, person, name, cycle, /, *args, **query):
    return sign_in(client, person).get(url(name, cycle, *args), query)


def post(client, person, name, cycle, /, *args, **given):
    return sign_in(client, person).post(url(name, cycle, *args), given)


def numbers(rules, **more):
    return {**rules.to_json(), "title": "By form", "edition": 1, **more}


def queries(work):
    with CaptureQueriesContext(connection) as asked:
        work()
    return len(asked)


def make_version(cycle, dean, officer, rules, seen):
    draft = policies.start_draft(cycle, title="Next", rules=rules, by=dean)
    policies.sign_draft(draft, cycle=cycle, reason="Because", seen=seen, by=dean)
    return policies.activate_draft(draft, cycle=cycle, seen=seen, by=officer)


# --- The rules ------------------------------------------------------------------------------------------------------


def test_the_rules_page_tells_every_number(client, cycle, dean):
    values = {field.name: 600 + place for place, field in enumerate(fields(Rules)) if field.type == "int"}
    PolicyVersion.objects.create(
        number=1, rules=replace(DEFAULT_RULES, **values).to_json(), digest="x" * 64, is_active=True
    )
    words = page(client, dean, "policy", cycle).content.decode()
    assert [name for name, value in values.items() if f"<b>{value}" not in words] == []
    assert "<b>concern</b>" in words


def test_illustrations_of_the_field_are_called_that(client, cycle, dean):
    words = page(client, dean, "policy", cycle).content.decode()
    assert (
        "(20/60/20 over the tiers, 80/70/60/40/15 by specialty) are one author's illustration, never a quota" in words
    )


@pytest.mark.parametrize("role", Role)
def test_everybody_reads_the_rules_and_a_student_in_words_of_their_own(client, cycle, role):
    answer = page(client, PersonFactory(roles=[role]), "policy", cycle)
    is_student = role == Role.STUDENT
    templates = [each.name for each in answer.templates]
    assert answer.status_code == 200
    assert ("triage/policies/for_students.html" in templates) == is_student
    assert ("Tier" in answer.content.decode()) == (not is_student)


def test_a_student_who_teaches_too_reads_the_whole(client, cycle):
    person = PersonFactory(roles=[Role.STUDENT, Role.CALLER])
    assert "Tier 3 if any strand" in page(client, person, "policy", cycle).content.decode()


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("policy-version-list", "dcmklaoru"),
        ("policy-compare", "dcmklaoru"),
        ("policy-priority-list", "dcmklaoru"),
        ("policy-draft-list", "dcmo"),
        ("policy-draft", "dcmo"),
        ("policy-draft-what-if", "dcmo"),
        ("policy-draft-back-test", "dcmo"),
        ("policy-draft-start", "dc"),
        ("policy-draft-change", "dc"),
    ],
)
def test_role_by_page(client, cycle, draft, name, allowed):
    args = (
        [draft.pk]
        if name in {"policy-draft", "policy-draft-what-if", "policy-draft-back-test", "policy-draft-change"}
        else []
    )
    with time_machine.travel(LATER, tick=True):
        let_in = {
            letter
            for letter, role in zip("dcmklaorus", Role, strict=True)
            if page(client, PersonFactory(roles=[role]), name, cycle, *args).status_code == 200
        }
    assert let_in == set(allowed)


# --- Versions -------------------------------------------------------------------------------------------------------


def test_versions_side_by_side_mark_what_differs(client, cycle, dean, officer):
    make_version(cycle, dean, officer, STRICTER, Seen(1, 1))
    words = page(client, dean, "policy-compare", cycle, before="1", after="2").content.decode()
    assert words.count(">differs</mark>") == 2
    assert "2 numbers differ, marked below." in words
    assert "Every number is the same." in page(client, dean, "policy-compare", cycle).content.decode()


@pytest.mark.parametrize("asked", ["9", "x", "99999999999999999999", "-1"])
def test_a_version_that_is_not_there_is_not_found(client, cycle, dean, asked):
    active_policy()
    assert page(client, dean, "policy-compare", cycle, before=asked).status_code == 404


def test_an_old_version_stays_readable(client, cycle, dean, officer):
    make_version(cycle, dean, officer, STRICTER, Seen(1, 1))
    old = page(client, dean, "policy-version", cycle, 1).content.decode()
    assert "No longer in force" in old
    assert "Known is strong from <b>3</b>" in old
    assert "Known is strong from <b>5</b>" in page(client, dean, "policy", cycle).content.decode()


@pytest.mark.parametrize("name", ["policy-version-list", "policy-draft-list"])
def test_lists_ask_the_same_number_of_queries_for_one_and_three(client, cycle, dean, officer, name):
    def count():
        return queries(lambda: page(client, dean, name, cycle))

    make_version(cycle, dean, officer, replace(DEFAULT_RULES, told_days=8), Seen(1, 1))
    count()
    one = count()
    for place in (2, 3):
        make_version(cycle, dean, officer, replace(DEFAULT_RULES, told_days=8 + place), Seen(1, place))
    assert count() == one


# --- Drafting by form -----------------------------------------------------------------------------------------------


def test_the_form_keeps_a_draft(client, cycle, dean):
    answer = post(client, dean, "policy-draft-start", cycle, **numbers(STRICTER))
    draft = PolicyDraft.objects.get()
    assert (answer.status_code, answer.url) == (303, url("policy-draft", cycle, draft.pk))
    assert Rules.from_json(draft.rules) == STRICTER


def test_the_form_has_every_number_once(client, cycle, dean):
    words = page(client, dean, "policy-draft-start", cycle).content.decode()
    assert [words.count(f'name="{field.name}"') for field in fields(Rules)] == [1] * len(fields(Rules))


def test_a_broken_property_answers_422_with_both_dossiers(client, cycle, dean):
    answer = post(client, dean, "policy-draft-start", cycle, **numbers(replace(DEFAULT_RULES, vouch_strong=4)))
    words = answer.content.decode()
    assert answer.status_code == 422
    assert "A stronger word of the same person never lowers a student." in words
    assert "one person says “strong” after 2 weeks." in words
    assert "Tier 1, 4 points, known strong, every strand clear" in words
    assert "one person says “would take as own resident” after 2 weeks." in words
    assert not PolicyDraft.objects.exists()


@pytest.mark.parametrize("value", ["", "-1", "1000", "two", "1.5"])
def test_a_number_that_is_none_answers_422(client, cycle, dean, value):
    answer = post(client, dean, "policy-draft-start", cycle, **numbers(DEFAULT_RULES, told_days=value))
    assert answer.status_code == 422
    assert not PolicyDraft.objects.exists()


def test_a_change_of_an_old_page_answers_409(client, cycle, dean, draft):
    given = numbers(STRICTER, title="Mine", edition=4)
    assert post(client, dean, "policy-draft-change", cycle, draft.pk, **given).status_code == 409
    assert post(client, dean, "policy-draft-change", cycle, draft.pk, **given | {"edition": 1}).status_code == 303
    assert PolicyDraft.objects.get().title == "Mine"


def test_signing_by_form(client, cycle, dean, officer, draft):
    seen = {"edition": 1, "active": 1}
    assert post(client, dean, "policy-draft-sign", cycle, draft.pk, **seen, reason="").status_code == 422
    assert post(client, dean, "policy-draft-sign", cycle, draft.pk, **seen, reason="Because").status_code == 303
    assert post(client, dean, "policy-draft-activate", cycle, draft.pk, **seen).status_code == 403
    assert post(client, officer, "policy-draft-activate", cycle, draft.pk, edition=1, active=7).status_code == 409
    assert post(client, officer, "policy-draft-activate", cycle, draft.pk, **seen).status_code == 303
    assert post(client, officer, "policy-draft-activate", cycle, draft.pk, **seen).status_code == 403
    assert active_policy().number == 2
    assert "Stricter" in page(client, dean, "policy-draft", cycle, draft.pk).content.decode()


def test_taking_back_and_withdrawing_by_form(client, cycle, dean, officer, draft):
    seen = {"edition": 1, "active": 1}
    post(client, dean, "policy-draft-sign", cycle, draft.pk, **seen, reason="Because")
    assert post(client, officer, "policy-draft-take-back", cycle, draft.pk).status_code == 403
    assert post(client, dean, "policy-draft-take-back", cycle, draft.pk).status_code == 303
    assert post(client, dean, "policy-draft-withdraw", cycle, draft.pk, reason="").status_code == 422
    assert post(client, dean, "policy-draft-withdraw", cycle, draft.pk, reason="Too strict").status_code == 303
    assert PolicyDraft.objects.get().status == "withdrawn"


# --- What if --------------------------------------------------------------------------------------------------------


def class_of(cycle, advisor=None):
    known = [tier_one(cycle=cycle, advisor=advisor) for _ in range(3)]
    others = [tier_two(cycle=cycle), tier_three(cycle=cycle), tier_three(cycle=cycle)]
    StudentFactory(cycle=cycle, match_status=MatchStatus.MATCHED)
    StudentFactory(cycle=cycle, match_status=MatchStatus.UNKNOWN)
    VouchFactory(student=known[0])
    return [*known, *others]


def brute_force(cycle, before, after):
    market = load_market(cycle)
    found = Counter()
    for read in load_dossiers(list(Student.objects.of(cycle).assessed().values_list("pk", flat=True))).values():
        found[
            assess(read.dossier, before, market).recommended_tier, assess(read.dossier, after, market).recommended_tier
        ] += 1
    return found


@pytest.mark.parametrize("is_listed", [False, True])
@pytest.mark.parametrize("is_large", [False, True])
def test_what_if_is_what_asking_again_would_say(cycle, dean, is_listed, is_large, monkeypatch):
    class_of(cycle)
    if is_listed:
        UnfilledCount.objects.create(cycle=cycle, specialty_id="140", position_type="categorical", positions=12)
    if is_large:
        monkeypatch.setattr("triage.selectors.what_if._FEW", 0)
    shift = what_if(dean, cycle, DEFAULT_RULES, STRICTER, Grouping.SPECIALTY)
    expected = brute_force(cycle, DEFAULT_RULES, STRICTER)
    assert {(each.before, each.after): each.number for each in shift.cells if each.number} == dict(expected)
    assert expected == Counter({(1, 2): 2, (1, 1): 1, (2, 2): 1, (3, 2): 2})
    assert (shift.total, shift.unchanged, shift.raised, shift.lowered) == (6, 2, 2, 2)
    assert Counter((each.before, each.after) for each in shift.movers) == Counter({(1, 2): 2, (3, 2): 2})
    assert "2 from Tier 1 to Tier 2" in shift.words


def test_what_if_by_declared_group(cycle, dean):
    advisor = PersonFactory(name="Dr. Advisor")
    class_of(cycle, advisor)
    by = {
        each: {
            (line.name, line.total, line.raised, line.lowered)
            for line in what_if(dean, cycle, DEFAULT_RULES, STRICTER, each).groups
        }
        for each in Grouping
    }
    assert by == {
        Grouping.SPECIALTY_GROUP: {("Open", 6, 2, 2)},
        Grouping.SPECIALTY: {("Internal Medicine", 6, 2, 2)},
        Grouping.ADVISOR: {("Dr. Advisor", 3, 0, 2), ("No advisor", 3, 2, 0)},
        Grouping.MATCH_STATUS: {("Unmatched", 6, 2, 2)},
    }


@pytest.mark.parametrize("asked", ["visa", "gender", "couples", "geography", "aamc_id"])
def test_nothing_protected_can_be_grouped_by(client, cycle, dean, draft, asked):
    student = tier_one(cycle=cycle, visa="J-1 of Ruritania", geography=["West"])
    with time_machine.travel(LATER, tick=True):
        answer = page(client, dean, "policy-draft-what-if", cycle, draft.pk, by=asked)
    assert answer.context["grouping"] == Grouping.SPECIALTY_GROUP
    words = answer.content.decode()
    assert student.name in words
    assert "Ruritania" not in words
    assert "Grouping.VISA" not in words


def test_what_if_saves_nothing(client, cycle, dean, draft):
    class_of(cycle)
    with time_machine.travel(LATER, tick=True):
        assert page(client, dean, "policy-draft-what-if", cycle, draft.pk).status_code == 200
    assert not Assessment.objects.exists()


def test_a_recused_student_is_in_no_list_and_no_count(client, cycle, dean, draft):
    student, *_ = class_of(cycle)
    own = Student.objects.get(pk=student.pk)
    Student.objects.filter(pk=own.pk).update(last_name="Hiddenborough", applied_specialty_id="260")
    before = what_if(dean, cycle, DEFAULT_RULES, STRICTER, Grouping.SPECIALTY)
    ConflictFactory(student=own, person=dean)
    shift = what_if(dean, cycle, DEFAULT_RULES, STRICTER, Grouping.SPECIALTY)
    assert (before.total, shift.total) == (6, 5)
    assert sum(each.number for each in shift.cells) == 5
    assert [line.name for line in shift.groups] == ["Internal Medicine"]
    with time_machine.travel(LATER, tick=True):
        words = page(client, dean, "policy-draft-what-if", cycle, draft.pk, by="specialty").content.decode()
    assert "Hiddenborough" not in words
    assert "same 5 dossiers" in words


def test_under_the_embargo_only_who_sees_results_tries_a_draft():
    with time_machine.travel(MONDAY, tick=True):
        room = make_room()
        draft = policies.start_draft(room.cycle, title="Now", rules=STRICTER, by=room.dean)

        def answers(name):
            return {
                letter: page(Client(), person, name, room.cycle, draft.pk).status_code
                for letter, person in {
                    "d": room.dean,
                    "c": room.coordinator,
                    "o": room.officer,
                    "m": room.member,
                }.items()
            }

        expected = {"d": 200, "c": 200, "o": 200, "m": 403}
        assert answers("policy-draft-what-if") == expected
        assert answers("policy-draft-back-test") == expected
        seen = page(Client(), room.member, "policy-draft", room.cycle, draft.pk)
        assert seen.status_code == 200
        assert [each.name for each in room.students if each.name in seen.content.decode()] == []


def test_a_member_tries_it_on_the_dossiers_of_the_own_meetings_only():
    with time_machine.travel(LATER, tick=True):
        room = make_room()
        tier_one(cycle=room.cycle, last_name="Elsewhere")
        assert what_if(room.member, room.cycle, DEFAULT_RULES, STRICTER, Grouping.SPECIALTY).total == 3
        assert what_if(room.dean, room.cycle, DEFAULT_RULES, STRICTER, Grouping.SPECIALTY).total == 4


def test_what_if_asks_as_much_for_one_student_as_for_three(cycle, dean):
    def count():
        return queries(lambda: what_if(dean, cycle, DEFAULT_RULES, STRICTER, Grouping.ADVISOR))

    tier_one(cycle=cycle)
    count()
    one = count()
    tier_one(cycle=cycle)
    tier_three(cycle=cycle)
    assert count() == one


# --- Back-test ------------------------------------------------------------------------------------------------------


def test_back_test_sets_the_draft_beside_what_was_decided(client):
    with time_machine.travel(LATER, tick=True):
        room = make_room()
        room.start()
        room.decide(1, 2)  # tier 1 recommended, 2 decided
        room.decide(2)
        newest = make_cycle(2028, by=None)
        room.dean.role_assignments.create(year=2028, role=Role.DEAN)
        shift = back_test(room.dean, room.cycle, DEFAULT_RULES, Grouping.SPECIALTY)
        assert {(each.before, each.after): each.number for each in shift.cells if each.number} == {(2, 1): 1, (2, 2): 1}
        assert (shift.total, shift.unchanged) == (2, 1)
        draft = policies.start_draft(
            newest, title="Stricter", rules=STRICTER, by=PersonFactory(roles=[Role.DEAN], year=2028)
        )
        words = page(client, room.dean, "policy-draft-back-test", newest, draft.pk, cycle="2027").content.decode()
        assert "The draft agrees with 2 of 2 decisions of 2027" in words
        outsider = PersonFactory(roles=[Role.DEAN], year=2028)
        assert page(client, outsider, "policy-draft-back-test", newest, draft.pk, cycle="2027").status_code == 404
        assert "no other cycle" in page(client, outsider, "policy-draft-back-test", newest, draft.pk).content.decode()


def test_back_test_leaves_out_whom_one_is_recused_from():
    with time_machine.travel(LATER, tick=True):
        room = make_room()
        room.start()
        room.decide(1)
        room.decide(2)
        ConflictFactory(student=room.item(1).student, person=room.dean)
        assert back_test(room.dean, room.cycle, DEFAULT_RULES, Grouping.SPECIALTY).total == 1
        assert back_test(room.officer, room.cycle, DEFAULT_RULES, Grouping.SPECIALTY).total == 2


# --- Priorities -----------------------------------------------------------------------------------------------------


def test_priorities_are_declared_listed_and_ended(client, cycle, dean):
    member = PersonFactory(roles=[Role.MEETING_MEMBER])
    given = {"name": "Rural care", "reason": "The charter", "owner": dean.pk}
    assert post(client, member, "policy-priority-declare", cycle, **given).status_code == 403
    assert post(client, dean, "policy-priority-declare", cycle, **given | {"reason": ""}).status_code == 422
    assert post(client, dean, "policy-priority-declare", cycle, **given).status_code == 303
    declared = InstitutionalPriority.objects.get()
    words = page(client, member, "policy-priority-list", cycle).content.decode()
    assert "Rural care" in words and "The charter" in words and "Dean Beckett" in words
    assert post(client, member, "policy-priority-end", cycle, declared.pk).status_code == 403
    assert post(client, dean, "policy-priority-end", cycle, declared.pk).status_code == 303
    assert InstitutionalPriority.objects.get().ended_at is not None


def test_priorities_of_another_cycle_are_not_ended_from_here(client, cycle, dean):
    declared = declare_priority(cycle, name="Rural care", reason="The charter", owner=dean, by=dean)
    other = make_cycle(2028, by=None)
    dean.role_assignments.create(year=2028, role=Role.DEAN)
    assert post(client, dean, "policy-priority-end", other, declared.pk).status_code == 404


def test_a_policy_page_is_printed_with_its_head(client, cycle, dean):
    assert "Printed by Dean Beckett" in page(client, dean, "policy", cycle).content.decode()
