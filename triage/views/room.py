"""The meeting room: one URL for the page and its fragment, and the buttons in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import push_url

from accounts.doors import me
from core import live
from core.permits import Refused
from core.transitions import StaleState
from matchweek.models import Cycle
from students.actions.access import open_dossier
from students.enums import Purpose
from triage import permissions
from triage.actions import agenda, decisions, follow_ups, meetings
from triage.actions.assessing import bring_up_to_date
from triage.actions.decisions import AssessmentChanged, ChoiceRefused, DecidedBefore
from triage.forms import DecisionForm, FollowUpForm, OwnRecusalForm, ReopenForm, SecondForm, usual_due_date
from triage.models import Attendance, Meeting
from triage.selectors.agenda import read_agenda
from triage.selectors.meetings import citable_priorities, undecided
from triage.selectors.room import Standing, owners, room_view, stand
from triage.views.doors import (
    SeeOther,
    attendance_of,
    back,
    decision_of,
    follow_up_of,
    is_htmx,
    item_of,
    meeting_of,
    sent_id,
)

_ROOM = "triage:meeting"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something was not saved, and where to look."""

    words: str
    url: str = ""
    link: str = "See it"


@never_cache
def room(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Show the room as this person may see it; for htmx the fragment, or 304 when theirs is still true."""
    bring_up_to_date(cycle)
    meeting = _enter(request, cycle, pk)
    standing = stand(meeting, request.user, _asked(request))
    etag = standing.etag(request.user)
    if is_htmx(request) and request.headers.get("If-None-Match") == etag:
        return _tagged(HttpResponse(status=304), etag)
    return _show(request, standing)


def _enter(request: HttpRequest, cycle: Cycle, pk: int) -> Meeting:
    meeting = meeting_of(request, cycle, pk)
    permissions.can_see_meeting(request.user, meeting).or_raise()
    return meeting


def _asked(request: HttpRequest) -> int | None:
    return sent_id(request.GET.get("item", ""))


def _show(
    request: HttpRequest, standing: Standing, *, status: int = 200, problem: Problem | None = None, **bound: Any
) -> HttpResponse:
    meeting, cycle = standing.meeting, standing.meeting.cycle
    view = room_view(standing, request.user)
    if view.item and view.item.dossier:
        open_dossier(view.item.dossier.student, purpose=Purpose.MEETING, by=me(request))
    here = reverse(_ROOM, args=[cycle.slug, meeting.pk])
    etag = standing.etag(request.user)
    context = {
        "cycle": cycle,
        "meeting": meeting,
        "view": view,
        "item": view.item,
        "room_url": here,
        "fragment_url": f"{here}?item={standing.shown.pk}" if view.is_pinned and standing.shown else here,
        "live_url": f"/live/{live.stream_token(meeting.live_key, request.user)}",
        "etag_header": json.dumps({"If-None-Match": etag}),
        "problem": problem,
        "owners": owners(meeting) if view.permits["follow_up"] else [],
        "due_on": usual_due_date(),
        "recuse_form": OwnRecusalForm(),
        "form": None,
    }
    template = "triage/meetings/room.html"
    if is_htmx(request):
        response = render(request, f"{template}#room", context | bound, status=status)
    else:
        response = render(request, template, context | bound, status=status)
    return _tagged(response, etag)


def _tagged(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response


# --- After a button -------------------------------------------------------------------------------------------------


def _act(request: HttpRequest, meeting: Meeting, act: Callable[[], str]) -> HttpResponse:
    """Do one thing, then show the room; what refuses it is said there, and nothing was saved."""
    try:
        words = act()
    except DecidedBefore as error:
        item = error.decision.item_id
        here = reverse(_ROOM, args=[meeting.cycle.slug, meeting.pk])
        return _again(request, meeting, 409, Problem(str(error), f"{here}?item={item}"), asked=item)
    except AssessmentChanged as error:
        bring_up_to_date(meeting.cycle)
        return _again(request, meeting, 409, Problem(str(error)))
    except (StaleState, agenda.NothingNext) as error:
        return _again(request, meeting, 409, Problem(str(error)))
    except Refused as error:
        return _again(request, meeting, 403, Problem(str(error)))
    if not is_htmx(request):
        return back(request, _ROOM, meeting, words)
    messages.success(request, words)
    fresh = _enter(request, meeting.cycle, meeting.pk)
    response = _show(request, stand(fresh, request.user, None))
    return push_url(response, reverse(_ROOM, args=[meeting.cycle.slug, meeting.pk]))


def _again(
    request: HttpRequest,
    meeting: Meeting,
    status: int,
    problem: Problem | None,
    *,
    asked: int | None = None,
    **bound: Any,
) -> HttpResponse:
    """Show the room once more with what went wrong. htmx swaps a 422, so that is what it gets."""
    fresh = _enter(request, meeting.cycle, meeting.pk)
    standing = stand(fresh, request.user, asked)
    return _show(request, standing, status=422 if is_htmx(request) else status, problem=problem, **bound)


@require_POST
def meeting_start(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Start the meeting."""
    meeting = meeting_of(request, cycle, pk)
    meetings.start_meeting(meeting, by=me(request))
    return back(request, _ROOM, meeting, "The meeting has started.")


def meeting_close(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """List what is undecided, then close the meeting."""
    meeting = _enter(request, cycle, pk)
    permissions.can_close_meeting(request.user, meeting).or_raise()
    if request.method == "POST":
        meetings.close_meeting(meeting, by=me(request))
        return back(request, "triage:minutes", meeting, "The meeting is closed, and the dossiers to its attendees.")
    shown = read_agenda(meeting, request.user)
    context = {"cycle": cycle, "meeting": meeting, "undecided": undecided(shown.rows, shown), "total": len(shown.rows)}
    return render(request, "triage/meetings/close.html", context)


@require_POST
def meeting_resume(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Resume a closed meeting."""
    meeting = meeting_of(request, cycle, pk)
    meetings.resume_meeting(meeting, by=me(request))
    return back(request, _ROOM, meeting, "The meeting goes on.")


@require_POST
def meeting_next(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Take up the next item."""
    meeting = _enter(request, cycle, pk)
    seen = sent_id(request.POST.get("seen", ""))

    def act() -> str:
        item = agenda.open_next(meeting, seen=seen, by=me(request))
        return f"Item {item.place} is open."

    return _act(request, meeting, act)


def _on_item(
    request: HttpRequest, cycle: Cycle, pk: int, item: int, act: Callable[..., Any], words: str
) -> HttpResponse:
    meeting = _enter(request, cycle, pk)
    found = item_of(meeting, item)

    def run() -> str:
        act(found, by=me(request))
        return words.format(place=found.place)

    return _act(request, meeting, run)


@require_POST
def item_open(request: HttpRequest, cycle: Cycle, pk: int, item: int) -> HttpResponse:
    """Take up this item."""
    return _on_item(request, cycle, pk, item, agenda.open_item, "Item {place} is open.")


@require_POST
def item_recuse(request: HttpRequest, cycle: Cycle, pk: int, item: int) -> HttpResponse:
    """Declare one's own relation to the item's student; a recusing kind closes the item at once."""
    meeting = _enter(request, cycle, pk)
    found = item_of(meeting, item)
    form = OwnRecusalForm(request.POST)
    if not form.is_valid():
        return _again(request, meeting, 422, None, asked=item, recuse_form=form)

    def act() -> str:
        conflict = meetings.declare_recusal(found, person=me(request), **form.cleaned_data, by=me(request))
        return f"Recorded. You are recused from item {found.place}." if conflict.is_recusal else "Recorded."

    return _act(request, meeting, act)


@require_POST
def item_table(request: HttpRequest, cycle: Cycle, pk: int, item: int) -> HttpResponse:
    """Leave the open item for later."""
    return _on_item(request, cycle, pk, item, agenda.table_item, "Item {place} is tabled.")


@require_POST
def item_pause(request: HttpRequest, cycle: Cycle, pk: int, item: int) -> HttpResponse:
    """Pause the item's clock."""
    return _on_item(request, cycle, pk, item, agenda.pause_clock, "The clock is paused.")


@require_POST
def item_run(request: HttpRequest, cycle: Cycle, pk: int, item: int) -> HttpResponse:
    """Let the item's clock run on."""
    return _on_item(request, cycle, pk, item, agenda.resume_clock, "The clock runs on.")


@require_POST
def item_decide(request: HttpRequest, cycle: Cycle, pk: int, item: int) -> HttpResponse:
    """Record the decision: follow in one click, or override with a code and a note."""
    meeting = _enter(request, cycle, pk)
    found = item_of(meeting, item)
    form = DecisionForm(request.POST, priorities=citable_priorities(meeting))
    if not form.is_valid():
        return _again(request, meeting, 422, None, form=form)

    def act() -> str:
        decision = decisions.decide_item(found, choice=form.choice(), by=me(request))
        waits = " It waits for a second officer." if decision.needs_second else ""
        return f"Item {found.place}: Tier {decision.tier} recorded.{waits}"

    try:
        return _act(request, meeting, act)
    except ChoiceRefused as error:
        form.add_error(error.field, str(error))
        return _again(request, meeting, 422, None, form=form)


@require_POST
def decision_second(request: HttpRequest, cycle: Cycle, pk: int, decision: int) -> HttpResponse:
    """Sign as second officer, or refuse to."""
    meeting = _enter(request, cycle, pk)
    found = decision_of(meeting, decision)
    form = SecondForm(request.POST)
    if not form.is_valid():
        return _again(request, meeting, 422, None, second_form=form)

    def act() -> str:
        signature = decisions.second_decision(found, **form.cleaned_data, by=me(request))
        return f"Item {found.item.place}: {'signed' if signature.agrees else 'not signed, it goes back'}."

    return _act(request, meeting, act)


@require_POST
def decision_reopen(request: HttpRequest, cycle: Cycle, pk: int, decision: int) -> HttpResponse:
    """Reopen a decision, with a reason."""
    meeting = _enter(request, cycle, pk)
    found = decision_of(meeting, decision)
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _again(request, meeting, 422, None, asked=found.item_id, reopen_form=form)

    def act() -> str:
        decisions.reopen_decision(found, reason=form.cleaned_data["reason"], by=me(request))
        return f"Item {found.item.place} is open again. The first decision stays on record."

    return _act(request, meeting, act)


@require_POST
def follow_up_add(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Give somebody an action."""
    meeting = _enter(request, cycle, pk)
    form = FollowUpForm(request.POST, owners=owners(meeting))
    if not form.is_valid():
        return _again(request, meeting, 422, None, follow_up_form=form)
    asked = request.POST.get("item", "")
    item = item_of(meeting, sent_id(asked) or 0) if asked else None

    def act() -> str:
        follow_ups.add_follow_up(meeting, item=item, **form.cleaned_data, by=me(request))
        return f"Action noted for {form.cleaned_data['owner']}."

    return _act(request, meeting, act)


@require_POST
def follow_up_done(request: HttpRequest, cycle: Cycle, pk: int, follow_up: int) -> HttpResponse:
    """Mark an action as done."""
    meeting = _enter(request, cycle, pk)
    found = follow_up_of(meeting, follow_up)

    def act() -> str:
        follow_ups.finish_follow_up(found, by=me(request))
        return "Action done."

    return _act(request, meeting, act)


@require_POST
def attendance_mark(request: HttpRequest, cycle: Cycle, pk: int, attendance: int) -> HttpResponse:
    """Note that an attendee is here, or has left."""
    meeting = _enter(request, cycle, pk)
    found = attendance_of(meeting, attendance)
    is_here = request.POST.get("here") == "yes"

    def act() -> str:
        meetings.mark_attendance(found, is_here=is_here, by=me(request))
        return f"{found.person} {'is here' if is_here else 'is not here'}."

    return _act(request, meeting, act)


@require_POST
def acting_chair(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Name who leads the items the chair is recused from. The prepare page and the room share it."""
    meeting = meeting_of(request, cycle, pk)
    asked = request.POST.get("attendance", "")
    found: Attendance | None = None
    if asked:
        rows = meeting.attendances.present().select_related("person")
        found = get_object_or_404(rows, pk=sent_id(asked) or 0)
    person = found.person if found else None
    meetings.name_acting_chair(meeting, person=person, by=me(request))
    words = f"{person} leads what the chair is recused from." if person else "No acting chair is named."
    if request.POST.get("from") == "prepare":
        return back(request, "triage:meeting-prepare", meeting, words)
    messages.success(request, words)
    return SeeOther(reverse(_ROOM, args=[cycle.slug, meeting.pk]))
