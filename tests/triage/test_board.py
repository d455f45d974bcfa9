"""The board shows each person what they may read, and nothing from which the rest could be guessed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils.html import strip_tags

from accounts.enums import Role
from accounts.models import Person
from core.clock import EASTERN
from matchweek.models import Cycle
from students.actions.evidence import raise_evidence_numbers
from students.enums import MatchStatus, Strength
from students.models import Student
from tests.factories import (
    AccessGrantFactory,
    ConcernFactory,
    ConflictFactory,
    CycleFactory,
    HearsayFactory,
    PersonFactory,
    StudentFactory,
    VouchFactory,
    sign_in,
)
from triage.actions.assessing import bring_up_to_date
from triage.actions.visiting import note_visit
from triage.models import AgendaItem, Assessment, Decision, Meeting, Reopening, SecondSignature
from triage.selectors.board import BoardFilter, load_board, neighbours

pytestmark = pytest.mark.django_db

URL = "/2027/board/"
NOON = datetime(2027, 3, 15, 12, 0, tzinfo=EASTERN)
EMBARGO = datetime(2027, 3, 15, 9, 40, tzinfo=EASTERN)


def cycle() -> Cycle:
    return CycleFactory()


def dean() -> Person:
    return PersonFactory(roles=[Role.DEAN])


def strong(last_name: str, **facts: object) -> Student:
    """A student of Tier 1 with three points."""
    student = StudentFactory(cycle=cycle(), first_name="", last_name=last_name, **facts)
    VouchFactory(student=student, strength=Strength.WOULD_TAKE, willing_to_advocate=True)
    return student


def middling(last_name: str, **facts: object) -> Student:
    """A student of Tier 2: nobody was asked."""
    return StudentFactory(cycle=cycle(), first_name="", last_name=last_name, **facts)


def troubled(last_name: str) -> Student:
    """A student of Tier 3 with minus four points."""
    student = StudentFactory(cycle=cycle(), first_name="", last_name=last_name)
    ConcernFactory(student=student, severity="major")
    return student


def decide(student: Student, tier: int, *, by: Person, at: datetime = NOON, **facts: object) -> Decision:
    bring_up_to_date(student.cycle)
    said = Assessment.objects.current().get(student=student)
    meeting = Meeting.objects.create(cycle=student.cycle, planned_at=NOON, chair=by)
    item = AgendaItem.objects.create(meeting=meeting, student=student, place=1)
    differs = tier != said.recommended_tier
    return Decision.objects.create(
        item=item,
        student=student,
        assessment=said,
        tier=tier,
        recommended_tier=said.recommended_tier,
        override_code="context_observed" if differs else "",
        note="Seen on the ward." if differs else "",
        decided_by=by,
        decided_at=at,
        **facts,
    )


def page(client: Client, person: Person, query: str = "") -> str:
    response = sign_in(client, person).get(f"{URL}{query}")
    assert response.status_code == 200
    return response.content.decode()


def names(html: str) -> list[str]:
    """The students in the order in which the page lists them."""
    return re.findall(r'<a href="/2027/students/\d+/">([^<]+)</a>', html)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", strip_tags(html))


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


# --- What it shows --------------------------------------------------------------------------------------------------


def test_columns_by_recommended_tier_and_points(client):
    more = strong("Penhallow")
    VouchFactory(student=more)
    strong("Larkspur"), middling("Hallowell"), troubled("Wexcombe")

    html = page(client, dean())

    assert names(html) == ["Penhallow", "Larkspur", "Hallowell", "Wexcombe"]
    assert "4 students assessed" in words(html)
    assert "0 decided, 4 open." in words(html)
    assert 'aria-label="Spread over the tiers: 2 in Tier 1, 1 in Tier 2, 1 in Tier 3"' in html
    assert "5<small> pt</small>" in html


def test_points_of_tier_3_are_not_shown(client):
    troubled("Wexcombe")

    for view in ("columns", "table"):
        assert "−4" not in page(client, dean(), f"?view={view}")


def test_decided_tier_takes_the_place_of_the_recommended_one(client):
    by = dean()
    decide(middling("Hallowell"), 1, by=by)

    html = page(client, by)

    assert 'aria-label="Spread over the tiers: 1 in Tier 1, 0 in Tier 2, 0 in Tier 3"' in html
    assert "Override, was Tier 2" in html
    assert "1 decided, 0 open." in words(html)


def test_reopened_decision_gives_way_to_the_recommendation(client):
    by = dean()
    decision = decide(middling("Hallowell"), 1, by=by)
    Reopening.objects.create(decision=decision, reason="A new vouch came", reopened_by=by)

    assert "1 in Tier 2" in page(client, by)
    assert "0 decided, 1 open." in words(page(client, by))


def test_decision_that_leaves_tier_3_waits_for_its_second_officer(client):
    by = dean()
    decision = decide(troubled("Wexcombe"), 2, by=by, needs_second=True)

    html = page(client, by)
    assert "1 in Tier 3" in html
    assert "Second officer" in html
    assert "1 waits for a second officer" in words(page(client, by, "?attention=1"))

    SecondSignature.objects.create(decision=decision, agrees=True, signed_by=PersonFactory())
    assert "1 in Tier 2" in page(client, by)


def test_refused_second_signature_leaves_the_recommendation(client):
    by = dean()
    decision = decide(troubled("Wexcombe"), 2, by=by, needs_second=True)
    SecondSignature.objects.create(decision=decision, agrees=False, signed_by=PersonFactory())

    assert "1 in Tier 3" in page(client, by)
    assert "0 decided, 1 open." in words(page(client, by))


def test_changed_since_decided_is_marked(client):
    by, student = dean(), strong("Larkspur")
    decide(student, 1, by=by)
    assert "Changed since decided" not in names(page(client, by))

    ConcernFactory(student=student)
    raise_evidence_numbers([student.pk])

    html = page(client, by)
    assert "</svg>Changed since decided</li>" in html
    assert "1 changed since it was decided" in words(page(client, by, "?attention=1"))


def test_stale_assessments_are_remade_before_they_are_shown(client):
    by, student = dean(), middling("Hallowell")
    assert "1 in Tier 2" in page(client, by)
    VouchFactory(student=student, strength=Strength.WOULD_TAKE)
    raise_evidence_numbers([student.pk])

    assert "1 in Tier 1" in page(client, by)


def test_words_are_escaped(client):
    strong("<b>O'Hara & Sons</b>")

    for view in ("columns", "table"):
        assert "&lt;b&gt;O&#x27;Hara &amp; Sons&lt;/b&gt;" in page(client, dean(), f"?view={view}")


def test_more_than_forty_students_make_a_table(client):
    StudentFactory.create_batch(40, cycle=cycle())
    by = dean()
    assert "<table" not in page(client, by)

    StudentFactory(cycle=cycle())
    assert "<table" in page(client, by)
    assert "<table" not in page(client, by, "?view=columns")


@pytest.mark.parametrize("roles", [[Role.CLERKSHIP_DIRECTOR], [Role.CALLER], [Role.ADVISOR], [Role.REGISTRAR]])
def test_board_is_closed_to_others(client, roles):
    cycle()

    assert sign_in(client, PersonFactory(roles=roles)).get(URL).status_code == 403


def test_empty_cycle_says_what_to_do(client):
    cycle()

    assert "Import evidence" in words(page(client, dean()))


def test_class_without_unmatched_students(client):
    middling("Hallowell", match_status=MatchStatus.UNKNOWN)

    assert "Nobody is assessed yet." in words(page(client, dean()))


# --- Filters and order ----------------------------------------------------------------------------------------------


@pytest.fixture
def three() -> list[Student]:
    advisor = PersonFactory(name="Dr. Selwyn Achterberg")
    return [
        strong("Álvarez", applied_specialty_id="140", advisor=advisor),
        middling("Brightwater", applied_specialty_id="400", match_status=MatchStatus.NO_CERTIFIED_LIST),
        middling("Castellan", applied_specialty_id="080"),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?find=alvarez", ["Álvarez"]),
        ("?find=BRIGHT", ["Brightwater"]),
        ("?specialty=080", ["Castellan"]),
        ("?status=no_certified_list", ["Brightwater"]),
        ("?attention=1", ["Brightwater", "Castellan"]),
        ("?order=name", ["Álvarez", "Brightwater", "Castellan"]),
        ("?order=specialty", ["Castellan", "Álvarez", "Brightwater"]),
        ("?find=nobody", []),
        ("?order=nonsense&view=nonsense&status=nonsense", []),
    ],
)
def test_filters(client, three, query, expected):
    assert names(page(client, dean(), f"{query}&view=table" if "view" not in query else query)) == expected


def test_filter_by_advisor(client, three):
    advisor = three[0].advisor

    html = page(client, dean(), f"?advisor={advisor.pk}")

    assert names(html) == ["Álvarez"]
    assert "1 of 3 shown" in words(html)
    assert "3 students assessed" in words(html)


def test_undecided_first(client, three):
    by = dean()
    decide(three[0], 1, by=by)

    assert names(page(client, by, "?order=open&view=table")) == ["Brightwater", "Castellan", "Álvarez"]


def test_filter_that_finds_nobody_can_be_cleared(client, three):
    html = page(client, dean(), "?find=nobody")

    assert "No student answers to these filters." in words(html)
    assert f'href="{URL}"' in html


def test_needs_attention_is_defined_on_the_page(client, three):
    assert "Needs attention: nobody was asked to vouch; nowhere realistic to place;" in words(page(client, dean()))


def test_htmx_gets_the_results_and_a_clean_address(client, three):
    response = sign_in(client, dean()).get(f"{URL}?find=castellan&specialty=&view=", headers={"HX-Request": "true"})

    html = response.content.decode()
    assert "<html" not in html
    assert names(html) == ["Castellan"]
    assert 'id="board-toggles" hx-swap-oob="true"' in html
    assert response.headers["HX-Push-Url"] == f"{URL}?find=castellan"
    assert "HX-Request" in response.headers["Vary"]


# --- Who sees whom --------------------------------------------------------------------------------------------------


def test_recused_student_leaves_no_trace(client):
    """Rows, counts, spread, search, filter options, attention and previous or next: all as if there were nobody."""
    by = dean()
    strong("Larkspur")
    hidden = middling("Hidden", applied_specialty_id="080", advisor=PersonFactory(name="Dr. Only Hers"))
    decide(hidden, 2, by=PersonFactory())
    ConflictFactory(student=hidden, person=by)

    for query in ("", "?view=table", "?find=Hidden", "?attention=1", "?specialty=080", "?order=open"):
        html = page(client, by, query)
        assert "Hidden" not in names(html)
        assert "Dermatology" not in html
        assert "Only Hers" not in html
        assert "1 student assessed" in words(html)
        assert "0 decided, 1 open." in words(html)
        assert "1 in Tier 1, 0 in Tier 2, 0 in Tier 3" in html
        assert "Needs attention 0" in words(html)
        assert f"/students/{hidden.pk}/" not in html


def test_lifted_recusal_shows_again(client):
    by, student = dean(), strong("Larkspur")
    conflict = ConflictFactory(student=student, person=by)
    other = PersonFactory()
    type(conflict).objects.filter(pk=conflict.pk).update(lifted_at=NOON, lifted_by=other, lifted_reason="Not related")

    assert names(page(client, by)) == ["Larkspur"]


def test_member_sees_the_agenda_only(client):
    member = PersonFactory(roles=[Role.MEETING_MEMBER])
    granted = strong("Larkspur")
    strong("Penhallow")
    AccessGrantFactory(person=member, student=granted)

    html = page(client, member)

    assert names(html) == ["Larkspur"]
    assert "1 student assessed" in words(html)


def test_member_who_advises_does_not_see_the_advised(client):
    """An advisor's footing opens no assessment, so the board has no row for it."""
    member = PersonFactory(roles=[Role.MEETING_MEMBER, Role.ADVISOR])
    strong("Larkspur", advisor=member)

    assert "No dossier is open to you yet." in words(page(client, member))


def test_member_is_not_shown_what_was_set_aside(client):
    member = PersonFactory(roles=[Role.MEETING_MEMBER])
    student = strong("Larkspur")
    HearsayFactory(student=student)
    AccessGrantFactory(person=member, student=student)

    assert "set aside" in page(client, dean())
    assert "set aside" not in page(client, member)


@pytest.mark.parametrize(
    ("roles", "is_granted", "expected"),
    [
        ([Role.DEAN], False, ["Larkspur"]),
        ([Role.COORDINATOR], False, ["Larkspur"]),
        ([Role.MATCH_OFFICER], False, ["Larkspur"]),
        ([Role.MEETING_MEMBER], True, ["Larkspur"]),
        ([Role.MEETING_MEMBER], False, []),
    ],
)
def test_under_the_embargo_only_named_attendees_and_the_office(client, roles, is_granted, expected):
    person, student = PersonFactory(roles=roles), strong("Larkspur")
    if is_granted:
        AccessGrantFactory(person=person, student=student)

    with time_machine.travel(EMBARGO, tick=False):
        assert names(page(client, person)) == expected


# --- What changed since the last look -------------------------------------------------------------------------------


def test_first_look_marks_nothing(client):
    strong("Larkspur")

    assert "since you last looked" not in words(page(client, dean()))


def test_changed_tier_is_marked_since_the_last_visit(client):
    by, student = dean(), middling("Hallowell")
    strong("Larkspur")
    page(client, by)

    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        VouchFactory(student=student, strength=Strength.WOULD_TAKE)
        raise_evidence_numbers([student.pk])
        bring_up_to_date(student.cycle)
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        html = page(client, by)
        assert "1 changed since you last looked, Mon 15 Mar 12:00" in words(html)
        assert names(page(client, by, "?changed=1")) == ["Hallowell"]


def test_new_decision_is_marked_since_the_last_visit(client):
    by, student = dean(), strong("Larkspur")
    page(client, by)

    later = NOON + timedelta(hours=1)
    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        decide(student, 1, by=by, at=later)
        assert names(page(client, by, "?changed=1")) == ["Larkspur"]


def test_evidence_without_another_recommendation_is_no_change(client):
    by, student = dean(), strong("Larkspur")
    page(client, by)

    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        HearsayFactory(student=student)
        raise_evidence_numbers([student.pk])
        assert "Nothing changed since you last looked" in words(page(client, by))


def test_visit_goes_on_while_pages_follow_each_other():
    by, here = dean(), cycle()

    def look(minutes: int) -> datetime | None:
        with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
            return note_visit(here, by=by)

    assert [look(0), look(10), look(35)] == [None, None, None]
    assert look(70) == NOON + timedelta(minutes=35)
    assert look(71) == NOON + timedelta(minutes=35)


# --- Speed and neighbours -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_same_queries_for_1_and_3_rows(client, count, django_assert_num_queries):
    by = dean()
    for number in range(count):
        decide(strong(f"Larkspur{number}"), 1, by=by)
    page(client, by)

    with django_assert_num_queries(7):
        client.get(URL)


def test_neighbours_follow_the_board_and_skip_the_recused():
    by = dean()
    first, hidden, last = strong("Larkspur"), middling("Hidden"), troubled("Wexcombe")
    ConflictFactory(student=hidden, person=by)
    bring_up_to_date(cycle())

    assert neighbours(by, cycle(), first.pk) == (None, last.pk)
    assert neighbours(by, cycle(), last.pk) == (first.pk, None)
    assert neighbours(by, cycle(), hidden.pk) == (None, None)


def test_neighbours_count_the_decided_tier():
    by = dean()
    first, raised = strong("Larkspur"), middling("Aaa")
    decide(raised, 1, by=by)
    other = middling("Bbb")
    bring_up_to_date(cycle())

    assert neighbours(by, cycle(), raised.pk) == (first.pk, other.pk)
    lines = load_board(by, cycle(), BoardFilter(view="table"), None)
    assert names(lines.table) == ["Larkspur", "Aaa", "Bbb"]
