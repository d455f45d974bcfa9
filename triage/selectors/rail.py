"""The agenda rail of the room: where it stands, what comes when, and whom it is closed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils.text import capfirst

from accounts.selectors import User
from core.clock import now
from core.templatetags.components import eastern_time
from triage.enums import ItemStatus, MeetingStatus
from triage.models import AgendaItem, Meeting
from triage.selectors.agenda import Agenda, AgendaRow


@dataclass(frozen=True, slots=True)
class RailRow:
    """One line of the agenda rail."""

    row: AgendaRow
    is_room: bool
    is_shown: bool
    note: str


def room_item(agenda: Agenda) -> AgendaItem | None:
    """The open item, else the one that was open last: the room stays with it until the next is taken up."""
    taken_up = [item for item in agenda.items.values() if item.opened_at is not None]
    opened = next((item for item in taken_up if item.status == ItemStatus.OPEN), None)
    return opened or max(taken_up, key=lambda item: (item.opened_at, item.pk), default=None)


def rail_rows(
    agenda: Agenda, meeting: Meeting, room: AgendaItem | None, *, shown: AgendaItem | None, user: User
) -> tuple[RailRow, ...]:
    """Return a line per item; on recused ones nothing but the fact."""
    times = _planned_times(agenda, meeting, room)
    return tuple(
        RailRow(
            row=row,
            is_room=room is not None and row.pk == room.pk,
            is_shown=shown is not None and row.pk == shown.pk,
            note=_recused_note(row, meeting, user) if row.is_recused else _note(row, times),
        )
        for row in agenda.rows
    )


def _recused_note(row: AgendaRow, meeting: Meeting, user: User) -> str:
    words = capfirst(row.recusal_words)
    if user.pk == meeting.chair_id:
        return f"{words}. Acting chair: {meeting.acting_chair or 'not named yet'}"
    return words


def _note(row: AgendaRow, times: Mapping[int, str]) -> str:
    if row.is_override:
        words = f"Override of Tier {row.recommended}" if not row.has_changed else "Override"
    elif row.status in {ItemStatus.TABLED, ItemStatus.SECOND}:
        words = capfirst(row.status_words)
    elif row.status == ItemStatus.OPEN:
        words = "Now"
    elif row.status == ItemStatus.WAITING:
        words = times.get(row.pk, "") or ("Nobody was asked" if row.is_unasked else "")
    else:
        words = ""
    return "; ".join(filter(None, [words, "changed since" if row.has_changed else ""]))


def _planned_times(agenda: Agenda, meeting: Meeting, room: AgendaItem | None) -> dict[int, str]:
    """Say when the next item comes and when the last one ends, at the planned pace. Recused rows are counted along."""
    waiting = [item for item in agenda.items.values() if item.status == ItemStatus.WAITING]
    if not waiting:
        return {}
    start = now() if meeting.status == MeetingStatus.RUNNING else meeting.planned_at
    pace = timedelta(minutes=meeting.item_minutes)
    if room is not None and room.status == ItemStatus.OPEN:
        start += max(timedelta(), pace - timedelta(seconds=room.elapsed_seconds(now())))
    end = start + pace * len(waiting)
    times = {waiting[0].pk: f"Planned {eastern_time(start)}"}
    times[waiting[-1].pk] = f"Ends {eastern_time(end)} at this pace"
    return times if meeting.status != MeetingStatus.CLOSED else {}


def before_words(agenda: Agenda, meeting: Meeting, room: AgendaItem | None, user: User) -> str:
    """Warn the chair of the next item they step out of."""
    if user.pk != meeting.chair_id:
        return ""
    after = room.place if room else 0
    for row in agenda.rows:
        waits = agenda.items[row.pk].status in {ItemStatus.WAITING, ItemStatus.TABLED}
        if row.is_recused and waits and row.place > after:
            leads = f"{meeting.acting_chair} leads" if meeting.acting_chair else "name who leads"
            return f"Before item {row.place}: you step out, {leads}."
    return ""
