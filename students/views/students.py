"""Students: adding one, changing facts, the history of a record."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.doors import me
from matchweek.models import Cycle
from students import permissions
from students.actions import students as actions
from students.actions.evidence import ChangedMeanwhile, fingerprint
from students.actions.students import StudentKnown
from students.forms.students import StudentForm
from students.permissions import footing_of
from students.selectors.history import hidden_fields, history_rows, withdrawn_rows
from students.selectors.visible import visible_student
from students.views.doors import back_to_dossier, shows_recusal
from students.views.evidence import show_both


def student_add(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Add a student by hand."""
    permissions.can_add_student(request.user, cycle).or_raise()
    form = StudentForm(request.POST or None, cycle=cycle)
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_student(cycle, values=form.values(), by=me(request))
        except StudentKnown as known:
            form.add_error("aamc_id", str(known))
        else:
            messages.success(request, f"{added} added.")
            return redirect("triage:dossier", cycle.slug, added.pk)
    context = {"cycle": cycle, "form": form}
    return render(request, "students/student_add.html", context, status=422 if form.is_bound else 200)


@shows_recusal
def student_change(request: HttpRequest, cycle: Cycle, student: int) -> HttpResponse:
    """Change a student's facts. When somebody else did meanwhile, both versions are shown."""
    shown = visible_student(student, request.user, cycle)
    permissions.can_change_student(request.user, shown).or_raise()
    name = shown.name
    first = {"seen": fingerprint(shown, StudentForm.names())}
    form = StudentForm(request.POST or None, instance=shown, cycle=cycle, initial=first)
    held: list[tuple[str, str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_student(
                shown, values=form.values(), seen=form.cleaned_data["seen"], by=me(request)
            )
        except ChangedMeanwhile as meanwhile:
            held = show_both(form, meanwhile)
        else:
            messages.success(request, f"{changed} changed.")
            return back_to_dossier(request, changed, cycle)
    context = {"cycle": cycle, "student": shown, "name": name, "form": form, "held": held}
    status = 409 if held else 422 if form.is_bound else 200
    return render(request, "students/student_change.html", context, status=status)


@shows_recusal
def student_history(request: HttpRequest, cycle: Cycle, student: int) -> HttpResponse:
    """Show who changed a student's facts, and for the dean's office what was withdrawn."""
    shown = visible_student(student, request.user, cycle)
    hidden = hidden_fields(shown, footing_of(request.user, shown, cycle).sections)
    may_edit = permissions.can_edit_evidence(request.user, shown)
    context = {
        "cycle": cycle,
        "student": shown,
        "rows": history_rows(shown, hidden=hidden),
        "withdrawn": withdrawn_rows(shown, cycle) if may_edit else [],
    }
    return render(request, "students/student_history.html", context)
