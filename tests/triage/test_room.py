"""The room: the whole way without JavaScript, what each person sees, what a recusal hides, live fragments."""

from __future__ import annotations

import re
import threading
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from core.models import Event
from core.permits import Refused
from students.actions.evidence import raise_evidence_numbers
from students.enums import ConflictKind
from students.models import Student
from tests.factories import ConcernFactory, ConflictFactory, HearsayFactory, PersonFactory, VouchFactory, sign_in
from tests.triage.meeting_room import MONDAY, TEN, Room, make_room, tier_one, tier_three, tier_two
from triage.actions import agenda, decisions, follow_ups, meetings, priorities
from triage.models import Decision, FollowUp, Meeting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def room(monday) -> Room:
    return make_room()


@pytest.fixture
def started(room) -> Room:
    room.start()
    return room


def url(room: Room, name: str = "meeting", *args: object) -> str:
    return reverse(f"triage:{name}", args=[room.cycle.slug, room.meeting.pk, *args])


def seen_by(person, address: str, **headers: str):
    return sign_in(Client(), person).get(address, headers=headers)


def text(response) -> str:
    """The page's words, without what differs from one rendering to the next."""
    return re.sub(r'csrfmiddlewaretoken" value="[^"]+"|/live/[^"]+', "", response.content.decode())


def test_a_monday_without_javascript(room):
    office, dean, officer = (sign_in(Client(), each) for each in (room.coordinator, room.dean, room.officer))
    cycle = room.cycle.slug

    # The coordinator plans, invites and builds.
    planned = office.post(
        reverse("triage:meeting-plan", args=[cycle]),
        {"title": "Second", "day": "2027-03-15", "time": "09:45", "chair": room.dean.pk, "item_minutes": 4},
    )
    assert planned.status_code == 303
    meeting = Meeting.objects.get(title="Second")
    address = {"meeting": planned["Location"].removesuffix("prepare/")}["meeting"]
    assert office.post(f"{address}attendees/add/", {"people": [room.officer.pk, room.member.pk]}).status_code == 303
    assert office.post(f"{address}agenda/build/", {"order": "points"}).status_code == 303
    assert office.get(planned["Location"]).status_code == 200

    # The dean leads.
    assert dean.post(f"{address}start/").status_code == 303
    assert dean.post(f"{address}next/", {"seen": ""}).status_code == 303
    items = list(meeting.items.order_by("place"))
    page = dean.get(address)
    assessment = re.search(r'name="assessment" value="(\d+)"', page.content.decode())[1]
    given = {"assessment": assessment, "follow": "1"}
    followed = dean.post(f"{address}items/{items[0].pk}/decide/", given, follow=True)
    assert "Item 1: Tier 1 recorded." in followed.content.decode()

    dean.post(f"{address}next/", {"seen": items[0].pk})
    assessment = re.search(r'name="assessment" value="(\d+)"', dean.get(address).content.decode())[1]
    given = {"assessment": assessment, "tier": "1", "override_code": "new_evidence", "note": ""}
    refused = dean.post(f"{address}items/{items[1].pk}/decide/", given)
    assert refused.status_code == 422
    assert "Say in a note for the minutes why the decision differs." in refused.content.decode()
    given["note"] = "A letter came in."
    assert dean.post(f"{address}items/{items[1].pk}/decide/", given).status_code == 303

    dean.post(f"{address}next/", {"seen": items[1].pk})
    assert dean.post(f"{address}items/{items[2].pk}/pause/").status_code == 303
    assert dean.post(f"{address}items/{items[2].pk}/run/").status_code == 303
    assessment = re.search(r'name="assessment" value="(\d+)"', dean.get(address).content.decode())[1]
    given |= {"assessment": assessment, "tier": "2"}
    waits = dean.post(f"{address}items/{items[2].pk}/decide/", given, follow=True)
    assert "It waits for a second officer." in waits.content.decode()
    decision = Decision.objects.get(item=items[2])
    assert officer.post(f"{address}decisions/{decision.pk}/second/", {"agrees": "yes"}).status_code == 303

    first = Decision.objects.get(item=items[0])
    assert dean.post(f"{address}decisions/{first.pk}/reopen/", {"reason": ""}).status_code == 422
    assert dean.post(f"{address}decisions/{first.pk}/reopen/", {"reason": "Wrong page."}).status_code == 303
    assert dean.post(f"{address}items/{items[0].pk}/table/").status_code == 303
    action = {"what": "Ring the advisor", "owner": room.dean.pk, "due_on": "2027-03-16", "item": items[0].pk}
    assert dean.post(f"{address}actions/add/", action).status_code == 303
    follow_up = FollowUp.objects.get()
    assert dean.post(f"{address}actions/{follow_up.pk}/done/").status_code == 303

    closing = dean.get(f"{address}close/")
    assert "1 of 3 items without a decision in force" in closing.content.decode()
    closed = dean.post(f"{address}close/", follow=True)
    assert closed.redirect_chain == [(f"{address}minutes/", 303)]
    assert office.post(f"{address}resume/").status_code == 303


def test_double_decision_says_who_was_first_and_links_to_it(started):
    item = started.open(1)
    given = {"assessment": started.choice(1).assessment_id, "follow": "1"}
    client = sign_in(Client(), started.dean)
    assert client.post(url(started, "item-decide", item.pk), given).status_code == 303
    again = client.post(url(started, "item-decide", item.pk), given)
    assert again.status_code == 409
    page = again.content.decode()
    assert "Dean Beckett decided this item at 9:40. Nothing was saved." in page
    assert f'href="{url(started)}?item={item.pk}"' in page
    fragment = client.post(url(started, "item-decide", item.pk), given, headers={"HX-Request": "true"})
    assert fragment.status_code == 422
    assert "<html" not in fragment.content.decode()


def test_stale_assessment_shows_what_changed_and_saves_nothing(started, monday):
    item = started.open(2)
    monday.shift(timedelta(seconds=30))
    given = {"assessment": started.choice(2).assessment_id, "follow": "2"}
    VouchFactory.create_batch(2, student=item.student)
    raise_evidence_numbers([item.student_id])
    answer = sign_in(Client(), started.dean).post(url(started, "item-decide", item.pk), given)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The recommendation changed since this page was shown." in page
    assert "Changed since this item was opened" in page
    assert "<del>Tier 2, Guidance</del>" in page
    assert "<ins>Tier 1, Advocacy</ins>" in page
    assert not Decision.objects.exists()


def test_what_is_refused_is_said_in_the_room(started):
    item = started.open(1)
    given = {"assessment": started.choice(1).assessment_id, "follow": "1"}
    answer = sign_in(Client(), started.member).post(url(started, "item-decide", item.pk), given)
    assert answer.status_code == 403
    assert "Dean Beckett leads this item." in answer.content.decode()


def test_priority_is_offered_only_when_one_was_declared_before(room, monday):
    dean = sign_in(Client(), room.dean)
    facts = {"name": "Rural track", "reason": "Our mission", "owner": room.dean, "by": room.dean}
    early = priorities.declare_priority(room.cycle, **facts)
    monday.shift(timedelta(minutes=1))
    room.start()
    item = room.open(2)
    page = dean.get(url(room)).content.decode()
    assert "Institutional priority" in page
    assert f'<option value="{early.pk}">Rural track (Dean Beckett)</option>' in page
    given = {
        "assessment": room.choice(2).assessment_id,
        "tier": "1",
        "override_code": "institutional_priority",
        "note": "Goes to the rural track.",
    }
    refused = dean.post(url(room, "item-decide", item.pk), given)
    assert (refused.status_code, "Choose the priority that was declared" in refused.content.decode()) == (422, True)
    assert dean.post(url(room, "item-decide", item.pk), given | {"priority": early.pk}).status_code == 303
    assert Decision.objects.get().priority == early


def test_without_a_priority_the_code_is_not_offered(started):
    started.open(2)
    assert "Institutional priority" not in seen_by(started.dean, url(started)).content.decode()


def test_members_follow_without_a_form(started):
    started.open(1)
    page = seen_by(started.member, url(started)).content.decode()
    assert "Ansel Quillfeather" in page
    assert "Dean Beckett leads this item." in page
    assert 'name="assessment"' not in page
    assert "Next item" not in page


def test_the_dean_s_screen_shows_nothing_the_members_may_not_read(started):
    student = started.students[0]
    HearsayFactory(student=student, summary="Somebody heard a rumour.")
    VouchFactory(student=student, strength="caution", statement="I would be careful with this one.")
    Student.objects.filter(pk=student.pk).update(visa="J-1")
    as_dean = sign_in(Client(), started.dean)
    item = started.meeting.items.get(student=student)
    room = as_dean.get(f"/2027/meetings/{started.meeting.pk}/?item={item.pk}").content.decode()
    dossier = as_dean.get(f"/2027/students/{student.pk}/").content.decode()
    for words in ("Somebody heard a rumour.", "I would be careful with this one.", "J-1"):
        assert words not in room
        assert words in dossier


def test_outsiders_get_404_and_directors_403_before_ten(started, monday):
    outsider = PersonFactory(roles=[Role.MEETING_MEMBER])
    director = PersonFactory(roles=[Role.MEETING_MEMBER], position="program_director")
    meetings.add_attendees(started.fresh(), people=[director], by=started.coordinator)
    assert seen_by(outsider, url(started)).status_code == 404
    early = seen_by(director, url(started))
    assert early.status_code == 403
    assert "You join this meeting on Mon 15 Mar 10:00 Eastern, not before." in early.content.decode()
    assert "Quillfeather" not in early.content.decode()
    monday.move_to(TEN)
    assert seen_by(director, url(started)).status_code == 200


def test_titles_say_nothing_of_results(started):
    started.open(1)
    started.decide(1)
    for name in ("meeting", "minutes", "meeting-prepare"):
        page = seen_by(started.dean, url(started, name)).content.decode()
        title = re.search(r"<title>([^<]+)</title>", page)[1]
        assert not re.search(r"Quillfeather|Tier|unmatched|\d of", title)


def test_dossier_seen_in_the_room_is_on_the_trail_once(started):
    started.open(1)
    for _ in range(3):
        seen_by(started.member, url(started))
    events = Event.objects.filter(kind="dossier-opened", actor_id=started.member.pk)
    assert list(events.values_list("student_id", "payload")) == [(started.item(1).student_id, {"purpose": "meeting"})]


# --- Recusal --------------------------------------------------------------------------------------------------------


@pytest.fixture
def recused(started) -> Room:
    ConflictFactory(person=started.member, student=started.item(1).student, entered_by=started.coordinator)
    return started


def test_recused_member_sees_the_neutral_card_and_a_nameless_row(recused):
    recused.open(1)
    page = seen_by(recused.member, url(recused)).content.decode()
    assert "You are recused from this item" in page
    assert "Reason: family. Recorded by Dana Whitlock" in page
    assert "Quillfeather" not in page
    assert "Ansel" not in page
    assert "Kestrelwood" in page


def test_recused_card_has_the_same_words_for_every_student(recused):
    ConflictFactory(person=recused.member, student=recused.item(3).student, entered_by=recused.coordinator)

    def card(place: int) -> str:
        recused.open(place)
        page = seen_by(recused.member, url(recused)).content.decode()
        return re.search(r'<section class="recused.*?</section>', page, re.DOTALL)[0]

    assert card(1) == card(3)


def test_decision_and_evidence_change_nothing_a_recused_member_sees_but_the_number(recused):
    recused.open(1)
    client = sign_in(Client(), recused.member)
    fragment = {"HX-Request": "true"}
    before = client.get(url(recused), headers=fragment)
    number = recused.fresh().event_number
    ConcernFactory(student=recused.item(1).student, severity="major")
    raise_evidence_numbers([recused.item(1).student_id])
    seen_by(recused.officer, url(recused))
    assert recused.fresh().event_number > number
    Meeting.objects.update(event_number=number)
    after = client.get(url(recused), headers=fragment)
    assert after["ETag"] == before["ETag"]
    assert text(after) == text(before)
    decisions.decide_item(recused.item(1), choice=recused.choice(1), by=recused.dean)
    decided = client.get(url(recused), headers=fragment)
    assert "Tier 3" not in re.sub(r"Tier 3<small>", "", text(decided))
    assert "recorded" not in text(decided).lower().replace("recorded by", "")


@pytest.mark.parametrize("name", ["item-open", "item-table", "item-pause", "item-decide", "item-recuse"])
def test_recused_leader_cannot_act_on_the_item(started, name):
    ConflictFactory(person=started.dean, student=started.item(1).student)
    meetings.name_acting_chair(started.fresh(), person=started.second, by=started.dean)
    item = started.open(1)
    given = {"assessment": started.choice(1).assessment_id, "follow": "1", "kind": "evaluated"}
    answer = sign_in(Client(), started.dean).post(url(started, name, item.pk), given)
    assert "Quillfeather" not in answer.content.decode()
    assert not Decision.objects.exists()
    page = seen_by(started.second, url(started)).content.decode()
    assert 'name="follow" value="1"' in page


def test_recused_chair_is_warned_before_and_steps_out(started):
    ConflictFactory(person=started.dean, student=started.item(2).student)
    meetings.name_acting_chair(started.fresh(), person=started.second, by=started.dean)
    started.open(1)
    page = seen_by(started.dean, url(started)).content.decode()
    assert "Before item 2: you step out, Dean Halloran leads." in page
    assert "Family. Acting chair: Dean Halloran" in page
    sign_in(Client(), started.dean).post(url(started, "meeting-next"), {"seen": started.item(1).pk})
    assert started.item(2).status == "open"
    assert "Kestrelwood" not in seen_by(started.dean, url(started)).content.decode()


def test_declaring_in_the_room_closes_the_item_at_once(started):
    item = started.open(1)
    answer = sign_in(Client(), started.member).post(
        url(started, "item-recuse", item.pk), {"kind": ConflictKind.FAMILY, "note": ""}, follow=True
    )
    page = answer.content.decode()
    assert "Recorded. You are recused from item 1." in page
    assert "Quillfeather" not in page


def test_prepare_page_names_no_student_to_a_recused_reader(room):
    ConflictFactory(person=room.coordinator, student=room.item(1).student)
    ConflictFactory(person=room.member, student=room.item(1).student)
    ConflictFactory(person=room.officer, student=room.item(2).student, kind=ConflictKind.TREATED)
    page = seen_by(room.coordinator, url(room, "meeting-prepare")).content.decode()
    assert "Quillfeather" not in page
    assert "Recused from item 1." in page
    assert "Recused from item 2, Bram Kestrelwood (treated the student)." in page


def test_actions_about_a_closed_item_are_closed_too(recused):
    item = recused.open(1)
    sign_in(Client(), recused.dean).post(
        url(recused, "follow-up-add"),
        {"what": "Ring Ansel's advisor", "owner": recused.dean.pk, "due_on": "2027-03-16", "item": item.pk},
    )
    assert "Ring Ansel&#x27;s advisor" in seen_by(recused.officer, url(recused)).content.decode()
    assert "Ring" not in seen_by(recused.member, url(recused)).content.decode()


# --- Live -----------------------------------------------------------------------------------------------------------


def test_fragment_is_304_until_something_changes(started):
    started.open(1)
    client = sign_in(Client(), started.member)
    first = client.get(url(started), headers={"HX-Request": "true"})
    assert first.status_code == 200
    known = {"HX-Request": "true", "If-None-Match": first["ETag"]}
    assert client.get(url(started), headers=known).status_code == 304
    started.open(2)
    moved = client.get(url(started), headers=known)
    assert (moved.status_code, "Bram Kestrelwood</h1>" in moved.content.decode()) == (200, True)


def test_etag_differs_by_person_and_by_item(started):
    started.open(1)
    tags = {
        seen_by(person, address)["ETag"]
        for person in (started.dean, started.member)
        for address in (url(started), f"{url(started)}?item={started.item(2).pk}")
    }
    assert len(tags) == 4


def test_new_evidence_on_the_open_item_makes_a_new_fragment_for_those_who_see_it(started):
    started.open(1)
    client = sign_in(Client(), started.member)
    first = client.get(url(started), headers={"HX-Request": "true"})
    VouchFactory(student=started.item(1).student)
    raise_evidence_numbers([started.item(1).student_id])
    again = client.get(url(started), headers={"HX-Request": "true", "If-None-Match": first["ETag"]})
    assert again.status_code == 200


def test_page_carries_stream_and_number(started):
    page = seen_by(started.member, url(started)).content.decode()
    assert re.search(rf'data-live-url="/live/[^"]+" data-event-number="{started.fresh().event_number}"', page)


def test_decided_items_that_changed_are_listed_for_reopening(started):
    started.decide(1)
    VouchFactory(student=started.item(1).student)
    raise_evidence_numbers([started.item(1).student_id])
    meetings.close_meeting(started.fresh(), by=started.dean)
    page = seen_by(started.dean, url(started)).content.decode()
    assert "For reopening" in page
    assert "Item 1, Ansel Quillfeather" in page


# --- Many at once ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_eight_posts_at_once_make_one_decision(monday):
    room = make_room()
    room.start()
    item = room.open(1)
    given = {"assessment": room.choice(1).assessment_id, "follow": "1"}
    address = url(room, "item-decide", item.pk)
    clients = [sign_in(Client(), room.dean) for _ in range(8)]
    connection.close()
    ready = threading.Barrier(8)
    answers: Counter[int] = Counter()

    def decide(client: Client) -> None:
        ready.wait(timeout=30)
        answers[client.post(address, given).status_code] += 1
        connection.close()

    threads = [threading.Thread(target=decide, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert answers == {303: 1, 409: 7}
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("name", ["meeting", "meeting-prepare", "minutes", "meeting-close"])
def test_one_item_and_three_items_take_the_same_queries(monday, name):
    counts = []
    for kinds in ([tier_one], [tier_one, tier_two, tier_three]):
        room = make_room([make() for make in kinds])
        room.start()
        for place in range(1, len(kinds) + 1):
            room.decide(place)
            ConflictFactory(person=room.second, student=room.item(place).student, kind=ConflictKind.EVALUATED)
        client = sign_in(Client(), room.dean)
        client.get(url(room, name))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(room, name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("who", ["dean", "coordinator", "member"])
def test_circumstances_stay_out_of_the_room(started, who):
    Student.objects.update(visa="VISA J-1", couples="COUPLE", constraints="CONSTRAINT", position_types=["transitional"])
    started.open(1)
    page = text(seen_by(getattr(started, who), url(started)))
    assert [words for words in ("VISA J-1", "COUPLE", "CONSTRAINT") if words in page] == []
    assert "transitional" in page


def test_an_action_on_a_student_stays_closed_to_who_is_recused_when_the_item_leaves_the_agenda(started):
    started.open(2)
    ConflictFactory(student=started.item(2).student, person=started.second, kind="family")
    add = {"item": started.item(2), "what": "Ring Kestrelwood", "owner": started.dean, "due_on": MONDAY.date()}
    follow_ups.add_follow_up(started.fresh(), **add, by=started.dean)
    agenda.table_item(started.item(2), by=started.dean)
    with pytest.raises(Refused, match="An action was noted on this item"):
        agenda.remove_item(started.item(2), by=started.coordinator)


def test_an_action_is_given_to_nobody_who_is_recused(started):
    started.open(2)
    ConflictFactory(student=started.item(2).student, person=started.second, kind="family")
    add = {"item": started.item(2), "what": "Ring", "owner": started.second, "due_on": MONDAY.date()}
    with pytest.raises(Refused, match="Dean Halloran is recused from item 2"):
        follow_ups.add_follow_up(started.fresh(), **add, by=started.dean)


def test_whoever_is_recused_takes_the_item_off_no_agenda(room):
    ConflictFactory(student=room.item(2).student, person=room.coordinator, kind="family")
    with pytest.raises(Refused, match="You are recused"):
        agenda.remove_item(room.item(2), by=room.coordinator)


def test_a_recused_chair_is_not_told_how_an_item_stands(started):
    """Taking it up is theirs, the acting chair leads; the words are the same whatever became of it."""
    ConflictFactory(student=started.item(2).student, person=started.dean, kind="family")
    meetings.name_acting_chair(started.fresh(), person=started.second, by=started.dean)
    item = started.open(2)
    said = []
    for status in ("open", "second", "decided"):
        item.__class__.objects.filter(pk=item.pk).update(status=status, running_since=None)
        with pytest.raises(Refused) as refused:
            agenda.open_item(started.item(2), by=started.dean)
        said.append(str(refused.value))
    assert set(said) == {"You are recused from this item, and it is not to be taken up now."}
