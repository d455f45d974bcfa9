"""Holding a meeting while it changes. The order of locks is: meeting, student, assessment; the trail comes last."""

from __future__ import annotations

from typing import Any

from core.clock import now
from triage.models import AgendaItem, Meeting

_MEETING = ("status", "chair", "acting_chair", "started_at", "closed_at")
_ITEM = ("status", "place", "spent_seconds", "running_since", "opened_at", "removed_at")


def hold(meeting: Meeting) -> None:
    """Wait until others have changed this meeting, then see it as it is. Called first in an action."""
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("chair", "acting_chair")
    held = rows.get(pk=meeting.pk)
    for name in _MEETING:
        setattr(meeting, name, getattr(held, name))


def hold_item(item: AgendaItem) -> None:
    """Hold the item's meeting, then see the item as it is."""
    hold(item.meeting)
    item.refresh_from_db(fields=_ITEM)


def stopped(item: AgendaItem) -> dict[str, Any]:
    """Return the columns of an item whose clock stops now."""
    return {"spent_seconds": item.elapsed_seconds(now()), "running_since": None}


def started() -> dict[str, Any]:
    """Return the columns of an item whose clock starts now."""
    return {"running_since": now()}
