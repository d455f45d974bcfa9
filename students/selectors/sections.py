"""The sections of a dossier, each from its rows: what is closed to the reader is left out here, not in a template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from accounts.permissions import has_ability
from accounts.roles import Ability
from accounts.selectors import User
from core.clock import EASTERN, now
from core.timeline import Timelines, lay_out_both
from matchweek.models import Cycle
from students.enums import Exam, ExamResult, Grade, Strength, VouchAnswer
from students.models import (
    AcademicEvent,
    AdvisingNote,
    ClerkshipEvaluation,
    Concern,
    Conflict,
    Evidence,
    ExamAttempt,
    Student,
    Vouch,
    VouchRequest,
)
from students.permissions import Footing, Section
from students.selectors import cards
from students.selectors.cards import Act, Card, Linker, day_words, page_url
from students.selectors.compiled import CompiledRows
from students.selectors.standing import Standing, Standings, concern_standing, standing_of


class ExamRow(NamedTuple):
    """One attempt, as the table under the timeline says it."""

    ref: str
    exam: str
    on: str
    result: str
    score: str
    acts: tuple[Act, ...]


class EvaluationRow(NamedTuple):
    """One clerkship. `vouch` is nothing when vouches are closed to the viewer; `ask_url` when they may not ask."""

    ref: str
    clerkship: str
    grade: str
    on: str
    evaluator: str
    vouch: str
    ask_url: str
    comment: str
    acts: tuple[Act, ...]


@dataclass(slots=True)
class Reading:
    """Who reads what of whom: carried through the sections."""

    student: Student
    user: User
    cycle: Cycle
    footing: Footing
    standings: Standings
    linker: Linker

    def shows(self, section: Section) -> bool:
        """Tell whether a section is open."""
        return section in self.footing.sections

    def standing(self, kind: str, pk: int) -> Standing:
        """Return what the assessment said of a piece."""
        return standing_of(self.standings.get(f"{kind}:{pk}"), kind=kind, cycle=self.cycle)


_ROWS: Mapping[type[Evidence], CompiledRows[Any]] = {
    ExamAttempt: CompiledRows(ExamAttempt.objects.standing()),
    ClerkshipEvaluation: CompiledRows(ClerkshipEvaluation.objects.standing(), "evaluator"),
    AcademicEvent: CompiledRows(AcademicEvent.objects.standing()),
    Concern: CompiledRows(Concern.objects.standing(), "reported_by", "settled_by"),
    Vouch: CompiledRows(Vouch.objects.standing(), "faculty"),
    VouchRequest: CompiledRows(VouchRequest.objects.standing(), "faculty"),
    AdvisingNote: CompiledRows(AdvisingNote.objects.standing(), "advisor"),
}


def rows(model: type[Evidence], reading: Reading, section: Section) -> list[Any]:
    """Return the standing rows of one kind, none when the section is closed."""
    return _ROWS[model].of(reading.student.pk) if reading.shows(section) else []


def exam_timeline(attempts: Iterable[ExamAttempt]) -> Timelines:
    """Lay the attempts out on one axis, a lane per examination in their usual order."""
    lanes: dict[str, list[Any]] = {}
    for each in sorted(attempts, key=lambda attempt: Exam.values.index(attempt.exam)):
        score = f", {each.score}" if each.score else ""
        label = f"{each.taken_on:%b %y}, {each.get_result_display()}{score}"
        lanes.setdefault(each.get_exam_display(), []).append((each.taken_on, each.result == ExamResult.PASS, label))
    return lay_out_both(list(lanes.items()))


def exam_rows(reading: Reading, attempts: Iterable[ExamAttempt]) -> tuple[ExamRow, ...]:
    """Return the attempts as the table under the timeline."""
    return tuple(
        ExamRow(
            f"exam:{each.pk}",
            each.get_exam_display(),
            day_words(each.taken_on),
            each.get_result_display(),
            str(each.score or ""),
            reading.linker.acts("exam", each.pk),
        )
        for each in attempts
    )


def exam_note(attempts: list[ExamAttempt]) -> str:
    """Say how many attempts failed."""
    failed = sum(each.result == ExamResult.FAIL for each in attempts)
    if not attempts:
        return ""
    return f"{failed} failed attempt{'' if failed == 1 else 's'}" if failed else "Every attempt passed"


def evaluation_rows(
    reading: Reading,
    evaluations: Iterable[ClerkshipEvaluation],
    vouches: Iterable[Vouch],
    requests: Iterable[VouchRequest],
) -> tuple[EvaluationRow, ...]:
    """Return the clerkships, each with whether its evaluator vouched or was asked."""
    said = {each.faculty_id: Strength(each.strength).label.lower() for each in reversed(list(vouches))}
    asked = {each.faculty_id: VouchAnswer(each.status).label for each in requests}
    return tuple(_evaluation_row(reading, each, said, asked) for each in evaluations)


def _evaluation_row(
    reading: Reading, each: ClerkshipEvaluation, said: Mapping[int, str], asked: Mapping[int, str]
) -> EvaluationRow:
    vouch, ask_url = "", ""
    if each.evaluator_id and reading.shows(Section.VOUCHES):
        vouch = said.get(each.evaluator_id) or asked.get(each.evaluator_id) or "Not asked yet"
        if vouch == "Not asked yet" and reading.linker.may_edit:
            page = page_url("vouch-request", reading.cycle.slug, reading.student.pk)
            ask_url = f"{page}?person={each.evaluator_id}"
    return EvaluationRow(
        f"evaluation:{each.pk}",
        each.clerkship,
        each.get_grade_display(),
        day_words(each.evaluated_on),
        str(each.evaluator or ""),
        vouch,
        ask_url,
        each.comment,
        reading.linker.acts("evaluation", each.pk),
    )


def evaluation_note(evaluations: list[ClerkshipEvaluation]) -> str:
    """Count the Honors."""
    honors = sum(each.grade == Grade.HONORS for each in evaluations)
    return f"{honors} Honors; comments never move a tier" if evaluations else ""


def academic_cards(reading: Reading) -> tuple[Card, ...]:
    """Draw the academic events."""
    events: list[AcademicEvent] = rows(AcademicEvent, reading, Section.ACADEMICS)
    return tuple(
        cards.academic_card(each, reading.standing("academic", each.pk), acts=reading.linker.acts("academic", each.pk))
        for each in events
    )


def concern_cards(reading: Reading) -> tuple[Card, ...]:
    """Draw the concerns; what is set aside only where that is open. Their history tells of it, so it goes along."""
    concerns: list[Concern] = rows(Concern, reading, Section.CONCERNS)
    sees_aside = reading.shows(Section.SET_ASIDE)
    drawn = []
    for each in concerns:
        standing = concern_standing(each, reading.standings.get(f"concern:{each.pk}"), reading.cycle)
        if standing.is_aside and not sees_aside:
            continue
        acts = reading.linker.acts("concern", each.pk, history=sees_aside)
        if reading.linker.may_edit:
            acts += (Act("Settle", reading.linker.page("concern-settle", each.pk)),)
        drawn.append(cards.concern_card(each, standing, acts=acts))
    return tuple(drawn)


def vouch_cards(reading: Reading, vouches: list[Vouch], requests: list[VouchRequest]) -> tuple[Card, ...]:
    """Draw vouches, then the requests that no vouch answered."""
    answered = {each.faculty_id for each in vouches}
    today = now().astimezone(EASTERN).date()
    return (
        *(_vouch_card(reading, each) for each in vouches),
        *(
            cards.request_card(each, today=today, acts=_request_acts(reading, each))
            for each in requests
            if each.faculty_id not in answered
        ),
    )


def _vouch_card(reading: Reading, vouch: Vouch) -> Card:
    """Draw one vouch. Its history may tell of a caution, so it is open where cautions are."""
    sees_cautions = reading.shows(Section.CAUTIONS)
    is_own = vouch.faculty_id == reading.user.pk
    acts = reading.linker.acts("vouch", vouch.pk, history=sees_cautions or is_own, change=False)
    if is_own:
        acts += (Act("Change", reading.linker.page("vouch-change", vouch.pk)),)
    shows_text = vouch.strength != Strength.CAUTION or sees_cautions or is_own
    return cards.vouch_card(vouch, reading.standing("vouch", vouch.pk), shows_text=shows_text, acts=acts)


def _request_acts(reading: Reading, request: VouchRequest) -> tuple[Act, ...]:
    acts = reading.linker.acts("request", request.pk)
    if reading.linker.may_edit and request.status == VouchAnswer.ASKED:
        acts += (Act("Record the answer", reading.linker.page("request-answer", request.pk)),)
    elif reading.linker.may_edit:
        page = page_url("vouch-request", reading.cycle.slug, reading.student.pk)
        acts += (Act("Ask again", f"{page}?person={request.faculty_id}"),)
    return acts


def advising_cards(reading: Reading) -> tuple[Card, ...]:
    """Draw the advice given."""
    notes: list[AdvisingNote] = rows(AdvisingNote, reading, Section.ADVISING)
    return tuple(
        cards.advising_card(each, reading.standing("advising", each.pk), acts=reading.linker.acts("advising", each.pk))
        for each in notes
    )


def conflict_cards(reading: Reading, conflicts: Iterable[Conflict]) -> tuple[Card, ...]:
    """Draw the declared relations; notes only for who also sees what was set aside."""
    shows_note = reading.shows(Section.SET_ASIDE)
    return tuple(
        cards.conflict_card(each, shows_note=shows_note, acts=_conflict_acts(reading, each)) for each in conflicts
    )


def _conflict_acts(reading: Reading, conflict: Conflict) -> tuple[Act, ...]:
    acts = reading.linker.acts("conflict", conflict.pk, withdraw=not conflict.is_recusal)
    may_lift = has_ability(reading.user, Ability.SECOND_OFFICER, reading.cycle.year)
    if conflict.is_recusal and may_lift and conflict.entered_by_id != reading.user.pk:
        acts += (Act("Lift", reading.linker.page("conflict-lift", conflict.pk)),)
    return acts
