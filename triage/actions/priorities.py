"""Writes about institutional priorities: declared beforehand, with owner and reason, open to the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import audit
from core.clock import now
from matchweek.models import Cycle
from triage import permissions
from triage.enums import AuditKind
from triage.models import InstitutionalPriority

if TYPE_CHECKING:
    from accounts.models import Person


@audit.attributed
def declare_priority(cycle: Cycle, *, name: str, reason: str, owner: Person, by: Person) -> InstitutionalPriority:
    """Declare a priority that later decisions may cite; meetings that run already may not. Audited."""
    permissions.can_declare_priority(by, cycle).or_raise()
    priority = InstitutionalPriority.objects.create(
        cycle=cycle, name=name, reason=reason, owner=owner, declared_at=now()
    )
    audit.record(AuditKind.PRIORITY_DECLARED, priority, by=by, cycle_id=cycle.pk, owner=owner.pk)
    return priority


@audit.attributed
def end_priority(priority: InstitutionalPriority, *, by: Person) -> None:
    """End a priority: no further decision may cite it. Audited."""
    permissions.can_declare_priority(by, priority.cycle).or_raise()
    if not InstitutionalPriority.objects.filter(pk=priority.pk, ended_at__isnull=True).update(ended_at=now()):
        return
    priority.refresh_from_db(fields=["ended_at"])
    audit.record(AuditKind.PRIORITY_ENDED, priority, by=by, cycle_id=priority.cycle_id)
