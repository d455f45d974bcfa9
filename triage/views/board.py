"""The board of the cycle."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import push_url

from accounts.doors import me
from core.clock import now
from matchweek.models import Cycle
from students.models import Student
from triage import permissions
from triage.actions.assessing import bring_up_to_date
from triage.actions.visiting import note_visit
from triage.selectors.board import ATTENTION, ORDERS, BoardFilter, load_board


def board(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    """Show every assessed student this person may read, as columns or as a table; for htmx the results only."""
    permissions.can_see_board(request.user, cycle).or_raise()
    asked = BoardFilter.of(request.GET.dict())
    since = note_visit(cycle, by=me(request))
    shown = load_board(request.user, cycle, asked, since)
    if shown.is_stale:
        bring_up_to_date(cycle)
        shown = load_board(request.user, cycle, asked, since)
    context = {
        "cycle": cycle,
        "board": shown,
        "orders": ORDERS.items(),
        "attention_words": "; ".join(ATTENTION.values()),
        "printed_at": now(),
        "is_empty_cycle": not shown.total and not Student.objects.visible_to(request.user, cycle).exists(),
        "sees_all": permissions.can_see_every_assessment(request.user, cycle),
    }
    if not request.htmx:  # type: ignore[attr-defined]  # set by django-htmx's middleware
        response = render(request, "triage/board.html", context)
    else:
        response = render(request, "triage/board.html#results", context)
        push_url(response, f"{request.path}?{asked.query}" if asked.query else request.path)
    patch_vary_headers(response, ["HX-Request"])
    return response
