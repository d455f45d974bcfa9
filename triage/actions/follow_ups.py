"""Writes about the actions a meeting gives somebody."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from core import audit, live
from core.clock import now
from triage import permissions
from triage.enums import AuditKind
from triage.models import AgendaItem, FollowUp, Meeting

if TYPE_CHECKING:
    from accounts.models import Person


@audit.attributed
def add_follow_up(
    meeting: Meeting, *, item: AgendaItem | None, what: str, owner: Person, due_on: date, by: Person
) -> FollowUp:
    """Give somebody an action, about an item or the meeting as a whole. Audited."""
    permissions.can_add_follow_up(by, meeting, item).or_raise()
    permissions.can_own_follow_up(owner, item).or_raise()
    follow_up = FollowUp.objects.create(
        meeting=meeting, item=item, what=what, owner=owner, due_on=due_on, added_by=by, added_at=now()
    )
    _record(AuditKind.ACTION_ADDED, follow_up, by=by, owner=owner.pk, due_on=due_on.isoformat())
    live.announce(meeting)
    return follow_up


@audit.attributed
def finish_follow_up(follow_up: FollowUp, *, by: Person) -> None:
    """Mark an action as done; a second press changes nothing. Audited."""
    permissions.can_finish_follow_up(by, follow_up).or_raise()
    if not FollowUp.objects.filter(pk=follow_up.pk, done_at__isnull=True).update(done_at=now()):
        return
    follow_up.refresh_from_db(fields=["done_at"])
    _record(AuditKind.ACTION_DONE, follow_up, by=by)
    live.announce(follow_up.meeting)


def _record(kind: str, follow_up: FollowUp, *, by: Person, **facts: Any) -> None:
    student_id = follow_up.item.student_id if follow_up.item else None
    audit.record(kind, follow_up, by=by, student_id=student_id, cycle_id=follow_up.meeting.cycle_id, **facts)
