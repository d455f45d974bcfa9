"""Remaking assessments: the policy's word on every dossier that changed since it was last asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError
from django.db.models import Exists, OuterRef, Q, QuerySet

from core import audit
from core.clock import now
from matchweek.models import Cycle
from students.enums import ASSESSED_STATUSES
from students.models import Student
from triage.actions.agenda import announce_reassessed
from triage.dossiers import Read, load_dossiers, load_market
from triage.enums import AuditKind
from triage.models import Assessment, PolicyVersion
from triage.policy import DEFAULT_RULES, Market, Rules, assess, is_assessed, words
from triage.policy import Assessment as Recommendation

if TYPE_CHECKING:
    from accounts.models import Person

_TRIES = 5
# What a stored assessment and a fresh one must share for nothing new to be said. The digest holds all that is judged;
# standings tell of rows that are on record without being judged.
_SAME = ("policy_id", "evidence_digest", "standings")


@dataclass(slots=True)
class Tally:
    """What one run did. `carried` are students whose new evidence changed nothing that the policy reads."""

    made: int = 0
    carried: int = 0
    closed: int = 0


def bring_up_to_date(cycle: Cycle, *, by: Person | None = None) -> int:
    """Assess every student whose evidence, policy or market changed; return how many were assessed anew.

    One query when nothing did. The old assessments are kept. Two processes may do this at once: the database lets one
    current assessment stand for each student, and who comes second reads again. Audited, one event a run.
    """
    for tries_left in reversed(range(_TRIES)):
        stale = list(stale_students(cycle).values_list("pk", flat=True))
        if not stale:
            return 0
        try:
            made = _remake(cycle, stale, by)
            if made:
                announce_reassessed(stale)
            return made
        except IntegrityError as error:
            if not tries_left:
                raise AssessmentsContended from error
    return 0


class AssessmentsContended(Exception):
    """Other processes were quicker every time. The text is fit for a user."""

    def __init__(self) -> None:
        super().__init__("Assessments are being remade by somebody else. Try again in a moment.")


def stale_students(cycle: Cycle) -> QuerySet[Student]:
    """Return whom to assess again, and who has a current assessment without being assessed any more."""
    of_student = Assessment.objects.current().filter(student=OuterRef("pk"))
    fresh = of_student.filter(
        policy__is_active=True, market_number=cycle.market_number, evidence_number=OuterRef("evidence_number")
    )
    wanted = Q(withdrawn_at__isnull=True, match_status__in=ASSESSED_STATUSES)
    rows: QuerySet[Student] = Student.objects.filter(cycle=cycle)
    return rows.filter((wanted & ~Exists(fresh)) | (~wanted & Exists(of_student))).order_by("pk")


def active_policy(*, by: Person | None = None) -> PolicyVersion:
    """Return the policy in force; the first is made of the default rules."""
    return PolicyVersion.objects.filter(is_active=True).first() or _activate_default(by=by)


@audit.attributed
def _activate_default(*, by: Person | None) -> PolicyVersion:
    policy = PolicyVersion.objects.create(
        number=1,
        rules=DEFAULT_RULES.to_json(),
        digest=DEFAULT_RULES.digest,
        reason="The default rules",
        is_active=True,
        activated_at=now(),
        activated_by=by,
    )
    audit.record(AuditKind.POLICY_ACTIVATED, policy, by=by, number=policy.number, digest=policy.digest)
    return policy


def _remake(cycle: Cycle, student_ids: Collection[int], by: Person | None) -> int:
    """Read and judge outside the transaction, so that it is held for the writing only."""
    policy = active_policy(by=by)
    market = load_market(cycle)
    fresh = _judge(load_dossiers(student_ids), policy, market, cycle.market_number)
    return _replace(cycle, student_ids, fresh, policy=policy, by=by).made


def _judge(
    dossiers: dict[int, Read], policy: PolicyVersion, market: Market, market_number: int
) -> dict[int, Assessment]:
    rules = Rules.from_json(policy.rules)
    made_at = now()
    return {
        student_id: Assessment(
            student_id=student_id,
            policy=policy,
            made_at=made_at,
            changed_at=made_at,
            evidence_number=read.evidence_number,
            market_number=market_number,
            **_columns(assess(read.dossier, rules, market), market),
        )
        for student_id, read in dossiers.items()
        if is_assessed(read.dossier.match_status)
    }


def _columns(said: Recommendation, market: Market) -> dict[str, Any]:
    """What the engine said, as the columns keep it, with the words of this day."""
    columns = said.to_json()
    del columns["details"]
    strands = {strand: words.strand_words(said, strand, market, with_aside=False) for strand in said.strands}
    questions = [list(each) for each in words.summary(said, market)]
    return columns | {
        "strand_words": strands | {"points": words.points_words(said), "questions": questions},
        "chips": [list(chip) for chip in words.chips(said, market)],
    }


@audit.attributed
def _replace(
    cycle: Cycle,
    student_ids: Collection[int],
    fresh: dict[int, Assessment],
    *,
    policy: PolicyVersion,
    by: Person | None,
) -> Tally:
    """Let the fresh assessments take the place of the current ones. Raises IntegrityError when somebody was quicker."""
    held = {each.student_id: each for each in Assessment.objects.current().filter(student_id__in=student_ids)}
    closing: list[int] = []
    making: list[Assessment] = []
    carrying: list[Assessment] = []
    for student_id in student_ids:
        old, new = held.get(student_id), fresh.get(student_id)
        if old and new and _is_newer(old, new):
            continue
        if old and new and _says_the_same(old, new):
            old.evidence_number, old.market_number = new.evidence_number, new.market_number
            carrying.append(old)
            continue
        if old:
            closing.append(old.pk)
        if new:
            making.append(_since(old, new))
    Assessment.objects.filter(pk__in=closing, is_current=True).update(is_current=False)
    Assessment.objects.bulk_create(making)
    Assessment.objects.bulk_update(carrying, ["evidence_number", "market_number"])
    tally = Tally(made=len(making), carried=len(carrying), closed=len(closing))
    audit.record(
        AuditKind.ASSESSED,
        cycle,
        by=by,
        cycle_id=cycle.pk,
        policy=policy.number,
        made=tally.made,
        carried=tally.carried,
        superseded=tally.closed,
    )
    return tally


def _is_newer(old: Assessment, new: Assessment) -> bool:
    """Whether somebody read later than we did and was quicker."""
    return old.evidence_number > new.evidence_number or old.market_number > new.market_number


def _says_the_same(old: Assessment, new: Assessment) -> bool:
    return all(getattr(old, name) == getattr(new, name) for name in _SAME)


def _since(old: Assessment | None, new: Assessment) -> Assessment:
    """Keep the moment from which tier and points are what they are."""
    if old and (old.recommended_tier, old.points) == (new.recommended_tier, new.points):
        new.changed_at = old.changed_at
    return new
