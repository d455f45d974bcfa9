"""The list of meetings, and preparing one: plan, people, recusals, agenda, priorities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounts.doors import me
from core.permits import Refused
from core.templatetags.components import eastern
from core.transitions import StaleState
from matchweek.models import Cycle
from triage import permissions
from triage.actions import agenda, meetings, priorities
from triage.actions.assessing import bring_up_to_date
from triage.enums import AgendaOrder, MeetingStatus
from triage.forms import AddItemForm, AttendeesForm, PlanForm, PriorityForm, RecusalForm
from triage.models import InstitutionalPriority, Meeting
from triage.selectors.meetings import Preparation, meeting_rows, prepare, standing_priorities
from triage.views.doors import attendance_of, back, item_of, meeting_of

_PREPARE = "triage:meeting-prepare"


def meeting_list(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Show the meetings the person may know of."""
    permissions.can_list_meetings(request.user, cycle).or_raise()
    context = {
        "cycle": cycle,
        "rows": meeting_rows(request.user, cycle),
        "may_plan": permissions.can_plan_meeting(request.user, cycle),
        "priorities": standing_priorities(cycle),
    }
    return render(request, "triage/meetings/list.html", context)


def meeting_plan(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Plan a meeting, then prepare it."""
    permissions.can_plan_meeting(request.user, cycle).or_raise()
    form = PlanForm(request.POST or None, cycle=cycle)
    if request.method == "POST" and form.is_valid():
        meeting = meetings.plan_meeting(cycle, plan=form.plan(), by=me(request))
        return back(request, _PREPARE, meeting, f"{meeting} planned for {eastern(meeting.planned_at)}.")
    context = {"cycle": cycle, "form": form}
    return render(request, "triage/meetings/plan.html", context, status=422 if form.is_bound else 200)


def meeting_change(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Change the plan before the meeting starts."""
    meeting = meeting_of(request, cycle, pk)
    permissions.can_change_plan(request.user, meeting).or_raise()
    form = PlanForm(request.POST or None, cycle=cycle, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        meetings.change_plan(meeting, plan=form.plan(), by=me(request))
        return back(request, _PREPARE, meeting, "The plan is changed.")
    context = {"cycle": cycle, "form": form, "meeting": meeting}
    return render(request, "triage/meetings/plan.html", context, status=422 if form.is_bound else 200)


def meeting_prepare(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Show who attends, who is recused from what, the agenda and the priorities."""
    meeting = meeting_of(request, cycle, pk)
    permissions.can_plan_meeting(request.user, cycle).or_raise()
    bring_up_to_date(cycle)
    return _page(request, meeting)


def _page(
    request: HttpRequest, meeting: Meeting, *, status: int = 200, problem: str = "", **bound: Any
) -> HttpResponse:
    shown = prepare(meeting, request.user)
    forms = {
        "attendees_form": AttendeesForm(candidates=shown.candidates),
        "item_form": AddItemForm(addable=shown.addable),
        "recusal_form": _recusal_form(shown),
        "priority_form": PriorityForm(cycle=meeting.cycle),
    }
    context = {
        "cycle": meeting.cycle,
        "meeting": meeting,
        "shown": shown,
        "problem": problem,
        "orders": AgendaOrder.choices,
        "is_planned": meeting.status == MeetingStatus.PLANNED,
        "may_change": permissions.can_prepare_meeting(request.user, meeting),
        "may_start": permissions.can_start_meeting(request.user, meeting),
        "may_declare": permissions.can_declare_priority(request.user, meeting.cycle),
    }
    return render(request, "triage/meetings/prepare.html", context | forms | bound, status=status)


def _recusal_form(shown: Preparation, *data: Any) -> RecusalForm:
    return RecusalForm(
        *data,
        items=[(row.pk, row.label[:1].upper() + row.label[1:]) for row in shown.rows if not row.is_recused],
        people=[(row.attendance.person_id, row.name) for row in shown.attendees],
    )


def _act(request: HttpRequest, meeting: Meeting, words: str, act: Callable[[], Any]) -> HttpResponse:
    """Do one thing and lead back to the page; what refuses it is said there."""
    try:
        act()
    except Refused as error:
        permissions.can_plan_meeting(request.user, meeting.cycle).or_raise()
        return _page(request, meeting_of(request, meeting.cycle, meeting.pk), status=403, problem=str(error))
    except StaleState as error:
        return _page(request, meeting_of(request, meeting.cycle, meeting.pk), status=409, problem=str(error))
    return back(request, _PREPARE, meeting, words)


# --- People ---------------------------------------------------------------------------------------------------------


@require_POST
def attendees_add(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Invite people."""
    meeting = meeting_of(request, cycle, pk)
    permissions.can_prepare_meeting(request.user, meeting).or_raise()
    form = AttendeesForm(request.POST, candidates=prepare(meeting, request.user).candidates)
    if not form.is_valid():
        return _page(request, meeting, status=422, attendees_form=form)
    people = list(form.cleaned_data["people"])
    later = [str(each) for each in people if meetings.joins_after_embargo(cycle, each)]
    words = f"{len(people)} added."
    if later:
        words += f" After the embargo: {', '.join(later)}."
    return _act(request, meeting, words, lambda: meetings.add_attendees(meeting, people=people, by=me(request)))


@require_POST
def attendee_remove(request: HttpRequest, cycle: Cycle, pk: int, attendance: int) -> HttpResponse:
    """Take a person off the list."""
    meeting = meeting_of(request, cycle, pk)
    found = attendance_of(meeting, attendance)
    words = f"{found.person} no longer attends."
    return _act(request, meeting, words, lambda: meetings.remove_attendee(found, by=me(request)))


@require_POST
def attendee_joining(request: HttpRequest, cycle: Cycle, pk: int, attendance: int) -> HttpResponse:
    """Let a person join from the start, or when the embargo lifts."""
    meeting = meeting_of(request, cycle, pk)
    found = attendance_of(meeting, attendance)
    later = request.POST.get("after_embargo") == "yes"
    words = f"{found.person} joins {'when the embargo lifts' if later else 'from the start'}."
    return _act(request, meeting, words, lambda: meetings.change_joining(found, after_embargo=later, by=me(request)))


@require_POST
def recusal_declare(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Declare a relation between an attendee and the student of an item."""
    meeting = meeting_of(request, cycle, pk)
    permissions.can_prepare_meeting(request.user, meeting).or_raise()
    form = _recusal_form(prepare(meeting, request.user), request.POST)
    if not form.is_valid():
        return _page(request, meeting, status=422, recusal_form=form)
    said = form.cleaned_data
    item = item_of(meeting, said["item"])
    person = meeting.attendances.present().get(person_id=said["person"]).person
    words = f"Recorded for {person}: item {item.place}."

    def act() -> None:
        meetings.declare_recusal(item, person=person, kind=said["kind"], note=said["note"], by=me(request))

    return _act(request, meeting, words, act)


# --- Agenda ---------------------------------------------------------------------------------------------------------


@require_POST
def agenda_build(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Build the agenda from the board, or put what waits in order again."""
    meeting = meeting_of(request, cycle, pk)
    bring_up_to_date(cycle)
    order = request.POST.get("order", "")
    chosen = AgendaOrder(order) if order in AgendaOrder.values else AgendaOrder.TIER
    words = f"The agenda is built, {chosen.label}."
    return _act(request, meeting, words, lambda: agenda.build_agenda(meeting, order=chosen, by=me(request)))


@require_POST
def item_add(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Add one student by hand."""
    meeting = meeting_of(request, cycle, pk)
    permissions.can_prepare_meeting(request.user, meeting).or_raise()
    form = AddItemForm(request.POST, addable=prepare(meeting, request.user).addable)
    if not form.is_valid():
        return _page(request, meeting, status=422, item_form=form)
    student = form.cleaned_data["student"]
    student.cycle = cycle
    words = f"{student} is on the agenda."
    return _act(request, meeting, words, lambda: agenda.add_item(meeting, student=student, by=me(request)))


@require_POST
def item_remove(request: HttpRequest, cycle: Cycle, pk: int, item: int) -> HttpResponse:
    """Take an item off the agenda."""
    meeting = meeting_of(request, cycle, pk)
    found = item_of(meeting, item)
    return _act(
        request, meeting, f"Item {found.place} is off the agenda.", lambda: agenda.remove_item(found, by=me(request))
    )


@require_POST
def item_move(request: HttpRequest, cycle: Cycle, pk: int, item: int) -> HttpResponse:
    """Move an item up or down by one."""
    meeting = meeting_of(request, cycle, pk)
    found = item_of(meeting, item)
    up = request.POST.get("to") == "up"
    words = f"Item {found.place} moved {'up' if up else 'down'}."
    return _act(request, meeting, words, lambda: agenda.move_item(found, up=up, by=me(request)))


# --- Priorities -----------------------------------------------------------------------------------------------------


@require_POST
def priority_declare(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Declare an institutional priority."""
    meeting = meeting_of(request, cycle, pk)
    permissions.can_declare_priority(request.user, cycle).or_raise()
    form = PriorityForm(request.POST, cycle=cycle)
    if not form.is_valid():
        return _page(request, meeting, status=422, priority_form=form)
    words = f"Priority declared: {form.cleaned_data['name']}."
    return _act(
        request, meeting, words, lambda: priorities.declare_priority(cycle, **form.cleaned_data, by=me(request))
    )


@require_POST
def priority_end(request: HttpRequest, cycle: Cycle, pk: int, priority: int) -> HttpResponse:
    """End an institutional priority."""
    meeting = meeting_of(request, cycle, pk)
    rows = InstitutionalPriority.objects.filter(cycle_id=cycle.pk).select_related("cycle")
    found = get_object_or_404(rows, pk=priority)
    return _act(request, meeting, f"{found} has ended.", lambda: priorities.end_priority(found, by=me(request)))
