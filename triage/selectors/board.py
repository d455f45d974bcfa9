"""The board: every assessed student the person may read, filtered and ordered."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from itertools import starmap
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.db.models import Case, F, FilteredRelation, IntegerField, Q, TextField, Value, When
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.selectors import User
from matchweek.models import Cycle
from matchweek.specialties import specialties
from students.enums import MatchStatus
from triage.enums import TIER_MEANING, Tier
from triage.models import Assessment, Decision
from triage.permissions import can_see_set_aside
from triage.rows import BoardRow, cards, table_rows
from triage.selectors.assessment import readable_students

COLUMNS_BELOW = 40
# What "needs attention" means, in the words the page prints.
ATTENTION: Mapping[str, str] = {
    "unasked": "nobody was asked to vouch",
    "unplaceable": "nowhere realistic to place",
    "no_advocate": "known, but nobody willing to advocate",
    "changed": "changed since it was decided",
    "second": "waits for a second officer",
}
ORDERS: Mapping[str, str] = {
    "points": "points",
    "name": "name",
    "specialty": "specialty",
    "open": "undecided first",
}


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What the person asked the board for; its query string brings the same board back."""

    find: str = ""
    specialty: str = ""
    advisor: str = ""
    status: str = ""
    attention: str = ""
    changed: str = ""
    order: str = ""
    view: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Read a query string, forgiving what it does not know."""
        return cls(**{each.name: str(query.get(each.name, "")).strip() for each in fields(cls)})

    @property
    def is_narrowing(self) -> bool:
        """Whether some students may be left out."""
        return any((self.find, self.specialty, self.advisor, self.status, self.attention, self.changed))

    @property
    def query(self) -> str:
        """The query string, without what is blank."""
        asked = {each.name: getattr(self, each.name) for each in fields(self)}
        return urlencode({name: value for name, value in asked.items() if value})


class Line(NamedTuple):
    """A student on the board: the row that is shown, and what it is found and ordered by."""

    row: BoardRow
    pk: int
    sort_name: str
    points: int
    specialty: str
    advisor: str
    status: str
    attention: tuple[str, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One tier of the board."""

    tier: int
    meaning: str
    count: int
    open: int
    cards: SafeString


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board shows to one person. Counts are of what this person may read, and of nothing else."""

    asked: BoardFilter
    view: str
    total: int
    decided: int
    counts: tuple[int, int, int]
    attention: int
    attention_words: tuple[tuple[str, int], ...]
    changed: int
    is_stale: bool
    since: datetime | None
    shown: int
    columns: tuple[Column, ...]
    table: SafeString
    specialties: list[tuple[str, str]]
    advisors: list[tuple[str, str]]
    statuses: list[tuple[str, str]]

    @property
    def open(self) -> int:
        """How many wait for a decision."""
        return self.total - self.decided


def load_board(user: User, cycle: Cycle, asked: BoardFilter, since: datetime | None) -> Board:
    """Return the board as asked for. Two queries; `since` is when the person last looked."""
    reads = _reads(user, cycle, since)
    lines = _lines(user, cycle, reads, since)
    found = [line for line in lines if _answers(line, asked)] if asked.is_narrowing else lines
    shown = sorted(found, key=_key(asked.order))
    by_tier = Counter(line.row.tier for line in lines)
    reasons = Counter(code for line in shown for code in line.attention)
    view = _view(asked.view, len(lines))
    return Board(
        asked=asked,
        view=view,
        total=len(lines),
        decided=sum(line.row.is_decided for line in lines),
        counts=(by_tier[1], by_tier[2], by_tier[3]),
        attention=sum(bool(line.attention) for line in lines),
        attention_words=tuple((said, reasons[code]) for code, said in ATTENTION.items() if reasons[code]),
        changed=sum(line.is_new for line in lines),
        is_stale=not all(read.is_fresh for read in reads),
        since=since,
        shown=len(shown),
        columns=tuple(_column(tier, shown) for tier in Tier) if view == "columns" else (),
        table=table_rows(line.row for line in shown) if view == "table" else SafeString(),
        specialties=_options((line.specialty, line.row.specialty) for line in lines),
        advisors=_options((line.advisor, line.row.advisor) for line in lines),
        statuses=_options((line.status, line.row.status) for line in lines),
    )


def _view(asked: str, total: int) -> str:
    if asked in {"columns", "table"}:
        return asked
    return "columns" if total < COLUMNS_BELOW else "table"


def _column(tier: Tier, shown: list[Line]) -> Column:
    rows = [line.row for line in shown if line.row.tier == tier]
    return Column(int(tier), TIER_MEANING[tier], len(rows), sum(not row.is_decided for row in rows), cards(rows))


def _options(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted({pair for pair in pairs if pair[0]}, key=lambda pair: (pair[1].casefold(), pair[0]))


def _answers(line: Line, asked: BoardFilter) -> bool:
    return (
        (not asked.find or folded(asked.find) in line.sort_name)
        and (not asked.specialty or line.specialty == asked.specialty)
        and (not asked.advisor or line.advisor == asked.advisor)
        and (not asked.status or line.status == asked.status)
        and (not asked.attention or bool(line.attention))
        and (not asked.changed or line.is_new)
    )


def by_points(tier: int, points: int, sort_name: str, pk: int) -> tuple[int, int, str, int]:
    """The board's own order: by tier, within it by points, then by name."""
    return tier, -points, sort_name, pk


def _key(order: str) -> Any:
    def usual(line: Line) -> tuple[Any, ...]:
        return by_points(line.row.tier, line.points, line.sort_name, line.pk)

    return {
        "name": lambda line: (line.sort_name, line.pk),
        "specialty": lambda line: (line.row.specialty.casefold(), *usual(line)),
        "open": lambda line: (line.row.is_decided, *usual(line)),
    }.get(order, usual)


class _Read(NamedTuple):
    """What the query brings of one student: own columns, then those of the current assessment, if there is one."""

    pk: int
    first_name: str
    preferred_name: str
    last_name: str
    specialty: str | None
    status: str
    advisor_id: int | None
    advisor_name: str | None
    advisor_email: str | None
    tier: int | None
    points: int
    chips: str
    missing: str
    reasons: str
    is_fresh: int
    is_new: int


_COLUMNS = (
    "pk",
    "first_name",
    "preferred_name",
    "last_name",
    "applied_specialty_id",
    "match_status",
    "advisor_id",
    "advisor__name",
    "advisor__email",
    "held__recommended_tier",
    "held__points",
    "chips_text",
    "missing_text",
    "reasons_text",
    "is_fresh",
    "is_new",
)


class _Decided(NamedTuple):
    """A decision that was not reopened, and what the policy had said to those who made it."""

    student_id: int
    tier: int
    tier_then: int
    points_then: int
    reasons_then: str
    state: int
    is_new: int


_IN_FORCE, _WAITS, _REFUSED = 2, 1, 0
_DECISION_COLUMNS = (
    "student_id",
    "tier",
    "recommended_tier",
    "assessment__points",
    "reasons_text",
    "state",
    "is_new",
)


def _reads(user: User, cycle: Cycle, since: datetime | None) -> list[_Read]:
    """Return what the board reads of each student.

    Only text and whole numbers are asked for, because SQLite's dates and truth values are converted row by row, and
    JSON stays text, parsed once per different text.
    """
    rows = (
        readable_students(user, cycle)
        .annotate(held=FilteredRelation("assessments", condition=Q(assessments__is_current=True)))
        .annotate(
            chips_text=Cast("held__chips", TextField()),
            missing_text=Cast("held__missing", TextField()),
            reasons_text=Cast("held__reasons", TextField()),
            is_fresh=_one_if(
                held__evidence_number=F("evidence_number"),
                held__market_number=cycle.market_number,
                held__policy__is_active=True,
            ),
            is_new=_one_if(held__changed_at__gt=since) if since else Value(0),
        )
        .order_by()
    )
    return list(starmap(_Read, rows.values_list(*_COLUMNS)))


def _decisions(cycle: Cycle, since: datetime | None) -> dict[int, list[_Decided]]:
    """Return the decisions that were not reopened, by student; the latest last."""
    rows = (
        Decision.objects.not_reopened()
        .filter(student__cycle=cycle)
        .annotate(
            reasons_text=Cast("assessment__reasons", TextField()),
            state=Case(
                When(Q(needs_second=False) | Q(second__agrees=True), then=_IN_FORCE),
                When(second__isnull=True, then=_WAITS),
                default=_REFUSED,
                output_field=IntegerField(),
            ),
            is_new=_one_if(decided_at__gt=since) if since else Value(0),
        )
        .order_by("pk")
    )
    found: dict[int, list[_Decided]] = {}
    for decided in starmap(_Decided, rows.values_list(*_DECISION_COLUMNS)):
        found.setdefault(decided.student_id, []).append(decided)
    return found


def _one_if(**condition: Any) -> Case:
    return Case(When(**condition, then=1), default=0, output_field=IntegerField())


def _lines(user: User, cycle: Cycle, reads: list[_Read], since: datetime | None) -> list[Line]:
    decisions = _decisions(cycle, since)
    stem = reverse("triage:dossier", args=[cycle.slug, 0]).removesuffix("0/")
    sees_aside = bool(can_see_set_aside(user, cycle))
    return [_line(read, decisions.get(read.pk, ()), stem, sees_aside) for read in reads if read.tier is not None]


def _line(read: _Read, decided: Sequence[_Decided], stem: str, sees_aside: bool) -> Line:
    held = _latest_in_force(decided) if decided else None
    waits = bool(decided) and decided[-1].state == _WAITS
    has_changed = held is not None and _differs(read, held)
    is_new = bool(read.is_new) or any(each.is_new for each in decided)
    tier = held.tier if held else read.tier or 0
    name = f"{read.preferred_name or read.first_name} {read.last_name}".strip()
    row = BoardRow(
        f"{stem}{read.pk}/",
        name,
        _SPECIALTIES[read.specialty] if read.specialty else "",
        _STATUSES[read.status],
        read.status in _NAMED_STATUSES,
        read.advisor_name or read.advisor_email or "",
        tier,
        None if tier == _TIER_3 else read.points,
        held is not None,
        waits,
        held.tier_then if held and held.tier_then != held.tier else 0,
        has_changed,
        is_new,
        read.chips,
        sees_aside,
    )
    return Line(
        row,
        read.pk,
        folded(f"{read.last_name} {name}"),
        read.points,
        read.specialty or "",
        str(read.advisor_id or ""),
        read.status,
        _attention(read, has_changed, waits),
        is_new,
    )


def _latest_in_force(decided: Sequence[_Decided]) -> _Decided | None:
    return next((each for each in reversed(decided) if each.state == _IN_FORCE), None)


def _differs(read: _Read, held: _Decided) -> bool:
    """Whether the policy says something else now than it said to those who decided."""
    return (read.tier, read.points, read.reasons) != (held.tier_then, held.points_then, held.reasons_then)


def _attention(read: _Read, has_changed: bool, waits: bool) -> tuple[str, ...]:
    lacks = _lacks(read.reasons, read.missing)
    if not (has_changed or waits):
        return lacks
    return (*lacks, *(["changed"] if has_changed else []), *(["second"] if waits else []))


# Shown on a row, because the way to a place differs.
_NAMED_STATUSES = frozenset({MatchStatus.PARTIAL_ADVANCED_ONLY.value, MatchStatus.PARTIAL_PRELIM_ONLY.value})
_STATUSES = {str(status.value): str(status.label) for status in MatchStatus}
_SPECIALTIES = {code: each.name for code, each in specialties().items()}
_TIER_3 = int(Tier.LONGER_PLAN)


@lru_cache(maxsize=1024)
def _lacks(reasons: str, missing: str) -> tuple[str, ...]:
    """What needs attention by the assessment alone."""
    said = {*json.loads(reasons), *json.loads(missing)}
    lacks = {"unasked": "known_unasked", "unplaceable": "placeable_unlikely", "no_advocate": "advocate"}
    return tuple(code for code, sign in lacks.items() if sign in said)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Reduce a name to what a search or an order should mind: no case and no accents."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(each for each in plain if not unicodedata.combining(each)).casefold()


class Neighbours(NamedTuple):
    """The students before and after one, in the board's own order, as this person sees it."""

    before: int | None
    after: int | None


def neighbours(user: User, cycle: Cycle, pk: int) -> Neighbours:
    """Return the students beside one on the person's board; both None when that one is not on it."""
    decided = dict(
        Decision.objects.in_force().filter(student__cycle=cycle).order_by("pk").values_list("student_id", "tier")
    )
    rows = Assessment.objects.current().filter(student__in=readable_students(user, cycle))
    columns = ("student_id", "recommended_tier", "points", "student__last_name", "student__preferred_name")
    ordered = sorted(
        (*by_points(decided.get(each, tier), points, folded(f"{last} {preferred or first} {last}"), each),)
        for each, tier, points, last, preferred, first in rows.values_list(*columns, "student__first_name")
    )
    pks = [each[-1] for each in ordered]
    if pk not in pks:
        return Neighbours(None, None)
    place = pks.index(pk)
    return Neighbours(pks[place - 1] if place else None, pks[place + 1] if place + 1 < len(pks) else None)
