"""The student's own page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.permissions import has_ability
from accounts.roles import Ability
from matchweek.models import Cycle
from students.selectors.own_page import load_own_page, own_student


def own_page(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Show a student the own file, and nobody else's."""
    has_ability(request.user, Ability.OWN_PAGE, cycle.year).or_raise()
    student = own_student(request.user, cycle)
    if student is None:
        return render(request, "students/own_page_missing.html", {"cycle": cycle})
    return render(request, "students/own_page.html", {"cycle": cycle, "own": load_own_page(student, cycle)})
