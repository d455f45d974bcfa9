"""Writes about the policy: drafting, signing and activating. A version that was activated is never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from core import audit
from core.clock import now
from core.transitions import StaleState, move
from matchweek.models import Cycle
from triage import permissions
from triage.actions.assessing import active_policy
from triage.enums import AuditKind, DraftStatus
from triage.models import PolicyDraft, PolicyVersion
from triage.policy import Rules
from triage.policy.counterexample import explain
from triage.policy.properties import violations

if TYPE_CHECKING:
    from accounts.models import Person

_NO_SIGNATURE = {"reason": "", "first_signed_by": None, "first_signed_at": None, "signed_against": None}


class PolicyRefused(Exception):
    """The numbers break a property that always holds, or change nothing. The text is fit for a user."""


class Seen(NamedTuple):
    """What was on the page of whoever acts: the draft's edition, and the number of the version then active."""

    edition: int
    active: int


@audit.attributed
def start_draft(cycle: Cycle, *, title: str, rules: Rules, by: Person) -> PolicyDraft:
    """Keep numbers that may become the next version. Raises PolicyRefused when they break a property. Audited."""
    permissions.can_edit_policy(by, cycle).or_raise()
    _refuse_broken(rules)
    draft = PolicyDraft.objects.create(
        title=title, rules=rules.to_json(), based_on=active_policy(by=by), made_by=by, made_at=now()
    )
    _record(AuditKind.POLICY_DRAFTED, draft, cycle, by)
    return draft


@audit.attributed
def change_draft(draft: PolicyDraft, *, cycle: Cycle, title: str, rules: Rules, edition: int, by: Person) -> None:
    """Change an open draft; a first signature is undone by it. Raises StaleState when another edition came first.

    Raises PolicyRefused when the numbers break a property. Audited.
    """
    permissions.can_change_draft(by, draft, cycle).or_raise()
    _refuse_broken(rules)
    changes = {"title": title, "rules": rules.to_json(), "edition": edition + 1}
    if draft.status == DraftStatus.SIGNED:
        move(draft, DraftStatus.DRAFT, provided={"edition": edition}, **changes, **_NO_SIGNATURE)
    else:
        _change_unsigned(draft, edition, changes)
    _record(AuditKind.POLICY_DRAFT_CHANGED, draft, cycle, by)


@audit.attributed
def sign_draft(draft: PolicyDraft, *, cycle: Cycle, reason: str, seen: Seen, by: Person) -> None:
    """Sign first, with the reason that the version will carry. Raises StaleState when the page was old. Audited."""
    permissions.can_sign_draft(by, draft, cycle).or_raise()
    active = _seen_active(draft, seen, by)
    _refuse_broken(Rules.from_json(draft.rules))
    _refuse_same(draft, active)
    move(
        draft,
        DraftStatus.SIGNED,
        provided={"edition": seen.edition},
        reason=reason,
        first_signed_by=by,
        first_signed_at=now(),
        signed_against=active,
    )
    _record(AuditKind.POLICY_SIGNED, draft, cycle, by)


@audit.attributed
def take_back_signature(draft: PolicyDraft, *, cycle: Cycle, by: Person) -> None:
    """Take the first signature back; the draft is a draft again. Audited."""
    permissions.can_take_back_signature(by, draft, cycle).or_raise()
    move(draft, DraftStatus.DRAFT, **_NO_SIGNATURE)
    _record(AuditKind.POLICY_SIGNATURE_TAKEN_BACK, draft, cycle, by)


@audit.attributed
def activate_draft(draft: PolicyDraft, *, cycle: Cycle, seen: Seen, by: Person) -> PolicyVersion:
    """Sign second: the draft becomes the version in force, and every assessment is remade when next looked at.

    Raises StaleState when draft or active version are not those on the page, or not those that were signed. Audited.
    """
    permissions.can_activate_draft(by, draft, cycle).or_raise()
    active = _seen_active(draft, seen, by)
    if draft.signed_against_id != active.pk:
        raise PolicyRefused(f"{active} became active after the first signature. Take it back and sign again.")
    rules = Rules.from_json(draft.rules)
    _refuse_broken(rules)
    version = _put_in_force(rules, active, reason=draft.reason, by=by)
    move(
        draft,
        DraftStatus.ACTIVATED,
        provided={"edition": seen.edition},
        second_signed_by=by,
        second_signed_at=version.activated_at,
        version=version,
    )
    audit.record(
        AuditKind.POLICY_ACTIVATED,
        version,
        by=by,
        cycle_id=cycle.pk,
        number=version.number,
        digest=version.digest,
        draft=draft.pk,
        first_signed_by=draft.first_signed_by_id,
        before=active.digest,
    )
    return version


@audit.attributed
def withdraw_draft(draft: PolicyDraft, *, cycle: Cycle, reason: str, by: Person) -> None:
    """Withdraw a draft, with a reason; it stays on record. Audited."""
    permissions.can_withdraw_draft(by, draft, cycle).or_raise()
    move(draft, DraftStatus.WITHDRAWN, withdrawn_by=by, withdrawn_at=now(), withdrawn_reason=reason)
    _record(AuditKind.POLICY_WITHDRAWN, draft, cycle, by)


def _put_in_force(rules: Rules, active: PolicyVersion, *, reason: str, by: Person) -> PolicyVersion:
    """Let the new version take the place of the active one, if that is still active."""
    if not PolicyVersion.objects.filter(pk=active.pk, is_active=True).update(is_active=False):
        raise StaleState(active)
    return PolicyVersion.objects.create(
        number=active.number + 1,
        rules=rules.to_json(),
        digest=rules.digest,
        reason=reason,
        is_active=True,
        activated_at=now(),
        activated_by=by,
    )


def _change_unsigned(draft: PolicyDraft, edition: int, changes: dict[str, object]) -> None:
    row = PolicyDraft.objects.filter(pk=draft.pk, status=DraftStatus.DRAFT, edition=edition)
    if not row.update(**changes):
        raise StaleState(draft)
    draft.refresh_from_db()


def _seen_active(draft: PolicyDraft, seen: Seen, by: Person) -> PolicyVersion:
    """Return the active version, if draft and version are the ones the person looked at."""
    active = active_policy(by=by)
    if (draft.edition, active.number) != seen:
        raise StaleState(draft)
    return active


def _refuse_broken(rules: Rules) -> None:
    broken = violations(rules)
    if broken:
        raise PolicyRefused(f"These numbers break what always holds: {explain(broken[0], rules).what}")


def _refuse_same(draft: PolicyDraft, active: PolicyVersion) -> None:
    if draft.rules == active.rules:
        raise PolicyRefused(f"These are the numbers of {active} already.")


def _record(kind: AuditKind, draft: PolicyDraft, cycle: Cycle, by: Person) -> None:
    digest = Rules.from_json(draft.rules).digest
    audit.record(kind, draft, by=by, cycle_id=cycle.pk, edition=draft.edition, digest=digest)
