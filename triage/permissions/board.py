"""Who may see the board, and whose assessments."""

from __future__ import annotations

from accounts.permissions import has_ability
from accounts.roles import Ability
from accounts.selectors import User
from core.permits import Permit
from matchweek.models import Cycle


def can_see_board(user: User, cycle: Cycle) -> Permit:
    """Whoever prepares or sits in the meeting sees the board; which rows, `readable_students` decides."""
    return has_ability(user, Ability.SEE_BOARD, cycle.year)


def can_see_every_assessment(user: User, cycle: Cycle) -> Permit:
    """The dean's office and the match officer read every assessment, embargo or not; members only granted ones."""
    return has_ability(user, Ability.SEE_RESULTS_EARLY, cycle.year) & has_ability(
        user, Ability.SEE_ALL_DOSSIERS, cycle.year
    )


def can_see_set_aside(user: User, cycle: Cycle) -> Permit:
    """What was set aside is shown to the dean's office only."""
    return has_ability(user, Ability.SEE_SET_ASIDE, cycle.year)
