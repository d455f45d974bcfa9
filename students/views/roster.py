"""The class roster and an advisor's own students."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.permissions import has_ability
from accounts.roles import Ability
from matchweek.models import Cycle
from matchweek.permissions import can_see_results
from students import permissions
from students.filters import RosterFilter
from students.selectors.roster import advised_rows, roster_rows, roster_students

PAGE = 50


def roster(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """List the class. Status is hidden under the embargo from all who may not know results yet."""
    permissions.can_see_roster(request.user, cycle).or_raise()
    sees_results = bool(can_see_results(request.user, cycle))
    found = RosterFilter(
        request.GET, queryset=roster_students(request.user, cycle), cycle=cycle, sees_results=sees_results
    )
    page = Paginator(found.qs, PAGE).get_page(request.GET.get("page"))
    context = {
        "cycle": cycle,
        "filter": found,
        "page": page,
        "rows": roster_rows(page.object_list, request.user, cycle),
        "sees_results": sees_results,
        "may_add": permissions.can_add_student(request.user, cycle),
    }
    return render(request, "students/roster.html" + ("#rows" if request.htmx else ""), context)  # type: ignore[attr-defined]


def my_students(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """List the students one advises, with what is missing."""
    has_ability(request.user, Ability.ADVISE, cycle.year).or_raise()
    context = {
        "cycle": cycle,
        "rows": advised_rows(request.user, cycle),
        "sees_results": bool(can_see_results(request.user, cycle)),
    }
    return render(request, "students/my_students.html", context)
