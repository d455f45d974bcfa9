"""Writes about the agenda: building and ordering it, opening an item, tabling it, its clock."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from core import audit, live
from core.clock import now
from core.transitions import StaleState, move
from students.models import Student
from triage import permissions
from triage.actions.hold import hold, hold_item, started, stopped
from triage.actions.meetings import keep_grants
from triage.enums import AgendaOrder, AuditKind, ItemStatus, MeetingStatus
from triage.models import AgendaItem, Assessment, Decision, Meeting

if TYPE_CHECKING:
    from accounts.models import Person


class NothingNext(Exception):
    """No item waits and none is tabled. The text is fit for a user."""

    def __init__(self) -> None:
        super().__init__("No item waits any more. Close the meeting, or open an item of the agenda.")


@audit.attributed
def build_agenda(meeting: Meeting, *, order: str, by: Person) -> int:
    """Put every assessed student without a decision in force on the agenda, and order what waits. Audited.

    By tier: 1 to 3, within it the most points first. By points: the most points first. Returns how many were added.
    """
    hold(meeting)
    permissions.can_prepare_meeting(by, meeting).or_raise()
    added = _missing_students(meeting)
    start = _last_place(meeting)
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, student_id=student, place=start + offset)
        for offset, student in enumerate(added, start=1)
    )
    _sort_waiting(meeting, AgendaOrder(order))
    keep_grants(meeting, by=by)
    _record(AuditKind.AGENDA_BUILT, meeting, by=by, order=str(order), added=len(added))
    live.announce(meeting)
    return len(added)


def _missing_students(meeting: Meeting) -> list[int]:
    return list(
        Student.objects.of(meeting.cycle)
        .assessed()
        .filter(assessments__is_current=True)
        .exclude(pk__in=Decision.objects.in_force().values("student_id"))
        .exclude(pk__in=meeting.items.listed().values("student_id"))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _last_place(meeting: Meeting) -> int:
    return meeting.items.listed().aggregate(last=Max("place"))["last"] or 0


def _sort_waiting(meeting: Meeting, order: AgendaOrder) -> None:
    """Put what waits in order, behind everything that was taken up already."""
    items = list(meeting.items.listed().select_related("student"))
    said = {
        each.student_id: each
        for each in Assessment.objects.current().filter(student__in=[item.student_id for item in items])
    }

    def key(item: AgendaItem) -> tuple[object, ...]:
        if item.status != ItemStatus.WAITING or item.opened_at is not None:
            return (0, item.place)
        assessment = said.get(item.student_id)
        tier = assessment.recommended_tier if assessment and order == AgendaOrder.TIER else 9
        points = assessment.points if assessment else 0
        return (1, tier, -points, item.student.sort_name.casefold(), item.pk)

    _renumber(sorted(items, key=key))


def _renumber(items: Collection[AgendaItem]) -> None:
    """Give the items the places 1, 2, 3, … in their present order."""
    moved = []
    for place, item in enumerate(items, start=1):
        if item.place != place:
            item.place = place
            moved.append(item)
    AgendaItem.objects.bulk_update(moved, ["place"])


@audit.attributed
def add_item(meeting: Meeting, *, student: Student, by: Person) -> AgendaItem:
    """Put one student at the end of the agenda; the attendees may open the dossier. Audited."""
    hold(meeting)
    permissions.can_add_student(by, meeting, student).or_raise()
    item = meeting.items.listed().filter(student=student).first()
    if item is None:
        item = AgendaItem.objects.create(meeting=meeting, student=student, place=_last_place(meeting) + 1)
        keep_grants(meeting, by=by)
        _record_item(AuditKind.ITEM_ADDED, item, by=by)
        live.announce(meeting)
    return item


@audit.attributed
def remove_item(item: AgendaItem, *, by: Person) -> None:
    """Take an item off the agenda; the attendees can no longer open the dossier. Audited."""
    hold_item(item)
    permissions.can_remove_item(by, item).or_raise()
    item.removed_at = now()
    item.save(update_fields=["removed_at"])
    _renumber(list(item.meeting.items.listed()))
    keep_grants(item.meeting, by=by)
    _record_item(AuditKind.ITEM_REMOVED, item, by=by)
    live.announce(item.meeting)


@audit.attributed
def move_item(item: AgendaItem, *, up: bool, by: Person) -> None:
    """Swap an item with the one before or after it; the first does not go up, the last not down. Audited."""
    hold_item(item)
    permissions.can_prepare_meeting(by, item.meeting).or_raise()
    items = list(item.meeting.items.listed())
    before = next(place for place, each in enumerate(items) if each.pk == item.pk)
    after = min(max(before + (-1 if up else 1), 0), len(items) - 1)
    items.insert(after, items.pop(before))
    _renumber(items)
    _record_item(AuditKind.ITEM_MOVED, item, by=by, before=before + 1, after=after + 1)
    live.announce(item.meeting)


@audit.attributed
def open_item(item: AgendaItem, *, by: Person) -> None:
    """Take up an item and start its clock; the item that was open goes back to waiting. Audited."""
    hold_item(item)
    permissions.can_open_item(by, item).or_raise()
    put_back_open(item.meeting)
    take_up(item)
    _record_item(AuditKind.ITEM_OPENED, item, by=by)
    live.announce(item.meeting)


@audit.attributed
def open_next(meeting: Meeting, *, seen: int | None, by: Person) -> AgendaItem:
    """Take up the next item that waits, after the last one the first, then what was tabled. Audited.

    `seen` is the item the room stood at when the button was shown: a second press does not skip one (`StaleState`).
    Raises `NothingNext` when there is none.
    """
    hold(meeting)
    permissions.can_run_meeting(by, meeting).or_raise()
    latest = latest_item(meeting)
    if seen != (latest.pk if latest else None):
        raise StaleState(meeting)
    item = next_item(meeting, latest)
    if item is None:
        raise NothingNext
    open_item(item, by=by)
    return item


def latest_item(meeting: Meeting) -> AgendaItem | None:
    """Return the item the room stands at: the open one, else the one that was open last."""
    taken_up = meeting.items.listed().filter(opened_at__isnull=False)
    return taken_up.filter(status=ItemStatus.OPEN).first() or taken_up.order_by("-opened_at", "-pk").first()


def next_item(meeting: Meeting, latest: AgendaItem | None) -> AgendaItem | None:
    """Return what comes after `latest`."""
    items = [item for item in meeting.items.listed().select_related("student__cycle") if item != latest]
    waiting = [item for item in items if item.status == ItemStatus.WAITING]
    tabled = [item for item in items if item.status == ItemStatus.TABLED]
    after = [item for item in waiting if latest and item.place > latest.place]
    following = next(iter([*after, *waiting, *tabled]), None)
    if following is not None:
        following.meeting = meeting
    return following


def put_back_open(meeting: Meeting) -> None:
    """Let the open item, if there is one, wait again with its clock stopped. Called inside an action."""
    for held in meeting.items.filter(status=ItemStatus.OPEN):
        move(held, ItemStatus.WAITING, **stopped(held))


def take_up(item: AgendaItem) -> None:
    """Make an item the open one. Called inside an action that holds the meeting."""
    move(item, ItemStatus.OPEN, opened_at=now(), **started())


@audit.attributed
def table_item(item: AgendaItem, *, by: Person) -> None:
    """Leave the open item for later, undecided. Audited."""
    hold_item(item)
    permissions.can_lead_item(by, item).or_raise()
    move(item, ItemStatus.TABLED, **stopped(item))
    _record_item(AuditKind.ITEM_TABLED, item, by=by)
    live.announce(item.meeting)


@audit.attributed
def pause_clock(item: AgendaItem, *, by: Person) -> None:
    """Stop the clock of the open item. Audited."""
    hold_item(item)
    permissions.can_lead_item(by, item).or_raise()
    if item.running_since is None:
        return
    _set_clock(item, **stopped(item))
    _record_item(AuditKind.CLOCK_PAUSED, item, by=by)
    live.announce(item.meeting)


@audit.attributed
def resume_clock(item: AgendaItem, *, by: Person) -> None:
    """Let the clock of the open item run on. Audited."""
    hold_item(item)
    permissions.can_lead_item(by, item).or_raise()
    if item.running_since is not None:
        return
    _set_clock(item, **started())
    _record_item(AuditKind.CLOCK_RESUMED, item, by=by)
    live.announce(item.meeting)


def _set_clock(item: AgendaItem, **columns: object) -> None:
    for name, value in columns.items():
        setattr(item, name, value)
    item.save(update_fields=list(columns))


@transaction.atomic
def announce_reassessed(student_ids: Collection[int]) -> None:
    """Tell running meetings that the recommendation of a student on their agenda changed.

    In a transaction of its own, after the one that wrote the assessments: a meeting is locked before an assessment.
    """
    meetings = Meeting.objects.filter(
        status=MeetingStatus.RUNNING, items__removed_at__isnull=True, items__student_id__in=student_ids
    )
    for meeting in meetings.distinct():
        live.announce(meeting)


def _record(kind: str, meeting: Meeting, *, by: Person, **facts: Any) -> None:
    audit.record(kind, meeting, by=by, cycle_id=meeting.cycle_id, **facts)


def _record_item(kind: str, item: AgendaItem, *, by: Person, **facts: Any) -> None:
    audit.record(kind, item, by=by, student_id=item.student_id, cycle_id=item.meeting.cycle_id, **facts)
