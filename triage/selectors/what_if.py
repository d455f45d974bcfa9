"""What another policy would say of the same dossiers: who would change, from where to where, and by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from accounts.selectors import User
from matchweek.models import Cycle
from matchweek.specialties import specialties
from students.enums import MatchStatus
from students.models import Student
from triage.dossiers import Read, StudentIds, load_dossiers, load_market
from triage.enums import Grouping, Tier
from triage.models import Decision
from triage.policy import Market, Rules, is_assessed, recommended_tier
from triage.policy.strands.placeable import accepted_types, usable_types
from triage.selectors.assessment import readable_students

_FEW = 300
"""Up to so many dossiers are asked for by their keys; more are read faster by one query for all."""


class Face(NamedTuple):
    """What a list shows of a student, and by what it groups. Nothing protected or private is read."""

    pk: int
    name: str
    sort_name: str
    specialty: str
    advisor: str
    status: str


class Mover(NamedTuple):
    """A student who would change."""

    face: Face
    group: str
    before: int
    after: int
    decided: int | None


@dataclass(frozen=True, slots=True)
class GroupLine:
    """How one group would move."""

    name: str
    total: int
    raised: int
    lowered: int
    before: tuple[int, int, int]
    after: tuple[int, int, int]


class Cell(NamedTuple):
    """One cell of the picture: how many go from a tier to a tier, and how dark it is drawn."""

    before: int
    after: int
    number: int
    x: int
    y: int
    ink: float

    @property
    def is_move(self) -> bool:
        """Whether these students change."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Shift:
    """Two answers on the same students, compared. Only students whom the viewer may read are in it."""

    total: int
    cells: tuple[Cell, ...]
    groups: tuple[GroupLine, ...]
    movers: tuple[Mover, ...]

    @property
    def unchanged(self) -> int:
        """How many stay where they are."""
        return self.total - len(self.movers)

    @property
    def raised(self) -> int:
        """How many come to a tier with more advocacy."""
        return sum(each.after < each.before for each in self.movers)

    @property
    def lowered(self) -> int:
        """How many come to a tier with less advocacy."""
        return sum(each.after > each.before for each in self.movers)

    @property
    def words(self) -> str:
        """The picture in words."""
        moves = [
            f"{cell.number} from Tier {cell.before} to Tier {cell.after}"
            for cell in self.cells
            if cell.is_move and cell.number
        ]
        return f"{', '.join(moves) or 'Nobody changes'}; {self.unchanged} of {self.total} stay"


def what_if(user: User, cycle: Cycle, before: Rules, after: Rules, grouping: Grouping) -> Shift:
    """Judge every dossier of the cycle that the person may read by both policies. The dossiers are loaded once."""
    faces, read, market = _load(user, cycle)
    answers = {
        pk: (recommended_tier(each.dossier, before, market), recommended_tier(each.dossier, after, market))
        for pk, each in read.items()
    }
    return _shift(faces, answers, _groups(faces, read, market, before, grouping), _decided(cycle))


def back_test(user: User, other: Cycle, rules: Rules, grouping: Grouping) -> Shift:
    """Compare what the meeting of another cycle decided with what this policy would recommend for those students.

    The evidence is what is on record today: what came in after the decision is read too.
    """
    faces, read, market = _load(user, other)
    decided = _decided(other)
    answers = {
        pk: (decided[pk], recommended_tier(each.dossier, rules, market)) for pk, each in read.items() if pk in decided
    }
    return _shift(faces, answers, _groups(faces, read, market, rules, grouping), decided)


def _load(user: User, cycle: Cycle) -> tuple[Mapping[int, Face], dict[int, Read], Market]:
    faces = _faces(user, cycle)
    wanted: StudentIds = list(faces) if len(faces) <= _FEW else Student.objects.of(cycle).assessed()
    read = {
        pk: each for pk, each in load_dossiers(wanted).items() if pk in faces and is_assessed(each.dossier.match_status)
    }
    return faces, read, load_market(cycle)


def _faces(user: User, cycle: Cycle) -> Mapping[int, Face]:
    columns = ("pk", "first_name", "preferred_name", "last_name", "applied_specialty_id", "match_status")
    rows: Iterable[tuple[Any, ...]] = readable_students(user, cycle).values_list(
        *columns, "advisor__name", "advisor__email"
    )
    known = {code: each.name for code, each in specialties().items()}
    statuses = {str(value): str(label) for value, label in MatchStatus.choices}
    return {
        pk: Face(
            pk,
            f"{preferred or first} {last}".strip(),
            f"{last}, {preferred or first}".casefold(),
            known.get(applied, "no specialty on record"),
            advisor or email or "no advisor",
            statuses[status],
        )
        for pk, first, preferred, last, applied, status, advisor, email in rows
    }


def _decided(cycle: Cycle) -> dict[int, int]:
    rows = Decision.objects.in_force().filter(student__cycle=cycle).order_by("pk")
    return dict(rows.values_list("student_id", "tier"))


def _groups(
    faces: Mapping[int, Face], read: Mapping[int, Read], market: Market, rules: Rules, grouping: Grouping
) -> Mapping[int, str]:
    """Name each student's group. A specialty's group is that of the policy compared with, so that it stays put."""
    if grouping != Grouping.SPECIALTY_GROUP:
        place = {Grouping.SPECIALTY: 3, Grouping.ADVISOR: 4, Grouping.MATCH_STATUS: 5}[grouping]
        return {pk: str(faces[pk][place]) for pk in read}
    return {pk: _specialty_group(each, market, rules) for pk, each in read.items()}


def _specialty_group(read: Read, market: Market, rules: Rules) -> str:
    dossier = read.dossier
    if not dossier.applied:
        return "no specialty on record"
    types = usable_types(dossier.match_status, accepted_types(dossier))
    return market.outlook(types, rules).groups[dossier.applied]


def _shift(
    faces: Mapping[int, Face],
    answers: Mapping[int, tuple[int, int]],
    groups: Mapping[int, str],
    decided: Mapping[int, int],
) -> Shift:
    movers = [
        Mover(faces[pk], groups[pk], before, after, decided.get(pk))
        for pk, (before, after) in answers.items()
        if before != after
    ]
    movers.sort(key=lambda each: (each.before, each.after, each.face.sort_name, each.face.pk))
    by_group: dict[str, list[tuple[int, int]]] = {}
    for pk, answer in answers.items():
        by_group.setdefault(groups[pk], []).append(answer)
    return Shift(
        total=len(answers),
        cells=_cells(Counter(answers.values())),
        groups=tuple(_group_line(name, by_group[name]) for name in sorted(by_group, key=str.casefold)),
        movers=tuple(movers),
    )


def _group_line(name: str, answers: list[tuple[int, int]]) -> GroupLine:
    before, after = Counter(each for each, _ in answers), Counter(each for _, each in answers)
    return GroupLine(
        name=name[:1].upper() + name[1:],
        total=len(answers),
        raised=sum(new < old for old, new in answers),
        lowered=sum(new > old for old, new in answers),
        before=(before[1], before[2], before[3]),
        after=(after[1], after[2], after[3]),
    )


_WIDTH, _HEIGHT, _LEFT, _TOP = 72, 40, 64, 34


def _cells(counts: Mapping[tuple[int, int], int]) -> tuple[Cell, ...]:
    most = max((count for (before, after), count in counts.items() if before != after), default=0)
    return tuple(
        Cell(
            int(before),
            int(after),
            counts.get((before, after), 0),
            _LEFT + (_WIDTH + 2) * (after - 1),
            _TOP + (_HEIGHT + 2) * (before - 1),
            round(0.08 + 0.32 * counts.get((before, after), 0) / most, 2) if most else 0.08,
        )
        for before in Tier
        for after in Tier
    )
