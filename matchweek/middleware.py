"""The cycle of a request: found from the first part of the path, its clock running while the page is made."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db.models import BigIntegerField
from django.http import Http404, HttpRequest, HttpResponse

from core import clock
from matchweek.models import Cycle, Milestone

MAX_ID = BigIntegerField.MAX_BIGINT
_CYCLE_PATH = re.compile(r"^/(\d{4}[a-z0-9-]*)/")


def load_cycle(slug: str) -> Cycle:
    """Return a cycle with its calendar in one query; raise 404 when there is none."""
    milestones = list(Milestone.objects.filter(cycle__slug=slug).select_related("cycle"))
    if not milestones:
        raise Http404(f"There is no cycle {slug}.")
    cycle = milestones[0].cycle
    for each in milestones:
        each.cycle = cycle
    cycle.__dict__["_calendar"] = {each.kind: each for each in milestones}
    return cycle


class CycleMiddleware:
    """Set `request.cycle`, hand it to the view as `cycle`, and let the cycle's clock run."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.cycle = None  # type: ignore[attr-defined]  # Django has no typed place for request facts
        found = _CYCLE_PATH.match(request.path_info)
        if not found:
            return self.get_response(request)
        try:
            cycle = load_cycle(found.group(1))
        except Http404:
            return self.get_response(request)
        request.cycle = cycle  # type: ignore[attr-defined]
        with clock.running(cycle.clock):
            response = self.get_response(request)
        # Records of a student: the browser keeps none that the back button would show after signing out.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Put the loaded cycle where the URL had its slug; an id no row can have is not found."""
        if any(isinstance(each, int) and each > MAX_ID for each in kwargs.values()):
            raise Http404("There is no such row.")
        if "cycle" in kwargs:
            if request.cycle is None:  # type: ignore[attr-defined]
                raise Http404(f"There is no cycle {kwargs['cycle']}.")
            kwargs["cycle"] = request.cycle  # type: ignore[attr-defined]
