"""What a page shows of a student's assessment: the recommendation in words, its history, and who may read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.selectors import User
from matchweek.models import Cycle
from matchweek.permissions import can_see_results
from students.enums import GrantGround
from students.models import AccessGrant, Student, Vouch
from students.permissions import Section
from triage.models import Assessment, Decision, Reopening, SecondSignature
from triage.permissions import can_see_every_assessment
from triage.policy import Rules, SetAside, words

STRANDS = ("academic", "professionalism", "trajectory", "advice")


@dataclass(frozen=True, slots=True)
class StrandLine:
    """One strand of the second question: its level and why."""

    name: str
    level: str
    why: str


@dataclass(frozen=True, slots=True)
class FlipLine:
    """One change that would lead to another tier."""

    change: str
    to_tier: int


@dataclass(frozen=True, slots=True)
class RecommendationView:
    """An assessment as one person may read it. What was set aside is left out for all but the dean's office."""

    assessment: Assessment
    tier: int
    chips: tuple[tuple[str, str], ...]
    points: str
    questions: tuple[tuple[str, str, str], ...]
    strands: tuple[StrandLine, ...]
    flips: tuple[FlipLine, ...]
    missing: tuple[str, ...]
    set_aside: tuple[str, ...]

    @property
    def points_line(self) -> str:
        """The sum as it is read aloud, and what it is for."""
        return f"{self.points}. Only orders within Tier {self.tier}."

    @property
    def policy_number(self) -> int:
        """Which version of the policy spoke."""
        return self.assessment.policy.number

    @property
    def short_digest(self) -> str:
        """The first characters of the digest of the evidence read, for print and history."""
        return self.assessment.evidence_digest[:12]


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision on the student and what became of it."""

    decision: Decision
    state: str
    override_words: str
    signature: SecondSignature | None
    reopening: Reopening | None


def readable_students(user: User, cycle: Cycle) -> QuerySet[Student]:
    """Return the assessed students whose recommendation the person may read.

    The office and the match officer: all but those they are recused from. Members: the agenda's, by their grants, so
    that under the embargo nobody beyond the named attendees learns a result.
    """
    rows: QuerySet[Student] = Student.objects.visible_to(user, cycle).assessed()
    if can_see_every_assessment(user, cycle):
        return rows
    return rows.filter(pk__in=_meeting_grants(user, cycle).values("student_id"))


def may_know_results(user: User, cycle: Cycle, student_id: int) -> bool:
    """Tell whether the person may learn that this student is assessed: under the embargo few may."""
    return bool(can_see_results(user, cycle)) or _meeting_grants(user, cycle).filter(student_id=student_id).exists()


def _meeting_grants(user: User, cycle: Cycle) -> QuerySet[AccessGrant]:
    return AccessGrant.objects.held_by(user, cycle).filter(ground=GrantGround.MEETING)


def current_assessment(student_id: int) -> Assessment | None:
    """Return the assessment that holds now, with its policy; none for who is not assessed."""
    held = Assessment.objects.current().filter(student_id=student_id).select_related("policy", "student")
    return held.first()


def is_up_to_date(student_id: int, current: Assessment | None, cycle: Cycle) -> bool:
    """Tell whether the policy need not be asked again of this student (`Assessment.up_to_date`, for a loaded one)."""
    if current is None:
        return not Student.objects.of(cycle).assessed().filter(pk=student_id).exists()
    return (
        current.policy.is_active
        and current.market_number == cycle.market_number
        and current.evidence_number == current.student.evidence_number
        and current.student.is_assessed
        and current.student.withdrawn_at is None
    )


@dataclass(frozen=True, slots=True)
class StudentAssessment:
    """All that policy and meeting said of one student, as one person may read it."""

    recommendation: RecommendationView | None
    earlier: list[Assessment]
    decisions: list[DecisionLine]

    @property
    def in_force(self) -> Decision | None:
        """The decision that holds."""
        return next((line.decision for line in self.decisions if line.state == "decided"), None)


def student_assessment(student_id: int, current: Assessment | None, sections: Iterable[Section]) -> StudentAssessment:
    """Return the recommendation, the earlier ones and the decisions on a student. Two queries."""
    return StudentAssessment(
        recommendation(current, sections) if current else None,
        earlier_assessments(student_id),
        decisions_on(student_id),
    )


def recommendation(assessment: Assessment, sections: Iterable[Section]) -> RecommendationView:
    """Put an assessment into the words a person with these sections may read."""
    opened = frozenset(sections)
    sees_aside = Section.SET_ASIDE in opened
    said = assessment.strand_words
    return RecommendationView(
        assessment=assessment,
        tier=assessment.recommended_tier,
        chips=tuple((text, kind) for text, kind in assessment.chips if sees_aside or kind != "aside"),
        points=said["points"],
        questions=tuple((question, answer, why) for question, answer, why in said["questions"]),
        strands=tuple(_strand_line(assessment, strand, sees_aside) for strand in STRANDS),
        flips=tuple(_flips(assessment, opened)),
        missing=tuple(words.missing_words(code) for code in assessment.missing),
        set_aside=tuple(_set_aside(assessment)) if sees_aside else (),
    )


def earlier_assessments(student_id: int) -> list[Assessment]:
    """Return the superseded assessments of the student, the newest first, with their policies."""
    return list(
        Assessment.objects.filter(student_id=student_id, is_current=False)
        .select_related("policy")
        .only("made_at", "recommended_tier", "points", "evidence_digest", "policy__number")
        .order_by("-made_at", "-pk")
    )


def decisions_on(student_id: int) -> list[DecisionLine]:
    """Return every decision on the student, the newest first; a reopened one stays as it was."""
    found = Decision.objects.filter(student_id=student_id).select_related(
        "decided_by", "item__meeting", "second__signed_by", "reopening__reopened_by", "priority"
    )
    return [
        DecisionLine(
            each,
            _decision_state(each),
            each.get_override_code_display() if each.is_override else "",
            getattr(each, "second", None),
            getattr(each, "reopening", None),
        )
        for each in found.order_by("-decided_at", "-pk")
    ]


def _decision_state(decision: Decision) -> str:
    if hasattr(decision, "reopening"):
        return "reopened"
    if not decision.needs_second:
        return "decided"
    if not hasattr(decision, "second"):
        return "waits for a second officer"
    return "decided" if decision.second.agrees else "not signed by the second officer"


def _strand_line(assessment: Assessment, strand: str, sees_aside: bool) -> StrandLine:
    why = assessment.strand_words[strand]
    if strand == "professionalism" and sees_aside:
        aside = sum(each["kind"] == "concern" and each["why"] != ["dismissed"] for each in assessment.set_aside)
        why = "; ".join(filter(None, [_unless_none(why, aside), f"{aside} set aside" if aside else ""]))
    return StrandLine(strand.capitalize(), assessment.strands[strand], why)


def _unless_none(why: str, aside: int) -> str:
    """Leave "no concern on record" out beside concerns that are on record and set aside."""
    return "" if aside and why == "no concern on record" else why


def _flips(assessment: Assessment, opened: frozenset[Section]) -> Iterable[FlipLine]:
    """Flips about concerns are for the dean's office; who would have to say more is named where vouches show."""
    names = _voucher_names(assessment.flips) if Section.VOUCHES in opened else {}
    for flip in assessment.flips:
        if flip["code"].startswith("concern_") and Section.SET_ASIDE not in opened:
            continue
        name = names.get(flip["ref"])
        yield FlipLine(f"{name} would take this person as a resident" if name else flip["change"], flip["to_tier"])


def _voucher_names(flips: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    refs = [flip["ref"] for flip in flips if flip["code"] == "voucher_would_take"]
    pks = [int(ref.partition(":")[2]) for ref in refs]
    if not pks:
        return {}
    return {
        f"vouch:{vouch.pk}": str(vouch.faculty) for vouch in Vouch.objects.filter(pk__in=pks).select_related("faculty")
    }


def _set_aside(assessment: Assessment) -> Iterable[str]:
    rules = Rules.from_json(assessment.policy.rules)
    for each in assessment.set_aside:
        if each["why"] != ["dismissed"]:
            line = words.set_aside_line(SetAside(each["kind"], each["ref"], tuple(each["why"])), rules)
            yield f"A {each['kind']}. {line}"
