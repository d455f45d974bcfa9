"""How a meeting's views come in and go out: the person, the meeting with its items, the way back after a POST."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from matchweek.models import Cycle
from triage.models import AgendaItem, Attendance, Decision, FollowUp, Meeting
from triage.selectors.meetings import load_meeting


class SeeOther(HttpResponseRedirect):
    """After a POST: get the page that shows what became of it."""

    status_code = 303


def sent_id(asked: str) -> int | None:
    """Return the id that a field or a query holds; nothing when no row can have it."""
    return int(asked) if asked.isdecimal() and len(asked) < 19 else None


def is_htmx(request: HttpRequest) -> bool:
    """Tell whether htmx asks, and a fragment answers."""
    return bool(request.htmx)  # type: ignore[attr-defined]  # set by django-htmx's middleware


def meeting_of(request: HttpRequest, cycle: Cycle, pk: int) -> Meeting:
    """Load a meeting the person may know of, or raise 404."""
    return load_meeting(request.user, cycle, pk)


def item_of(meeting: Meeting, pk: int) -> AgendaItem:
    """Load a listed item of this meeting, or raise 404."""
    item = get_object_or_404(meeting.items.listed().select_related("student"), pk=pk)
    item.meeting = meeting
    item.student.cycle = meeting.cycle
    return item


def attendance_of(meeting: Meeting, pk: int) -> Attendance:
    """Load an attendee of this meeting, or raise 404."""
    attendance = get_object_or_404(meeting.attendances.present().select_related("person"), pk=pk)
    attendance.meeting = meeting
    return attendance


def decision_of(meeting: Meeting, pk: int) -> Decision:
    """Load a decision of this meeting, or raise 404."""
    decision = get_object_or_404(Decision.objects.filter(item__meeting=meeting), pk=pk)
    decision.item = item_of(meeting, decision.item_id)
    decision.student = decision.item.student
    return decision


def follow_up_of(meeting: Meeting, pk: int) -> FollowUp:
    """Load an action of this meeting, or raise 404."""
    follow_up = get_object_or_404(meeting.follow_ups.select_related("item__student"), pk=pk)
    follow_up.meeting = meeting
    return follow_up


def back(request: HttpRequest, url_name: str, meeting: Meeting, words: str) -> HttpResponse:
    """Say what was done, and lead to a page of the meeting."""
    messages.success(request, words)
    return SeeOther(reverse(url_name, args=[meeting.cycle.slug, meeting.pk]))
