"""Reads about the cycle: its calendar, the embargo, the clock strip, the one notice, and its outgoing mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.urls import reverse

from core import outbox
from core.clock import EASTERN, now
from core.enums import MessageStatus
from core.models import Message
from core.templatetags.components import eastern, eastern_time
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
    return f"{words} {eastern_time(upcoming.at) if same_day else eastern(upcoming.at)}"


def _gone_percent(cycle: Cycle, upcoming: Milestone | None, moment: datetime) -> int:
    if upcoming is None:
        return 100
    passed = [each.at for each in cycle.calendar.values() if each.at <= moment]
    start = max(passed, default=upcoming.at - timedelta(days=120))
    # A cycle more than 120 days off has not begun: its line is empty.
    return max(0, round(100 * (moment - start) / (upcoming.at - start)))


def results_known_from(cycle: Cycle) -> datetime:
    """Return when the school knew results: with its report, or when they were loaded, whichever was first."""
    report = cycle.milestone(Kind.SCHOOL_REPORT)
    return min(cycle.results_loaded_at or report, report)


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
        until = eastern(cycle.milestone(Kind.EMBARGO_LIFTS))
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


MAILS_SHOWN = 200


class MailRow(NamedTuple):
    """One mail as the office sees it: never its words, which may name a student or hold a personal link."""

    pk: int
    recipient: str
    subject: str
    due_at: datetime
    sent_at: datetime | None
    status: str
    words: str
    held: str
    trouble: str
    may_cancel: bool
    is_unsure: bool
    may_resend: bool


class MailGroups(NamedTuple):
    """The mail of a cycle by what is to be done about it."""

    unsure: list[MailRow]
    to_go: list[MailRow]
    refused: list[MailRow]
    gone: list[MailRow]
    more: int


def mail_groups(cycle: Cycle) -> MailGroups:
    """Return the cycle's mail: all that is open, and the latest of what went. Two queries."""
    mails = Message.objects.filter(cycle_id=cycle.pk)
    is_open = (MessageStatus.WAITING, MessageStatus.CLAIMED, MessageStatus.HANDING_OVER, MessageStatus.UNSURE)
    rows = [_row(each, cycle) for each in mails.filter(status__in=(*is_open, MessageStatus.REFUSED))]
    ended = mails.filter(status__in=(MessageStatus.SENT, MessageStatus.CANCELLED)).order_by("-due_at", "-pk")
    gone = [_row(each, cycle) for each in ended[: MAILS_SHOWN + 1]]
    return MailGroups(
        unsure=[row for row in rows if row.is_unsure],
        to_go=[row for row in rows if row.status in is_open and not row.is_unsure],
        refused=[row for row in rows if row.status == MessageStatus.REFUSED],
        gone=gone[:MAILS_SHOWN],
        more=max(0, len(gone) - MAILS_SHOWN),
    )


def _row(message: Message, cycle: Cycle) -> MailRow:
    status = MessageStatus(message.status)
    held = outbox.hold_on(message, cycle) if status == MessageStatus.WAITING else None
    words = "Stayed in the mailbox of the demo" if message.is_kept_here else str(status.label).capitalize()
    return MailRow(
        message.pk,
        message.recipient,
        message.subject,
        message.due_at,
        message.sent_at,
        status,
        words,
        held.why if held else "",
        message.trouble,
        may_cancel=status == MessageStatus.WAITING,
        is_unsure=status == MessageStatus.UNSURE,
        may_resend=status == MessageStatus.REFUSED,
    )


class KeptMail(NamedTuple):
    """A mail that stayed here, as its reader would have got it."""

    pk: int
    recipient: str
    subject: str
    sent_at: datetime | None
    parts: tuple[tuple[str, bool], ...]


def kept_mail(cycles: Iterable[Cycle]) -> list[KeptMail]:
    """Return the latest mail of demos and rehearsals that stayed here. One query."""
    mails = Message.objects.filter(is_kept_here=True, cycle_id__in=[each.pk for each in cycles])
    return [_kept(each) for each in mails.order_by("-sent_at", "-pk")[:MAILS_SHOWN]]


def _kept(message: Message) -> KeptMail:
    try:
        text = outbox.text_of(message)
    except outbox.Unfillable as unfillable:
        text = f"{message.body}\n\n({unfillable})"
    return KeptMail(message.pk, message.recipient, message.subject, message.sent_at, tuple(_parts(text)))


def _parts(text: str) -> Iterable[tuple[str, bool]]:
    """Yield the text's lines, each with whether it is an address to be clicked."""
    for line in text.splitlines():
        yield line, line.startswith(("http://", "https://"))
