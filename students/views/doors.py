"""How a page about one student begins and ends: who asks, the recusal card, and where it leads back to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from matchweek.models import Cycle
from students.models import Student
from students.permissions import RecusedFromStudent

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Cycle, P], HttpResponse]


def shows_recusal(view: View[P]) -> View[P]:
    """Answer a recused person with the neutral card: the fact and who recorded it, never the name."""

    @wraps(view)
    def guarded(request: HttpRequest, cycle: Cycle, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, cycle, *args, **kwargs)
        except RecusedFromStudent as recusal:
            return render(request, "students/recused.html", {"cycle": cycle, "recusal": recusal}, status=403)

    return guarded  # type: ignore[return-value]  # mypy names the parameters of Concatenate


def back_to_dossier(request: HttpRequest, student: Student, cycle: Cycle, anchor: str = "") -> HttpResponse:
    """Lead to the dossier, at the piece that was changed; who sees no dossier, to the own first page."""
    if Student.objects.visible_to(request.user, cycle).filter(pk=student.pk).exists():
        response = redirect("triage:dossier", cycle.slug, student.pk)
        response["Location"] += f"#{anchor}" if anchor else ""
        return response
    return redirect("cycle-home", cycle.slug)
