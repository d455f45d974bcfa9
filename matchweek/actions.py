"""Writes about the cycle, its calendar and its outgoing mail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F

from core import audit, outbox
from core.clock import now
from core.models import Message
from matchweek import permissions
from matchweek.calendar import SOURCE_OF_DRAFT, default_calendar
from matchweek.enums import AuditKind, MilestoneKind
from matchweek.models import Cycle, Milestone

if TYPE_CHECKING:
    from accounts.models import Person


@audit.attributed
def make_cycle(year: int, *, slug: str = "", by: Person | None) -> Cycle:
    """Make a cycle with the default calendar, all of it unconfirmed. Audited."""
    cycle = Cycle.objects.create(year=year, slug=slug or str(year))
    Milestone.objects.bulk_create(
        Milestone(cycle=cycle, kind=kind, at=at, source=SOURCE_OF_DRAFT) for kind, at in default_calendar(year).items()
    )
    audit.record(AuditKind.CYCLE_MADE, cycle, by=by, cycle_id=cycle.pk, year=year)
    return cycle


@audit.attributed
def change_milestone(milestone: Milestone, *, at: datetime, source: str, by: Person) -> Milestone:
    """Move a time of the calendar, with its source. Takes its confirmation back. Audited.

    Assessments that read the school's report are remade, because the market number rises.
    """
    permissions.can_change_milestone(by, milestone).or_raise()
    before = milestone.at
    milestone.at, milestone.source = at, source
    milestone.confirmed_at = milestone.confirmed_by = None
    milestone.save(update_fields=["at", "source", "confirmed_at", "confirmed_by"])
    if milestone.kind == MilestoneKind.SCHOOL_REPORT:
        raise_market_number(milestone.cycle)
    audit.record(
        AuditKind.MILESTONE_CHANGED,
        milestone,
        by=by,
        cycle_id=milestone.cycle_id,
        milestone=milestone.kind,
        before=before.isoformat(),
        after=at.isoformat(),
    )
    return milestone


@audit.attributed
def confirm_milestone(milestone: Milestone, *, by: Person) -> Milestone:
    """Mark a time as confirmed by the match officer. Audited."""
    permissions.can_confirm_milestone(by, milestone).or_raise()
    milestone.confirmed_at, milestone.confirmed_by = now(), by
    milestone.save(update_fields=["confirmed_at", "confirmed_by"])
    audit.record(AuditKind.MILESTONE_CONFIRMED, milestone, by=by, cycle_id=milestone.cycle_id, milestone=milestone.kind)
    return milestone


@audit.attributed
def unconfirm_milestone(milestone: Milestone, *, by: Person) -> Milestone:
    """Take a confirmation back. Audited."""
    permissions.can_confirm_milestone(by, milestone).or_raise()
    milestone.confirmed_at = milestone.confirmed_by = None
    milestone.save(update_fields=["confirmed_at", "confirmed_by"])
    audit.record(
        AuditKind.MILESTONE_UNCONFIRMED, milestone, by=by, cycle_id=milestone.cycle_id, milestone=milestone.kind
    )
    return milestone


def note_results_loaded(cycle: Cycle, *, by: Person | None) -> None:
    """Remember the first moment match results were in the system: the embargo counts from it. Audited.

    Called inside the action that loads them.
    """
    if Cycle.objects.filter(pk=cycle.pk, results_loaded_at__isnull=True).update(results_loaded_at=now()):
        cycle.refresh_from_db(fields=["results_loaded_at"])
        audit.record(AuditKind.RESULTS_LOADED, cycle, by=by, cycle_id=cycle.pk)


def raise_market_number(cycle: Cycle) -> None:
    """Make every assessment of the cycle stale: what they read beside the evidence changed."""
    Cycle.objects.filter(pk=cycle.pk).update(market_number=F("market_number") + 1)
    cycle.refresh_from_db(fields=["market_number"])


@audit.attributed
def settle_mail(message: Message, *, cycle: Cycle, to: str, by: Person) -> None:
    """Say of a mail that it arrived, is to be sent again, or is not to be sent. Audited.

    Raises `NoSuchTransition` and `StaleState` when it stands otherwise by now.
    """
    permissions.can_settle_mail(by, cycle).or_raise()
    {"arrived": outbox.mark_arrived, "again": outbox.send_again, "cancel": outbox.give_up}[to](message, by=by)
