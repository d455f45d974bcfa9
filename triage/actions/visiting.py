"""Remembering when a person last looked at the board."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.clock import now
from matchweek.models import Cycle
from triage.models import BoardVisit

if TYPE_CHECKING:
    from accounts.models import Person

# A visit goes on while its pages follow each other within this time; within a minute nothing is written.
_PAUSE = timedelta(minutes=30)
_GRAIN = timedelta(minutes=1)


def note_visit(cycle: Cycle, *, by: Person) -> datetime | None:
    """Remember that the person looks at the board; return when their visit before this one ended.

    None on the first visit. Not on the trail: it says nothing of a student, and opening a dossier is recorded anyway.
    """
    moment = now()
    visit = BoardVisit.objects.filter(person=by, cycle=cycle).first()
    if visit is None:
        BoardVisit.objects.get_or_create(person=by, cycle=cycle, defaults={"seen_at": moment})
        return None
    if moment - visit.seen_at < _GRAIN:
        return visit.previous_at
    if moment - visit.seen_at >= _PAUSE:
        visit.previous_at = visit.seen_at
    visit.seen_at = moment
    visit.save(update_fields=["seen_at", "previous_at"])
    return visit.previous_at
