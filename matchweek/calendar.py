"""The default calendar of a Match year, as Eastern wall times. A draft until the match officer confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from core.clock import EASTERN
from matchweek.enums import MilestoneKind

Kind = MilestoneKind

# Days from the Monday of Match Week, hour, minute: the pattern of 2026 and of the 2027 draft.
_PATTERN: Mapping[MilestoneKind, tuple[int, int, int]] = {
    Kind.RANK_DEADLINE: (-12, 21, 0),
    Kind.SCHOOL_REPORT: (0, 9, 30),
    Kind.EMBARGO_LIFTS: (0, 10, 0),
    Kind.APPLICATIONS_OPEN: (0, 11, 0),
    Kind.PROGRAMS_CONTACT: (1, 8, 0),
    Kind.SCHOOLS_REPORT: (2, 9, 0),
    Kind.ROUND_1_OPENS: (3, 9, 0),
    Kind.ROUND_1_CLOSES: (3, 11, 0),
    Kind.ROUND_2_OPENS: (3, 12, 0),
    Kind.ROUND_2_CLOSES: (3, 14, 0),
    Kind.ROUND_3_OPENS: (3, 15, 0),
    Kind.ROUND_3_CLOSES: (3, 17, 0),
    Kind.ROUND_4_OPENS: (3, 18, 0),
    Kind.ROUND_4_CLOSES: (3, 20, 0),
    Kind.SOAP_ENDS: (3, 21, 0),
    Kind.MATCH_DAY: (4, 12, 0),
}
SOURCE_OF_DRAFT = "Draft from the pattern of 2026"


def match_week_monday(year: int) -> date:
    """Return the Monday of Match Week: the third Monday of March."""
    first = date(year, 3, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 14)


def eastern(day: date, hour: int, minute: int = 0) -> datetime:
    """Return the aware datetime of an Eastern wall time."""
    return datetime.combine(day, time(hour, minute), tzinfo=EASTERN)


def default_calendar(year: int) -> dict[MilestoneKind, datetime]:
    """Return every milestone of a Match year at its usual time."""
    monday = match_week_monday(year)
    times = {
        kind: eastern(monday + timedelta(days=days), hour, minute) for kind, (days, hour, minute) in _PATTERN.items()
    }
    return times | {Kind.LIST_CLOSES: eastern(date(year, 5, 1), 0)}
