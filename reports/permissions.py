"""Who may read and export the trail."""

from __future__ import annotations

from accounts.permissions import has_ability
from accounts.roles import Ability
from accounts.selectors import User
from core.permits import Permit, allow_if
from matchweek.models import Cycle
from matchweek.permissions import can_see_results


def can_see_trail(user: User, cycle: Cycle) -> Permit:
    """The dean's office, the match officer, registrar and auditor read the trail."""
    return has_ability(user, Ability.SEE_TRAIL, cycle.year)


def can_export_trail(user: User, cycle: Cycle) -> Permit:
    """Registrar and auditor export it; nobody under the embargo, when exports could carry results."""
    return has_ability(user, Ability.EXPORT_TRAIL, cycle.year) & allow_if(
        can_see_results(user, cycle), "No export leaves the school before the embargo lifts."
    )
