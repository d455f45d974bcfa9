"""Reads about the cycle: its calendar on a page, the embargo, the clock strip and the one notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from core.clock import EASTERN, now
from matchweek.enums import MilestoneKind
from matchweek.models import Cycle, Milestone

Kind = MilestoneKind
_OPEN_FROM: tuple[tuple[MilestoneKind, str], ...] = (
    (Kind.RANK_DEADLINE, "Rank lists closed"),
    (Kind.SCHOOL_REPORT, "School review, embargoed"),
    (Kind.EMBARGO_LIFTS, "SOAP, unfilled list"),
    (Kind.APPLICATIONS_OPEN, "Applications"),
    (Kind.PROGRAMS_CONTACT, "Programs review and contact"),
    (Kind.ROUND_1_OPENS, "Round 1"),
    (Kind.ROUND_1_CLOSES, "Between rounds 1 and 2"),
    (Kind.ROUND_2_OPENS, "Round 2"),
    (Kind.ROUND_2_CLOSES, "Between rounds 2 and 3"),
    (Kind.ROUND_3_OPENS, "Round 3"),
    (Kind.ROUND_3_CLOSES, "Between rounds 3 and 4"),
    (Kind.ROUND_4_OPENS, "Round 4"),
    (Kind.ROUND_4_CLOSES, "After the rounds"),
    (Kind.SOAP_ENDS, "After SOAP"),
    (Kind.LIST_CLOSES, "Cycle over"),
)
_NEXT_WORDS = {
    Kind.RANK_DEADLINE: "Rank lists due",
    Kind.SCHOOL_REPORT: "School's report",
    Kind.EMBARGO_LIFTS: "Embargo lifts",
    Kind.PROGRAMS_CONTACT: "Programs may contact",
    Kind.LIST_CLOSES: "Unfilled list closes",
}


@dataclass(frozen=True, slots=True)
class ClockStrip:
    """What the official clock shows: server time, what is open, what comes next."""

    now_iso: str
    eastern_day: str
    eastern_time: str
    zone_label: str
    open_now: str
    next_words: str
    next_iso: str
    gone_percent: int
    is_rehearsal: bool
    rehearsal_words: str
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Notice:
    """The one standing condition a page tells about."""

    words: str
    url: str = ""
    link: str = ""


def eastern_words(moment: datetime, *, with_day: bool = True) -> str:
    """Write a time as `Thu 18 Mar 21:00`, Eastern."""
    local = moment.astimezone(EASTERN)
    clock = f"{local.hour}:{local:%M}"
    return f"{local:%a} {local.day} {local:%b} {clock}" if with_day else clock


def clock_strip(cycle: Cycle) -> ClockStrip:
    """Return the clock strip of a cycle at its own time."""
    moment = now()
    local = moment.astimezone(EASTERN)
    upcoming = next((each for each in cycle.calendar.values() if each.at > moment), None)
    return ClockStrip(
        now_iso=moment.isoformat(),
        eastern_day=f"{local:%a} {local.day} {local:%b}",
        eastern_time=f"{local.hour}:{local:%M}",
        zone_label="Eastern",
        open_now=_open_now(cycle, moment),
        next_words=_next_words(upcoming, moment),
        next_iso=upcoming.at.isoformat() if upcoming else "",
        gone_percent=_gone_percent(cycle, upcoming, moment),
        is_rehearsal=cycle.is_demo or bool(cycle.clock_shift),
        rehearsal_words="Demo, invented people" if cycle.is_demo else "Shifted clock",
    )


def _open_now(cycle: Cycle, moment: datetime) -> str:
    words = "Vouches and evidence"
    for kind, opened in _OPEN_FROM:
        if moment >= cycle.milestone(kind):
            words = opened
    return words


def _next_words(upcoming: Milestone | None, moment: datetime) -> str:
    if upcoming is None:
        return "Nothing more this cycle"
    words = _NEXT_WORDS.get(MilestoneKind(upcoming.kind), MilestoneKind(upcoming.kind).label)
    same_day = upcoming.at.astimezone(EASTERN).date() == moment.astimezone(EASTERN).date()
    return f"{words} {eastern_words(upcoming.at, with_day=not same_day)}"


def _gone_percent(cycle: Cycle, upcoming: Milestone | None, moment: datetime) -> int:
    if upcoming is None:
        return 100
    passed = [each.at for each in cycle.calendar.values() if each.at <= moment]
    start = max(passed, default=upcoming.at - timedelta(days=120))
    return round(100 * (moment - start) / (upcoming.at - start))


def is_embargoed(cycle: Cycle) -> bool:
    """Tell whether match results are known to the school and not yet free (PRODUCT.md, "Embargo").

    From the school's report, or from when results were loaded, until the embargo lifts.
    """
    moment = now()
    known = cycle.results_loaded_at is not None or moment >= cycle.milestone(Kind.SCHOOL_REPORT)
    return known and moment < cycle.milestone(Kind.EMBARGO_LIFTS)


def notice(cycle: Cycle, *, for_office: bool = True) -> Notice | None:
    """Return the gravest standing condition: the embargo, then the unconfirmed calendar.

    The calendar is told to those who can do something about it.
    """
    if is_embargoed(cycle):
        until = eastern_words(cycle.milestone(Kind.EMBARGO_LIFTS))
        return Notice(
            f"Embargoed until {until} Eastern. Results stay with the named attendees: no mail, no export, no printing "
            "outside the numbered packets."
        )
    confirmed = sum(each.confirmed_at is not None for each in cycle.calendar.values())
    if confirmed == len(cycle.calendar) or not for_office:
        return None
    return Notice(
        f"The {cycle.year} calendar is a draft: the match officer has confirmed {confirmed} of "
        f"{len(cycle.calendar)} times.",
        reverse("matchweek:calendar", args=[cycle.slug]),
        "See the calendar",
    )


def latest_cycle() -> Cycle | None:
    """Return the newest cycle, which `/` leads to."""
    return Cycle.objects.first()


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One time of the calendar and what hangs on it."""

    milestone: Milestone
    moves: str
    is_past: bool
    is_next: bool


_MOVES = {
    Kind.SCHOOL_REPORT: "starts the embargo; a concern counts only if the student was told 7 days before it",
    Kind.EMBARGO_LIFTS: "ends the embargo; matched students' records close; program directors may join",
    Kind.SOAP_ENDS: "program directors may enter vouches again",
}


def calendar_rows(cycle: Cycle) -> list[CalendarRow]:
    """Return the whole calendar in its order of time."""
    moment = now()
    times = list(cycle.milestones.select_related("confirmed_by"))
    upcoming = next((each for each in times if each.at > moment), None)
    return [
        CalendarRow(each, _MOVES.get(MilestoneKind(each.kind), ""), each.at <= moment, each == upcoming)
        for each in times
    ]
