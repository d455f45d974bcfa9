"""Who may read the policy, draft the next one, try it on dossiers, and sign it."""

from __future__ import annotations

from accounts.enums import Role
from accounts.permissions import has_ability
from accounts.roles import Ability
from accounts.selectors import User, roles_of
from core.permits import Permit, allow_if
from matchweek.models import Cycle
from matchweek.permissions import can_see_results
from triage.enums import DraftStatus, MeetingStatus
from triage.models import Meeting, PolicyDraft


def can_read_policy(user: User, cycle: Cycle) -> Permit:
    """Everybody with a role reads the rules in force; a student in words of their own."""
    return has_ability(user, Ability.READ_POLICY, cycle.year)


def reads_as_student(user: User, cycle: Cycle) -> bool:
    """Tell whether the person is a student and nothing else: no tier, no points, no draft."""
    return roles_of(user, cycle.year) <= {Role.STUDENT}


def can_see_versions(user: User, cycle: Cycle) -> Permit:
    """Every version with all its numbers, and the priorities declared, are open to whoever is no student."""
    return can_read_policy(user, cycle) & allow_if(
        not reads_as_student(user, cycle), "This page is for those who hold or attend the meeting."
    )


def can_see_drafts(user: User, cycle: Cycle) -> Permit:
    """Drafts are open to the room: whoever prepares or sits in the meeting."""
    return has_ability(user, Ability.SEE_BOARD, cycle.year)


def can_try_policy(user: User, cycle: Cycle) -> Permit:
    """What a draft would change tells of results: under the embargo only who may see those tries it."""
    return can_see_drafts(user, cycle) & can_see_results(user, cycle)


def can_back_test(user: User, cycle: Cycle, other: Cycle) -> Permit:
    """Another cycle's students are read by whoever had a seat in its meeting."""
    return can_try_policy(user, cycle) & can_try_policy(user, other)


def can_edit_policy(user: User, cycle: Cycle) -> Permit:
    """The dean's office drafts, in the newest cycle: policies span cycles, and the newest has the people of today."""
    return has_ability(user, Ability.EDIT_POLICY, cycle.year) & _is_newest(cycle)


def can_change_draft(user: User, draft: PolicyDraft, cycle: Cycle) -> Permit:
    """An open draft is changed by the dean's office; a changed number undoes the first signature."""
    return can_edit_policy(user, cycle) & _is_open(draft)


def can_withdraw_draft(user: User, draft: PolicyDraft, cycle: Cycle) -> Permit:
    """The dean's office withdraws an open draft."""
    return can_change_draft(user, draft, cycle)


def can_sign_draft(user: User, draft: PolicyDraft, cycle: Cycle) -> Permit:
    """The dean or the match officer signs first."""
    return (
        _may_sign(user, cycle)
        & _is_open(draft)
        & allow_if(draft.status == DraftStatus.DRAFT, "This draft has its first signature already.")
    )


def can_activate_draft(user: User, draft: PolicyDraft, cycle: Cycle) -> Permit:
    """Another person signs second, while no meeting runs: rules do not change under a meeting that judges by them."""
    running = Meeting.objects.filter(status=MeetingStatus.RUNNING)
    return (
        _may_sign(user, cycle)
        & _is_open(draft)
        & allow_if(draft.status == DraftStatus.SIGNED, "Nobody has signed this draft yet.")
        & allow_if(draft.first_signed_by_id != user.pk, "You signed first; another person signs second.")
        & allow_if(not running.exists(), "A meeting is running. The rules change before or after it, not meanwhile.")
    )


def can_take_back_signature(user: User, draft: PolicyDraft, cycle: Cycle) -> Permit:
    """Who signed first takes the signature back until somebody signed second."""
    return (
        _may_sign(user, cycle)
        & allow_if(draft.status == DraftStatus.SIGNED, "There is no first signature to take back.")
        & allow_if(draft.first_signed_by_id == user.pk, "Only who signed takes the signature back.")
    )


def _may_sign(user: User, cycle: Cycle) -> Permit:
    return has_ability(user, Ability.SIGN_POLICY, cycle.year) & _is_newest(cycle)


def _is_open(draft: PolicyDraft) -> Permit:
    return allow_if(
        draft.status in {DraftStatus.DRAFT, DraftStatus.SIGNED},
        f"This draft is {draft.get_status_display()}; start another one.",
    )


def _is_newest(cycle: Cycle) -> Permit:
    later = Cycle.objects.filter(year__gt=cycle.year)
    return allow_if(not later.exists(), "Policies are drafted and signed in the newest cycle.")
