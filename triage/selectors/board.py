"""The board: every assessed student the person may read, filtered and ordered, in one query."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.db.models import TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.selectors import User
from matchweek.models import Cycle
from matchweek.specialties import specialty_name
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
    """Return the board as asked for. One query; `since` is when the person last looked."""
    lines = _lines(user, cycle, since)
    shown = sorted((line for line in lines if _answers(line, asked)), key=_key(asked.order))
    by_tier = Counter(line.row.tier for line in lines)
    reasons = Counter(code for line in lines for code in line.attention)
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
    """One row of the query: a student's current assessment, beside one of the decisions on them or none."""

    pk: int
    first_name: str
    preferred_name: str
    last_name: str
    specialty: str | None
    status: str
    advisor_id: int | None
    advisor_name: str | None
    advisor_email: str | None
    tier: int
    points: int
    changed_at: datetime
    chips: str
    strands: str
    missing: str
    reasons: str
    decision: int | None
    decided_tier: int
    tier_then: int
    decided_at: datetime
    needs_second: bool
    agrees: bool | None
    reopened_at: datetime | None
    points_then: int
    reasons_then: str


_COLUMNS = (
    "student_id",
    "student__first_name",
    "student__preferred_name",
    "student__last_name",
    "student__applied_specialty_id",
    "student__match_status",
    "student__advisor_id",
    "student__advisor__name",
    "student__advisor__email",
    "recommended_tier",
    "points",
    "changed_at",
    "chips_text",
    "strands_text",
    "missing_text",
    "reasons_text",
    "student__decisions__pk",
    "student__decisions__tier",
    "student__decisions__recommended_tier",
    "student__decisions__decided_at",
    "student__decisions__needs_second",
    "student__decisions__second__agrees",
    "student__decisions__reopening__reopened_at",
    "student__decisions__assessment__points",
    "reasons_then",
)


def _lines(user: User, cycle: Cycle, since: datetime | None) -> list[Line]:
    """Return a line per student. JSON comes as text: what is shown of it is parsed once per different text."""
    found = (
        Assessment.objects.current()
        .filter(student__in=readable_students(user, cycle))
        .annotate(
            chips_text=Cast("chips", TextField()),
            strands_text=Cast("strands", TextField()),
            missing_text=Cast("missing", TextField()),
            reasons_text=Cast("reasons", TextField()),
            reasons_then=Cast("student__decisions__assessment__reasons", TextField()),
        )
        .order_by("student__decisions__pk")
        .values_list(*_COLUMNS)
    )
    by_student: dict[int, list[_Read]] = {}
    for values in found:
        by_student.setdefault(values[0], []).append(_Read._make(values))
    stem = reverse("triage:dossier", args=[cycle.slug, 0]).removesuffix("0/")
    sees_aside = bool(can_see_set_aside(user, cycle))
    return [_line(reads, stem, sees_aside, since) for reads in by_student.values()]


def _line(reads: list[_Read], stem: str, sees_aside: bool, since: datetime | None) -> Line:
    here = reads[-1]
    held = next((each for each in reversed(reads) if _is_in_force(each)), None)
    waits = any(_waits(each) for each in reads)
    has_changed = held is not None and _differs(held)
    is_new = since is not None and _is_new(reads, since)
    tier = held.decided_tier if held else here.tier
    name = f"{here.preferred_name or here.first_name} {here.last_name}".strip()
    row = BoardRow(
        url=f"{stem}{here.pk}/",
        name=name,
        specialty=specialty_name(here.specialty) if here.specialty else "",
        status=str(MatchStatus(here.status).label),
        is_partial=here.status in _NAMED_STATUSES,
        advisor=here.advisor_name or here.advisor_email or "",
        tier=tier,
        points=None if tier == Tier.LONGER_PLAN else here.points,
        is_decided=held is not None,
        waits_for_second=waits,
        override_from=held.tier_then if held and held.tier_then != held.decided_tier else 0,
        has_changed=has_changed,
        is_new=is_new,
        chips=here.chips,
        sees_aside=sees_aside,
    )
    return Line(
        row=row,
        pk=here.pk,
        sort_name=folded(f"{here.last_name} {name}"),
        points=here.points,
        specialty=here.specialty or "",
        advisor=str(here.advisor_id or ""),
        status=here.status,
        attention=_attention(here, has_changed, waits),
        is_new=is_new,
    )


# Shown on a row, because the way to a place differs.
_NAMED_STATUSES = frozenset({MatchStatus.PARTIAL_ADVANCED_ONLY, MatchStatus.PARTIAL_PRELIM_ONLY})


def _is_in_force(read: _Read) -> bool:
    return read.decision is not None and read.reopened_at is None and (not read.needs_second or bool(read.agrees))


def _waits(read: _Read) -> bool:
    return read.decision is not None and read.reopened_at is None and read.needs_second and read.agrees is None


def _differs(held: _Read) -> bool:
    """Whether the policy says something else now than it said to those who decided."""
    return (held.tier, held.points, held.reasons) != (held.tier_then, held.points_then, held.reasons_then)


def _is_new(reads: list[_Read], since: datetime) -> bool:
    """Whether tier, points or decision became what they are after `since`."""
    moments = [reads[0].changed_at, *(each.decided_at for each in reads), *(each.reopened_at for each in reads)]
    return any(moment is not None and moment > since for moment in moments)


def _attention(read: _Read, has_changed: bool, waits: bool) -> tuple[str, ...]:
    lacks = _lacks(read.strands, read.missing)
    if has_changed:
        lacks = (*lacks, "changed")
    return (*lacks, "second") if waits else lacks


@lru_cache(maxsize=1024)
def _lacks(strands: str, missing: str) -> tuple[str, ...]:
    levels, absent = json.loads(strands), json.loads(missing)
    lacks = {
        "unasked": levels["known"] == "unasked",
        "unplaceable": levels["placeable"] == "unlikely",
        "no_advocate": "advocate" in absent,
    }
    return tuple(code for code, is_lacking in lacks.items() if is_lacking)


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
