"""What reading the trail leaves in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import audit
from matchweek.models import Cycle
from reports import permissions
from reports.enums import AuditKind

if TYPE_CHECKING:
    from accounts.models import Person


@audit.attributed
def note_export(cycle: Cycle, *, rows: int, filters: list[str], by: Person) -> None:
    """Record that the trail was exported, by which filters and how many rows. Audited."""
    permissions.can_export_trail(by, cycle).or_raise()
    audit.record(AuditKind.TRAIL_EXPORTED, cycle, by=by, cycle_id=cycle.pk, rows=rows, filters=filters)
