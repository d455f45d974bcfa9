"""The agenda as one person may read it: a row of an item they are recused from says the fact and nothing more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.selectors import User
from students.models import Conflict
from triage.enums import ItemStatus
from triage.models import AgendaItem, Assessment, Decision, Meeting

RECUSED_NAME = "You are recused"


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One item. On a recused row everything but place and kind is blank, whoever the student is."""

    pk: int
    place: int
    name: str
    is_recused: bool = False
    recusal_words: str = ""
    status: str = ""
    status_words: str = ""
    recommended: int = 0
    points: int | None = None
    tier: int = 0
    is_override: bool = False
    is_unasked: bool = False
    has_changed: bool = False

    @property
    def label(self) -> str:
        """The item in a list of choices: its place, and the name where it may be known."""
        return f"item {self.place}" if self.is_recused else f"item {self.place}, {self.name}"

    @property
    def is_decided(self) -> bool:
        """Whether a decision is in force; never said of a recused row."""
        return self.status == ItemStatus.DECIDED


@dataclass(frozen=True, slots=True)
class Agenda:
    """Every listed item, with what four queries told of them all."""

    rows: tuple[AgendaRow, ...]
    items: Mapping[int, AgendaItem]
    recusals: Mapping[int, Mapping[int, Conflict]]
    decisions: Mapping[int, Decision]

    def recusal_of(self, person_id: int, item: AgendaItem) -> Conflict | None:
        """Return what keeps a person from an item."""
        return self.recusals.get(item.student_id, {}).get(person_id)

    def leaderless(self, meeting: Meeting) -> tuple[AgendaRow, ...]:
        """Return the items that nobody could lead: the chair is recused, and no acting chair is there for them."""
        return tuple(
            row
            for row in self.rows
            if self.recusal_of(meeting.chair_id, self.items[row.pk])
            and (meeting.acting_chair_id is None or self.recusal_of(meeting.acting_chair_id, self.items[row.pk]))
        )


def read_agenda(meeting: Meeting, user: User) -> Agenda:
    """Return the agenda as the person may read it. Four queries, however long it is."""
    items = list(meeting.items.listed().select_related("student"))
    for item in items:
        item.meeting = meeting
        item.student.cycle = meeting.cycle
    students = [item.student_id for item in items]
    recusals = read_recusals(students)
    said = {
        each.student_id: each
        for each in Assessment.objects.current()
        .filter(student__in=students)
        .only("student_id", "recommended_tier", "points", "reasons")
    }
    decisions = _latest_decisions(meeting)
    rows = tuple(
        _recused_row(item, conflict)
        if (conflict := recusals.get(item.student_id, {}).get(user.pk))
        else _row(item, said.get(item.student_id), decisions.get(item.pk))
        for item in items
    )
    return Agenda(rows, {item.pk: item for item in items}, recusals, decisions)


def read_recusals(student_ids: list[int]) -> dict[int, dict[int, Conflict]]:
    """Return who is recused from which of these students, and why: by student, by person."""
    found: defaultdict[int, dict[int, Conflict]] = defaultdict(dict)
    recusing = Conflict.objects.recusing().filter(student__in=student_ids)
    for conflict in recusing.select_related("person", "entered_by").order_by("pk"):
        found[conflict.student_id].setdefault(conflict.person_id, conflict)
    return dict(found)


def _latest_decisions(meeting: Meeting) -> dict[int, Decision]:
    """Return by item the decision that stands: not reopened, and not refused by a second officer."""
    standing = Decision.objects.standing().filter(item__meeting=meeting)
    return {each.item_id: each for each in standing.select_related("decided_by").order_by("decided_at", "pk")}


def _recused_row(item: AgendaItem, conflict: Conflict) -> AgendaRow:
    return AgendaRow(
        pk=item.pk,
        place=item.place,
        name=RECUSED_NAME,
        is_recused=True,
        recusal_words=str(conflict.get_kind_display()),
    )


def _row(item: AgendaItem, said: Assessment | None, decision: Decision | None) -> AgendaRow:
    is_decided = item.status == ItemStatus.DECIDED and decision is not None
    return AgendaRow(
        pk=item.pk,
        place=item.place,
        name=item.student.name,
        status=item.status,
        status_words=str(item.get_status_display()),
        recommended=said.recommended_tier if said else 0,
        points=said.points if said else None,
        tier=decision.tier if is_decided and decision else 0,
        is_override=bool(is_decided and decision and decision.is_override),
        is_unasked=said is not None and "known_unasked" in said.reasons,
        has_changed=bool(is_decided and decision and said and said.pk != decision.assessment_id),
    )
