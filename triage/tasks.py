"""The sweep that remakes assessments nobody has looked at since their evidence changed."""

from __future__ import annotations

from celery import shared_task

from core import clock
from matchweek.middleware import load_cycle
from matchweek.models import Cycle
from triage.actions.assessing import bring_up_to_date


@shared_task  # type: ignore[untyped-decorator]  # celery ships no types
def bring_assessments_up_to_date() -> int:
    """Assess what is stale in every cycle, on that cycle's clock; return how many. Safe to repeat."""
    made = 0
    for slug in Cycle.objects.values_list("slug", flat=True):
        cycle = load_cycle(slug)
        with clock.running(cycle.clock):
            made += bring_up_to_date(cycle)
    return made
