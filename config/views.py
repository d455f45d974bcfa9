"""The doors: `/` and `/2027/` lead each person to their own first page; `/health/` is for machines."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from accounts.decorators import public
from accounts.selectors import User
from config.frame import tabs
from matchweek.models import Cycle
from matchweek.selectors import latest_cycle


def home(request: HttpRequest) -> HttpResponse:
    """Lead to the newest cycle."""
    cycle = latest_cycle()
    if cycle is None:
        return render(request, "no_cycle.html")
    return redirect("cycle-home", cycle.slug)


def cycle_home(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Lead to the first tab the person has; without any role, say so."""
    first = next(tabs(request, cycle), None)
    if first is None:
        return render(request, "no_role.html", {"person": _person(request.user)})
    return redirect(first.url)


def _person(user: User) -> str:
    return str(user)


@public
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers. Public: for load balancers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})
