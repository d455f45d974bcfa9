"""Evidence as cards: a card is exactly what it shows, so that one rendering serves all who see the same."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.urls import reverse
from django.utils.text import capfirst

from accounts.models import Person
from core.clock import EASTERN
from students.enums import ConflictKind, Strength, VouchAnswer
from students.models import AcademicEvent, AdvisingNote, Concern, Conflict, Vouch, VouchRequest
from students.selectors.standing import Standing


class Act(NamedTuple):
    """A link under a card."""

    label: str
    url: str


class Card(NamedTuple):
    """One piece of evidence: when · what · who · whether it counts · own words; a concern carries its response."""

    ref: str
    when: str
    what: str
    look: str = ""
    state_words: str = ""
    by: str = ""
    say: str = ""
    mend: str = ""
    response: str = ""
    acts: tuple[Act, ...] = ()


@lru_cache(maxsize=16_384)
def page_url(name: str, slug: str, *ids: int | str) -> str:
    """Return the address of a page about a student or a piece of evidence; a dossier has dozens of them."""
    return reverse(f"students:{name}", args=[slug, *ids])


class Linker(NamedTuple):
    """Makes the links a viewer may use: history where it is open to them, the rest for who may edit."""

    slug: str
    student_id: int
    may_edit: bool

    def url(self, name: str, kind: str, pk: int) -> str:
        """Return one page's address."""
        return page_url(f"evidence-{name}", self.slug, self.student_id, kind, pk)

    def page(self, name: str, pk: int) -> str:
        """Return the address of a page that one kind of evidence has for itself."""
        return page_url(name, self.slug, self.student_id, pk)

    def acts(
        self, kind: str, pk: int, *, history: bool = True, change: bool = True, withdraw: bool = True
    ) -> tuple[Act, ...]:
        """Return History, Change and Withdraw as far as they are open."""
        offered = (
            ("History", "history", history),
            ("Change", "change", change and self.may_edit),
            ("Withdraw", "withdraw", withdraw and self.may_edit),
        )
        return tuple(Act(label, self.url(name, kind, pk)) for label, name, is_open in offered if is_open)


def day_words(on: date | None) -> str:
    """Write a date as "9 Mar 2027"; nothing when it is not known."""
    return f"{on.day} {on:%b %Y}" if on else ""


def person_words(person: Person | None, position: str = "") -> str:
    """Write a name with the position."""
    if person is None:
        return ""
    position = (position or person.position).replace("_", " ")
    return f"{person}, {position}" if position else str(person)


def _weeks(count: int) -> str:
    return f"{count} week" if count == 1 else f"{count} weeks"


def vouch_card(vouch: Vouch, standing: Standing, *, shows_text: bool, acts: tuple[Act, ...]) -> Card:
    """Draw a vouch. The text of a caution is closed to meeting members: they see only that there is one."""
    relationship = vouch.relationship if shows_text else ""
    facts = (vouch.get_strength_display(), _weeks(vouch.weeks_observed), relationship)
    what = ", ".join(fact for fact in facts if fact)
    mend = standing.mend
    if vouch.strength == Strength.CAUTION:
        mend = "Never counts. Its author was asked to document a concern" + (
            "." if shows_text else "; the words are closed to the meeting."
        )
    by = person_words(vouch.faculty, vouch.faculty_position)
    if vouch.willing_to_advocate:
        by += " · willing to advocate"
    return Card(
        f"vouch:{vouch.pk}",
        day_words(vouch.entered_at.astimezone(EASTERN).date()),
        what,
        standing.look,
        standing.words,
        by,
        vouch.statement if shows_text else "",
        mend,
        acts=acts,
    )


_ANSWERS = {
    VouchAnswer.ASKED: ("wait", "Unanswered"),
    VouchAnswer.ANSWERED: ("zero", "Answered"),
    VouchAnswer.DECLINED: ("zero", "Declined"),
    VouchAnswer.UNANSWERED: ("zero", "Unanswered, closed"),
}


def request_card(request: VouchRequest, *, today: date, acts: tuple[Act, ...]) -> Card:
    """Draw a request with the days it has been waiting."""
    look, words = _ANSWERS[VouchAnswer(request.status)]
    days = (today - request.asked_on).days
    waiting = ""
    if request.status == VouchAnswer.ASKED:
        waiting = "Asked today" if days <= 0 else f"No answer after {days} day{'' if days == 1 else 's'}"
    elif request.declined_why:
        waiting = request.get_declined_why_display().capitalize()
    return Card(
        f"request:{request.pk}",
        day_words(request.asked_on),
        f"Asked: {person_words(request.faculty)}",
        look,
        words,
        waiting,
        acts=acts,
    )


def concern_card(concern: Concern, standing: Standing, *, acts: tuple[Act, ...]) -> Card:
    """Draw a concern with its standing and, inside, the student's response."""
    facts = [f"Reported by {person_words(concern.reported_by)}" if concern.reported_by else "Nobody named as reporter"]
    facts.append("seen first-hand" if concern.first_hand else "not seen first-hand")
    facts.append(f"record {concern.record_reference}" if concern.record_reference else "no record")
    facts.append(
        f"student told {day_words(concern.student_told_on)}" if concern.student_told_on else "student not told"
    )
    if concern.settled_by:
        facts.append(f"{concern.get_status_display()} by {concern.settled_by}: {concern.settled_reason}")
    elif concern.settled_reason:
        facts.append(f"{concern.get_status_display()}: {concern.settled_reason}")
    return Card(
        f"concern:{concern.pk}",
        day_words(concern.happened_on),
        f"{concern.get_kind_display().capitalize()}, {concern.get_severity_display()}, {concern.get_status_display()}",
        standing.look,
        standing.words,
        " · ".join(facts),
        concern.summary,
        standing.mend,
        response_words(concern),
        acts,
    )


def response_words(concern: Concern) -> str:
    """Write the student's response with its day."""
    if not concern.student_response_on:
        return ""
    words = f": “{concern.student_response}”" if concern.student_response else "; the words are on paper."
    return f"The student responded {day_words(concern.student_response_on)}{words}"


def academic_card(event: AcademicEvent, standing: Standing, *, acts: tuple[Act, ...]) -> Card:
    """Draw an academic event."""
    return Card(
        f"academic:{event.pk}",
        day_words(event.happened_on),
        event.get_kind_display().capitalize(),
        standing.look,
        standing.words,
        say=event.note,
        acts=acts,
    )


def advising_card(note: AdvisingNote, standing: Standing, *, acts: tuple[Act, ...]) -> Card:
    """Draw a piece of advice."""
    return Card(
        f"advising:{note.pk}",
        day_words(note.noted_on),
        f"Advice: {note.get_kind_display()}, {note.get_followed_display()}",
        standing.look,
        standing.words,
        person_words(note.advisor),
        note.advice,
        acts=acts,
    )


def conflict_card(conflict: Conflict, *, shows_note: bool, acts: tuple[Act, ...]) -> Card:
    """Draw a declared relation; a recusal names who is kept out."""
    if conflict.lifted_at:
        words = f"Recusal lifted {day_words(conflict.lifted_at.astimezone(EASTERN).date())}"
    else:
        words = "Recused" if conflict.is_recusal else "Shown, stays"
    return Card(
        f"conflict:{conflict.pk}",
        day_words(conflict.declared_on),
        str(conflict.person),
        "zero",
        words,
        capfirst(ConflictKind(conflict.kind).label),
        conflict.note if shows_note else "",
        f"Lifted by {conflict.lifted_by}: {conflict.lifted_reason}" if conflict.lifted_at and shows_note else "",
        acts=acts,
    )
