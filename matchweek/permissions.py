"""Who may prepare the cycle and confirm its calendar, and who may see results under the embargo."""

from __future__ import annotations

from accounts.permissions import has_ability
from accounts.roles import Ability
from accounts.selectors import User
from core.permits import ALLOWED, Permit, allow_if
from matchweek.models import Cycle, Milestone
from matchweek.selectors import is_embargoed


def can_prepare_cycle(user: User, cycle: Cycle) -> Permit:
    """The dean's office and the match officer prepare the cycle."""
    return has_ability(user, Ability.PREPARE_CYCLE, cycle.year)


def can_settle_mail(user: User, cycle: Cycle) -> Permit:
    """Whoever prepares the cycle sees its outgoing mail and settles what nobody knows of."""
    return can_prepare_cycle(user, cycle)


def can_read_mailbox(user: User, cycle: Cycle) -> Permit:
    """A demo's mailbox is open to everybody signed in to it; a rehearsal's, which names real people, to the office."""
    return allow_if(cycle.is_demo, "This mailbox is the demo's.") | can_settle_mail(user, cycle)


def can_change_milestone(user: User, milestone: Milestone) -> Permit:
    """Whoever prepares the cycle may change its calendar."""
    return can_prepare_cycle(user, milestone.cycle)


def can_confirm_milestone(user: User, milestone: Milestone) -> Permit:
    """Only the match officer confirms a time."""
    return can_confirm_cycle(user, milestone.cycle)


def can_see_results(user: User, cycle: Cycle) -> Permit:
    """After the embargo everybody who sees a student sees the status; before, the dean's office only.

    Named attendees are let in by the app that names them (triage).
    """
    if not is_embargoed(cycle):
        return ALLOWED
    return has_ability(user, Ability.SEE_RESULTS_EARLY, cycle.year)


def can_confirm_cycle(user: User, cycle: Cycle) -> Permit:
    """Only the match officer confirms times of this cycle."""
    return has_ability(user, Ability.CONFIRM_CALENDAR, cycle.year)
