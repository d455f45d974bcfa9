"""Who may see which part of a dossier, and who may enter or change what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.permissions import has_ability
from accounts.roles import Ability
from accounts.selectors import User
from core.clock import now
from core.permits import ALLOWED, Permit, Refused, allow_if, refuse
from matchweek.enums import MilestoneKind
from matchweek.models import Cycle
from matchweek.permissions import can_see_results
from students.enums import ConflictKind, GrantGround, ImportStatus, Strength
from students.models import (
    AccessGrant,
    AdvisingNote,
    Concern,
    Conflict,
    Evidence,
    ImportBatch,
    Student,
    Vouch,
    VouchLink,
    VouchRequest,
)
from students.selectors.imports import what_was_built_on


class RecusedFromStudent(Refused):
    """The person is recused from this student. Carries the fact for the card: never the name, never the content."""

    def __init__(self, conflict: Conflict) -> None:
        self.kind = ConflictKind(conflict.kind)
        self.recorded_by = str(conflict.entered_by) if conflict.entered_by else "an import"
        self.recorded_at = conflict.entered_at
        super().__init__("You are recused from this student.")


class Section(StrEnum):
    """The parts of a dossier that show or stay closed as one."""

    FACTS = "facts"
    CIRCUMSTANCES = "circumstances that shape only the list of programs"
    RESULT = "result"
    EXAMS = "exams"
    EVALUATIONS = "evaluations"
    ACADEMICS = "academics"
    CONCERNS = "concerns that count"
    SET_ASIDE = "what was set aside"
    VOUCHES = "vouches and requests"
    CAUTIONS = "the text of cautions"
    ADVISING = "advising notes"
    CONFLICTS = "conflicts"
    ASSESSMENT = "the assessment"


class Audience(StrEnum):
    """On which footing a person looks at a dossier. Fragments are rendered once per audience."""

    OFFICE = "office"
    OFFICER = "officer"
    MEMBER = "member"
    ADVISOR = "advisor"
    REGISTRAR = "registrar"


# Circumstances (visa, couples, geography, constraints) are no ground for a tier, so the room does not read them.
_MEMBER = frozenset(Section) - {Section.SET_ASIDE, Section.CAUTIONS, Section.CIRCUMSTANCES}
SECTIONS: Mapping[Audience, frozenset[Section]] = {
    Audience.OFFICE: frozenset(Section),
    Audience.OFFICER: _MEMBER,
    Audience.MEMBER: _MEMBER,
    Audience.ADVISOR: _MEMBER - {Section.ASSESSMENT, Section.CONFLICTS, Section.VOUCHES} | {Section.CIRCUMSTANCES},
    Audience.REGISTRAR: frozenset(Section),
}


@dataclass(frozen=True, slots=True)
class Footing:
    """How one person stands to one dossier: the audiences they belong to and the sections these open."""

    audiences: frozenset[Audience]
    sections: frozenset[Section]

    def without(self, closed: frozenset[Section]) -> Footing:
        """Return this footing with some sections closed."""
        return Footing(self.audiences, self.sections - closed)


def footing_of(user: User, student: Student, cycle: Cycle) -> Footing:
    """Return what of a *visible* student's dossier the person may see. One query for the grants.

    Under the embargo the result and the assessment close for everybody but the dean's office and attendees.
    """
    audiences = _audiences(user, student, cycle)
    sections: set[Section] = set()
    for audience in audiences:
        sections |= SECTIONS[audience]
    if Audience.MEMBER not in audiences and not can_see_results(user, cycle):
        sections -= {Section.RESULT, Section.ASSESSMENT}
    return Footing(audiences, frozenset(sections))


def _audiences(user: User, student: Student, cycle: Cycle) -> frozenset[Audience]:
    grounds = set(AccessGrant.objects.held_by(user, cycle).filter(student=student).values_list("ground", flat=True))
    holds = {
        Audience.OFFICE: bool(has_ability(user, Ability.SEE_SET_ASIDE, cycle.year)),
        Audience.OFFICER: bool(has_ability(user, Ability.SEE_RESULTS_EARLY, cycle.year)),
        Audience.MEMBER: GrantGround.MEETING in grounds,
        Audience.ADVISOR: student.advisor_id == user.pk and bool(has_ability(user, Ability.ADVISE, cycle.year)),
        Audience.REGISTRAR: bool(has_ability(user, Ability.EXPORT_TRAIL, cycle.year))
        and bool(has_ability(user, Ability.SEE_ALL_DOSSIERS, cycle.year)),
    }
    return frozenset(audience for audience, held in holds.items() if held)


def is_recused(user: User, student: Student) -> bool:
    """Tell whether the person is recused from the student."""
    return Conflict.objects.recusing().filter(person_id=user.pk, student=student).exists()


def can_import_evidence(user: User, cycle: Cycle) -> Permit:
    """The dean's office imports."""
    return has_ability(user, Ability.IMPORT_EVIDENCE, cycle.year)


def can_undo_import(user: User, batch: ImportBatch) -> Permit:
    """The dean's office undoes an import as a whole, while nothing was built on it."""
    if batch.status != ImportStatus.APPLIED:
        return refuse("Only an import that was applied can be undone.")
    built = what_was_built_on(batch)
    return can_import_evidence(user, batch.cycle) & allow_if(not built, f"{built} Undo that first, or mend by hand.")


def can_see_roster(user: User, cycle: Cycle) -> Permit:
    """The dean's office, the match officer and the registrar see the class roster."""
    return has_ability(user, Ability.SEE_ROSTER, cycle.year)


def can_edit_evidence(user: User, student: Student) -> Permit:
    """The dean's office enters and changes evidence of students they are not recused from."""
    return has_ability(user, Ability.EDIT_EVIDENCE, student.cycle.year) & _not_recused(user, student)


def can_enter_evidence(user: User, student: Student, kind: str) -> Permit:
    """The dean's office enters every kind; an advisor notes advice given to the own students."""
    if kind == "advising" and student.advisor_id == user.pk:
        return has_ability(user, Ability.ADVISE, student.cycle.year) & _not_recused(user, student)
    return can_edit_evidence(user, student)


def can_change_evidence(user: User, evidence: Evidence) -> Permit:
    """Evidence is changed by the dean's office; a vouch by its author only, an advisor's own note also by them."""
    if isinstance(evidence, Vouch):
        return _is_author(user, evidence) & can_vouch(user, evidence.student)
    return _wrote_note(user, evidence) | can_edit_evidence(user, evidence.student)


def can_withdraw_evidence(user: User, evidence: Evidence) -> Permit:
    """The dean's office withdraws evidence; an author the own vouch. Recusals are lifted, never withdrawn."""
    if isinstance(evidence, Conflict) and evidence.is_recusal:
        return refuse("A recusal is not withdrawn: a second officer lifts it, with a reason.")
    return can_edit_evidence(user, evidence.student) | _is_author(user, evidence)


def can_restore_evidence(user: User, evidence: Evidence) -> Permit:
    """The dean's office takes a withdrawal back; an author that of the own vouch, while they may vouch."""
    return can_edit_evidence(user, evidence.student) | (_is_author(user, evidence) & can_vouch(user, evidence.student))


def can_report_concern(user: User, student: Student) -> Permit:
    """Whoever wrote a caution about a student is asked to document a concern; the dean's office enters any."""
    cautions = Vouch.objects.standing().filter(student=student, faculty_id=user.pk, strength=Strength.CAUTION)
    return can_edit_evidence(user, student) | (
        _not_recused(user, student)
        & allow_if(cautions.exists(), "Concerns are documented by the dean's office, or by whoever wrote a caution.")
    )


def can_decline_request(user: User, request: VouchRequest) -> Permit:
    """Who was asked declines; the dean's office records a decline it was told of."""
    return allow_if(request.faculty_id == user.pk, "Only who was asked declines.") | can_edit_evidence(
        user, request.student
    )


def can_change_student(user: User, student: Student) -> Permit:
    """The dean's office keeps the facts of students they are not recused from."""
    return can_edit_evidence(user, student)


def can_add_student(user: User, cycle: Cycle) -> Permit:
    """The dean's office adds students by hand."""
    return has_ability(user, Ability.EDIT_EVIDENCE, cycle.year)


def can_settle_concern(user: User, concern: Concern) -> Permit:
    """Only the dean's office resolves or dismisses a concern."""
    return has_ability(user, Ability.SETTLE_CONCERN, concern.student.cycle.year) & _not_recused(user, concern.student)


def can_answer_concern(user: User, concern: Concern) -> Permit:
    """The student the concern is about responds to it."""
    return allow_if(concern.student.person_id == user.pk, "Only the student a concern is about responds to it.")


def can_see_own_page(user: User, student: Student) -> Permit:
    """A student sees the own page and no other."""
    return allow_if(student.person_id == user.pk, "This page belongs to somebody else.")


def can_vouch(user: User, student: Student) -> Permit:
    """Faculty who observed a student vouch for them, but not while they direct a program in SOAP and SOAP runs.

    Whoever was asked about the student may, whatever their role: the school named them as somebody who knows.
    """
    cycle = student.cycle
    return (
        (has_ability(user, Ability.VOUCH, cycle.year) | _was_asked(user, student))
        & _not_recused(user, student)
        & within_vouch_window(user, cycle)
    )


def can_answer_by_link(user: User, link: VouchLink, student: Student) -> Permit:
    """A link lets the one person it was made for answer what they were asked, while it is open; others nothing."""
    return (
        allow_if(user.pk == link.person_id and student.cycle_id == link.cycle_id, "This link is for somebody else.")
        & allow_if(user.is_active, "This link is for somebody who is not at the school any more.")
        & allow_if(link.is_open, "This link has ended. Ask the dean's office for a fresh one.")
        & _was_asked(user, student)
        & _not_recused(user, student)
    )


def can_want_outcome(user: User, vouch: Vouch) -> Permit:
    """The author of a vouch may hear later what became of the student."""
    return allow_if(vouch.faculty_id == user.pk, "Only who vouched for a student hears what became of them.")


def can_ask_for_vouches(user: User, cycle: Cycle) -> Permit:
    """The dean's office asks faculty for vouches."""
    return has_ability(user, Ability.EDIT_EVIDENCE, cycle.year)


def can_be_asked(person: User, cycle: Cycle) -> Permit:
    """Everybody active can be asked, but nobody while they may enter no vouch."""
    return allow_if(person.is_active, "This person is not at the school any more.") & within_vouch_window(person, cycle)


def can_declare_conflict(user: User, student: Student, person: User) -> Permit:
    """Everybody declares their own conflicts; the dean's office declares for others."""
    if person.pk == user.pk:
        return ALLOWED
    return has_ability(user, Ability.DECLARE_FOR_OTHERS, student.cycle.year)


def can_lift_recusal(user: User, conflict: Conflict) -> Permit:
    """Only a second officer lifts a recusal: not the person recused, not who recorded it."""
    return (
        has_ability(user, Ability.SECOND_OFFICER, conflict.student.cycle.year)
        & allow_if(conflict.person_id != user.pk, "You cannot lift your own recusal.")
        & allow_if(conflict.entered_by_id != user.pk, "You recorded this recusal; a second officer lifts it.")
        & _not_recused(user, conflict.student)
    )


def directs_program(user: User) -> bool:
    """Tell whether the person directs or interviews for a residency program, by position."""
    return (user.position or "").replace("_", " ").strip().lower() in {"program director", "interviewer"}


def within_vouch_window(user: User, cycle: Cycle) -> Permit:
    """Everybody vouches at any time, but program directors from the school's report until SOAP ends: [start, end)."""
    if not directs_program(user):
        return ALLOWED
    moment = now()
    shut = cycle.milestone(MilestoneKind.SCHOOL_REPORT) <= moment < cycle.milestone(MilestoneKind.SOAP_ENDS)
    return allow_if(
        not shut,
        "Program directors enter no vouch from the school's report until SOAP ends: your program may be in SOAP.",
    )


def _is_author(user: User, evidence: Evidence) -> Permit:
    return allow_if(
        isinstance(evidence, Vouch) and evidence.faculty_id == user.pk,
        "Only the person who wrote a vouch changes it. The dean's office may withdraw it with a reason.",
    )


def _wrote_note(user: User, evidence: Evidence) -> Permit:
    return allow_if(
        isinstance(evidence, AdvisingNote)
        and evidence.entered_by_id == user.pk
        and evidence.student.advisor_id == user.pk,
        "Only the dean's office, or the advisor who wrote a note, may do this.",
    ) & _not_recused(user, evidence.student)


def _was_asked(user: User, student: Student) -> Permit:
    asked = VouchRequest.objects.standing().filter(student=student, faculty_id=user.pk)
    return allow_if(asked.exists(), "Nobody asked this person about this student.")


def _not_recused(user: User, student: Student) -> Permit:
    return allow_if(not is_recused(user, student), "You are recused from this student.")
