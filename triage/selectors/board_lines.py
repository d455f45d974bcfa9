"""What the board reads of each student, in two queries, and the line it makes of it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from itertools import starmap
from typing import Any, NamedTuple

from django.db.models import Case, F, FilteredRelation, Q, TextField, Value, When
from django.db.models.functions import Cast

from accounts.selectors import User
from matchweek.models import Cycle
from matchweek.specialties import specialties
from students.enums import MatchStatus
from triage.enums import Tier
from triage.models import Decision
from triage.rows import BoardRow
from triage.selectors.assessment import readable_students


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


class Read(NamedTuple):
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
    is_fresh: str
    is_new: str


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


class Decided(NamedTuple):
    """A decision that was not reopened, and what the policy had said to those who made it."""

    student_id: int
    tier: int
    tier_then: int
    points_then: int
    reasons_then: str
    state: str
    is_new: str


_IN_FORCE, _WAITS, _REFUSED = "in force", "waits", "refused"
_DECISION_COLUMNS = (
    "student_id",
    "tier",
    "recommended_tier",
    "assessment__points",
    "reasons_text",
    "state",
    "is_new",
)


def read_students(user: User, cycle: Cycle, since: datetime | None) -> tuple[Read, ...]:
    """Return what the board reads of each student.

    Columns and text only: dates, truth values and computed numbers would be converted row by row, and JSON stays text,
    parsed once per different text. A flag is "1" or blank.
    """
    rows = (
        readable_students(user, cycle)
        .annotate(held=FilteredRelation("assessments", condition=Q(assessments__is_current=True)))
        .annotate(
            chips_text=Cast("held__chips", TextField()),
            missing_text=Cast("held__missing", TextField()),
            reasons_text=Cast("held__reasons", TextField()),
            is_fresh=_flag(
                held__evidence_number=F("evidence_number"),
                held__market_number=cycle.market_number,
                held__policy__is_active=True,
            ),
            is_new=_flag(held__changed_at__gt=since) if since else _BLANK,
        )
        .order_by()
    )
    return tuple(starmap(Read, rows.values_list(*_COLUMNS)))


def read_decisions(cycle: Cycle, since: datetime | None) -> tuple[Decided, ...]:
    """Return the decisions that were not reopened; the latest last."""
    rows = (
        Decision.objects.not_reopened()
        .filter(student__cycle=cycle)
        .annotate(
            reasons_text=Cast("assessment__reasons", TextField()),
            state=Case(
                When(Q(needs_second=False) | Q(second__agrees=True), then=Value(_IN_FORCE)),
                When(second__isnull=True, then=Value(_WAITS)),
                default=Value(_REFUSED),
                output_field=TextField(),
            ),
            is_new=_flag(decided_at__gt=since) if since else _BLANK,
        )
        .order_by("pk")
    )
    return tuple(starmap(Decided, rows.values_list(*_DECISION_COLUMNS)))


_BLANK = Value("", output_field=TextField())


def _flag(**condition: Any) -> Case:
    return Case(When(**condition, then=Value("1")), default=_BLANK, output_field=TextField())


def board_lines(reads: Iterable[Read], decided: Iterable[Decided], stem: str, *, sees_aside: bool) -> list[Line]:
    """Make a line per assessed student that was read, with what the meeting decided. `stem` begins a dossier's URL."""
    by_student: dict[int, tuple[Decided, ...]] = {}
    for each in decided:
        by_student[each.student_id] = (*by_student.get(each.student_id, ()), each)
    return [_line(read, by_student.get(read.pk, ()), stem, sees_aside) for read in reads if read.tier is not None]


@lru_cache(maxsize=8192)
def _line(read: Read, decided: tuple[Decided, ...], stem: str, sees_aside: bool) -> Line:
    """Make a line, once per what was read of the student."""
    held, waits, is_new = None, False, bool(read.is_new)
    for each in decided:
        held = each if each.state == _IN_FORCE else held
        waits = each.state == _WAITS
        is_new = is_new or bool(each.is_new)
    has_changed = held is not None and _differs(read, held)
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


def _differs(read: Read, held: Decided) -> bool:
    """Whether the policy says something else now than it said to those who decided."""
    return (read.tier, read.points, read.reasons) != (held.tier_then, held.points_then, held.reasons_then)


def _attention(read: Read, has_changed: bool, waits: bool) -> tuple[str, ...]:
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
