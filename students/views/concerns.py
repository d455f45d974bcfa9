"""Concerns: settling one, documenting one after a caution, and the student's response."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.doors import me
from core.transitions import NoSuchTransition, StaleState
from matchweek.models import Cycle
from students import permissions
from students.actions import concerns as actions
from students.actions.evidence import AlreadyOnRecord
from students.enums import CONCERN_TRANSITIONS, ConcernStatus
from students.forms.concerns import SettleForm
from students.forms.evidence import OwnConcernForm, ResponseForm
from students.models import Concern
from students.selectors.own_page import own_student
from students.selectors.standing import told_by
from students.selectors.visible import named_student, visible_evidence, visible_student
from students.views.doors import back_to_dossier, shows_recusal


@shows_recusal
def concern_settle(request: HttpRequest, cycle: Cycle, student: int, pk: int) -> HttpResponse:
    """Resolve, dismiss, dispute or reopen a concern; a reason is required."""
    shown = visible_student(student, request.user, cycle)
    concern = visible_evidence(shown, "concern", pk, request.user)
    if not isinstance(concern, Concern) or concern.withdrawn_at:
        raise Http404("No such concern.")
    permissions.can_settle_concern(request.user, concern).or_raise()
    ways = [status for status in ConcernStatus if status in CONCERN_TRANSITIONS[ConcernStatus(concern.status)]]
    form = SettleForm(request.POST or None, ways=ways)
    if request.method == "POST" and form.is_valid():
        try:
            actions.settle_concern(
                concern, to=form.cleaned_data["to"], reason=form.cleaned_data["reason"], by=me(request)
            )
        except (StaleState, NoSuchTransition):
            form.add_error(None, "Somebody settled this concern a moment ago. Nothing was saved: look again.")
        else:
            messages.success(request, f"Concern {concern.get_status_display()}.")
            return back_to_dossier(request, shown, cycle, f"concern-{concern.pk}")
    context = {"cycle": cycle, "student": shown, "concern": concern, "form": form}
    return render(request, "students/concern_settle.html", context, status=422 if form.is_bound else 200)


@shows_recusal
def concern_report(request: HttpRequest, cycle: Cycle, student: int) -> HttpResponse:
    """Document what one saw, after a caution. It waits for its record and for the student to be told."""
    shown = named_student(student, request.user, cycle)
    permissions.can_report_concern(request.user, shown).or_raise()
    form = OwnConcernForm(request.POST or None, cycle=cycle)
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_concern(shown, values=form.values(), by=me(request))
        except AlreadyOnRecord as twin:
            form.add_error(None, str(twin))
        else:
            messages.success(request, "Thank you. The dean's office documents it and tells the student.")
            return redirect("students:to-vouch", cycle.slug)
    context = {"cycle": cycle, "student": shown, "form": form, "told_by": told_by(cycle)}
    return render(request, "students/concern_report.html", context, status=422 if form.is_bound else 200)


def concern_answer(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Let the student respond to a concern about themselves; any other concern does not exist for them."""
    student = own_student(request.user, cycle)
    if student is None:
        raise Http404("No such concern.")
    concern = get_object_or_404(Concern.objects.standing(), pk=pk, student=student)
    concern.student = student
    form = ResponseForm(request.POST or None, initial={"response": concern.student_response})
    if request.method == "POST" and form.is_valid():
        actions.answer_concern(concern, response=form.cleaned_data["response"], by=me(request))
        messages.success(request, "Your response stands beside the concern.")
        return redirect("students:own-page", cycle.slug)
    context = {"cycle": cycle, "concern": concern, "form": form}
    return render(request, "students/concern_answer.html", context, status=422 if form.is_bound else 200)
