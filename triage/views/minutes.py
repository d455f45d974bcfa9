"""The minutes of a meeting, and the receipt of one decision. Opening either is on the trail."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from accounts.doors import me
from core.clock import now
from matchweek.models import Cycle
from students.models import Student
from triage import permissions
from triage.actions.meetings import open_minutes, open_receipt
from triage.models import Decision
from triage.selectors.meetings import load_meeting
from triage.selectors.minutes import read_minutes
from triage.selectors.receipt import read_receipt
from triage.views.doors import meeting_of


@never_cache
def minutes(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Show the minutes as this person may read them."""
    meeting = meeting_of(request, cycle, pk)
    permissions.can_read_minutes(request.user, meeting).or_raise()
    open_minutes(meeting, by=me(request))
    context = {
        "cycle": cycle,
        "meeting": meeting,
        "minutes": read_minutes(meeting, request.user),
        "printed_at": now(),
        "may_see": permissions.can_see_meeting(request.user, meeting),
    }
    return render(request, "triage/meetings/minutes.html", context)


@never_cache
def receipt(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Show what a student is told of a decision in force."""
    rows = Decision.objects.filter(student__in=Student.objects.of(cycle).not_recused(request.user))
    rows = rows.select_related("item", "assessment__policy", "priority", "student", "second")
    decision = get_object_or_404(rows, pk=pk)
    decision.item.meeting = load_meeting(request.user, cycle, decision.item.meeting_id)
    decision.student.cycle = cycle
    permissions.can_read_receipt(request.user, decision).or_raise()
    open_receipt(decision, by=me(request))
    context = {"cycle": cycle, "receipt": read_receipt(decision, request.user), "printed_at": now()}
    return render(request, "triage/meetings/receipt.html", context)
