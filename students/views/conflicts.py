"""Conflicts: declaring one for oneself or another, and lifting a recusal."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.doors import me
from accounts.permissions import has_ability
from accounts.roles import Ability
from matchweek.models import Cycle
from students import permissions
from students.actions import conflicts as actions
from students.enums import RECUSING_KINDS
from students.forms.access import ConflictForm
from students.forms.evidence import ReasonForm
from students.models import Conflict, Student
from students.selectors.visible import named_student, visible_evidence, visible_student
from students.views.doors import back_to_dossier, shows_recusal


@shows_recusal
def conflict_declare(request: HttpRequest, cycle: Cycle, student: int) -> HttpResponse:
    """Declare a relation to a student; the dean's office also declares for others. A recusing kind acts at once."""
    shown = _student(request, cycle, student)
    for_others = bool(has_ability(request.user, Ability.DECLARE_FOR_OTHERS, cycle.year))
    form = ConflictForm(request.POST or None, for_others=for_others, initial={"person": me(request)})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        person = said.pop("person", me(request))
        conflict = actions.declare_conflict(shown, person=person, **said, by=me(request))
        if conflict.person_id == request.user.pk and conflict.is_recusal:
            messages.success(request, "Recorded. You are recused from this student from now on.")
            return redirect("cycle-home", cycle.slug)
        messages.success(request, f"Recorded for {person}: {conflict.get_kind_display()}.")
        return back_to_dossier(request, shown, cycle, "h-conflicts")
    context = {"cycle": cycle, "student": shown, "form": form, "recusing": RECUSING_KINDS}
    return render(request, "students/conflict_declare.html", context, status=422 if form.is_bound else 200)


def _student(request: HttpRequest, cycle: Cycle, pk: int) -> Student:
    try:
        return visible_student(pk, request.user, cycle)
    except Http404:
        return named_student(pk, request.user, cycle)


@shows_recusal
def conflict_lift(request: HttpRequest, cycle: Cycle, student: int, pk: int) -> HttpResponse:
    """Lift a recusal, as the second officer, with a reason."""
    shown = visible_student(student, request.user, cycle)
    conflict = visible_evidence(shown, "conflict", pk, request.user)
    if not isinstance(conflict, Conflict) or not conflict.is_recusal:
        raise Http404("No such recusal.")
    permissions.can_lift_recusal(request.user, conflict).or_raise()
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.lift_recusal(conflict, reason=form.cleaned_data["reason"], by=me(request))
        messages.success(request, f"The recusal of {conflict.person} is lifted. Access does not come back by itself.")
        return back_to_dossier(request, shown, cycle, "h-conflicts")
    context = {"cycle": cycle, "student": shown, "conflict": conflict, "form": form}
    return render(request, "students/conflict_lift.html", context, status=422 if form.is_bound else 200)
