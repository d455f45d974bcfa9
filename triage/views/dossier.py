"""A student's page: the evidence, and what the policy and the meeting say of it."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.doors import me
from core.clock import now
from matchweek.models import Cycle
from students.actions.access import open_dossier
from students.enums import Purpose
from students.models import Student
from students.permissions import Audience, Footing, Section
from students.selectors.dossier import RecusedFromStudent, load_dossier
from triage.actions.assessing import bring_up_to_date
from triage.models import Assessment
from triage.permissions import can_see_board
from triage.selectors.assessment import current_assessment, is_up_to_date, may_know_results, student_assessment
from triage.selectors.board import neighbours

_PURPOSE_OF = {
    Audience.MEMBER: Purpose.PREPARE_MEETING,
    Audience.ADVISOR: Purpose.ADVISING,
    Audience.REGISTRAR: Purpose.INSPECTION,
}


def dossier(request: HttpRequest, cycle: Cycle, pk: int) -> HttpResponse:
    """Show everything on one student that this person may see. Opening it is recorded, with its purpose."""
    current = _assessment(pk, cycle) if may_know_results(request.user, cycle, pk) else None
    try:
        shown = load_dossier(pk, request.user, cycle, standings=current.standings if current else {})
    except RecusedFromStudent as recusal:
        return render(request, "triage/recused.html", {"recusal": recusal}, status=403)
    purpose = _purpose(request, shown.student, shown.footing)
    event = open_dossier(shown.student, purpose=purpose, by=me(request))
    may_read_assessment = Section.ASSESSMENT in shown.footing.sections
    context = {
        "cycle": cycle,
        "dossier": shown,
        "assessment": student_assessment(pk, current, shown.footing.sections) if may_read_assessment else None,
        "is_on_board": bool(can_see_board(request.user, cycle)) and current is not None and may_read_assessment,
        "purpose": purpose.label,
        "opened_at": event.at,
        "not_assessed_words": f"The policy has nothing to say of a student who is {shown.match_status}.",
        "may_read_words": _may_read_words(shown.student),
        "printed_at": now(),
    }
    return render(request, "triage/dossier.html", context)


def dossier_beside(request: HttpRequest, cycle: Cycle, pk: int, step: Literal["previous", "next"]) -> HttpResponse:
    """Go to the student beside this one in the board's own order, as this person sees it; at its end, to the board."""
    can_see_board(request.user, cycle).or_raise()
    before, after = neighbours(request.user, cycle, pk)
    there = after if step == "next" else before
    return redirect("triage:dossier", cycle.slug, there) if there else redirect("triage:board", cycle.slug)


def _assessment(pk: int, cycle: Cycle) -> Assessment | None:
    current = current_assessment(pk)
    if not is_up_to_date(pk, current, cycle):
        bring_up_to_date(cycle)
        current = current_assessment(pk)
    return current


def _may_read_words(student: Student) -> str:
    if student.vouches_waived_on:
        return "The student may read everything on it but the vouches: they waived that right."
    return "The student may read everything on it."


def _purpose(request: HttpRequest, student: Student, footing: Footing) -> Purpose:
    """Return what the page is opened for: what the link says, else what is usual for this kind of person."""
    asked = request.GET.get("purpose", "")
    if asked in Purpose.values:
        return Purpose(asked)
    if footing.audiences & {Audience.OFFICE, Audience.OFFICER}:
        return Purpose.PREPARE_MEETING if student.is_assessed else Purpose.UPKEEP
    usual = (purpose for audience, purpose in _PURPOSE_OF.items() if audience in footing.audiences)
    return next(usual, Purpose.UPKEEP)
