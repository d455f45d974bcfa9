"""The board: every assessed student the person may read, filtered and ordered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.selectors import User
from matchweek.models import Cycle
from triage.enums import TIER_MEANING, Tier
from triage.models import Assessment, Decision
from triage.permissions import can_see_set_aside
from triage.rows import cards, table_rows
from triage.selectors.assessment import readable_students
from triage.selectors.board_lines import Decided, Line, Read, board_lines, folded, read_decisions, read_students

COLUMNS_UP_TO = 40
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
    return _draw(
        read_students(user, cycle, since),
        read_decisions(cycle, since),
        asked,
        since,
        stem=reverse("triage:dossier", args=[cycle.slug, 0]).removesuffix("0/"),
        sees_aside=bool(can_see_set_aside(user, cycle)),
    )


@lru_cache(maxsize=32)
def _draw(
    reads: tuple[Read, ...],
    decided: tuple[Decided, ...],
    asked: BoardFilter,
    since: datetime | None,
    *,
    stem: str,
    sees_aside: bool,
) -> Board:
    """Draw the board once for what was read: whoever reads the same rows looks at the same board."""
    lines = board_lines(reads, decided, stem, sees_aside=sees_aside)
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
        table=table_rows(line.row for line in shown) if view == "table" else SafeString(""),
        specialties=_options((line.specialty, line.row.specialty) for line in lines),
        advisors=_options((line.advisor, line.row.advisor) for line in lines),
        statuses=_options((line.status, line.row.status) for line in lines),
    )


def _view(asked: str, total: int) -> str:
    if asked in {"columns", "table"}:
        return asked
    return "columns" if total <= COLUMNS_UP_TO else "table"


def _column(tier: Tier, shown: list[Line]) -> Column:
    rows = [line.row for line in shown if line.row.tier == tier]
    return Column(int(tier), TIER_MEANING[tier], len(rows), sum(not row.is_decided for row in rows), cards(rows))


def _options(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(((code, name) for code, name in dict(pairs).items() if code), key=lambda pair: pair[1].casefold())


def _answers(line: Line, asked: BoardFilter) -> bool:
    return (
        (not asked.find or folded(asked.find) in line.sort_name)
        and (not asked.specialty or line.specialty == asked.specialty)
        and (not asked.advisor or line.advisor == asked.advisor)
        and (not asked.status or line.status == asked.status)
        and (not asked.attention or bool(line.attention))
        and (not asked.changed or line.is_new)
    )


def _key(order: str) -> Any:
    def usual(line: Line) -> tuple[Any, ...]:
        return by_points(line.row.tier, line.points, line.sort_name, line.pk)

    return {
        "name": lambda line: (line.sort_name, line.pk),
        "specialty": lambda line: (line.row.specialty.casefold(), *usual(line)),
        "open": lambda line: (line.row.is_decided, *usual(line)),
    }.get(order, usual)


def by_points(tier: int, points: int, sort_name: str, pk: int) -> tuple[int, int, str, int]:
    """The board's own order: by tier, within it by points, then by name."""
    return tier, -points, sort_name, pk


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
