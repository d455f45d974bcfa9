"""The meeting: who attends, what is on the agenda, which item is open and for how long."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import audit
from core.clock import now
from matchweek.models import Cycle
from students.models import Student
from students.models.base import known
from triage.enums import ITEM_TRANSITIONS, MEETING_TRANSITIONS, ItemStatus, MeetingStatus


@audit.tracked
class Meeting(models.Model):
    """One triage meeting. A live thing: every change raises `event_number`."""

    TRANSITIONS = MEETING_TRANSITIONS

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="meetings")
    title = models.CharField(max_length=120, default="Monday meeting")
    planned_at = models.DateTimeField("time (Eastern)")
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    acting_chair = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    item_minutes = models.PositiveSmallIntegerField("minutes for an item", default=4)
    status = models.CharField(max_length=10, choices=MeetingStatus, default=MeetingStatus.PLANNED)
    started_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    event_number = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-planned_at", "-pk"]
        constraints = [
            known("status", MeetingStatus.values),
            models.CheckConstraint(
                condition=Q(status=MeetingStatus.PLANNED) | Q(started_at__isnull=False), name="meeting_started_paired"
            ),
            models.CheckConstraint(
                condition=~Q(status=MeetingStatus.CLOSED) | Q(closed_at__isnull=False), name="meeting_closed_paired"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def live_key(self) -> str:
        """The name under which followers hear of changes."""
        return f"meeting:{self.pk}"


@audit.tracked
class Attendance(models.Model):
    """One person of a meeting: joins when, was here or not."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendances")
    joins_at = models.DateTimeField(default=now)
    is_here = models.BooleanField("here", default=False)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["person__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="attends_once")]

    def __str__(self) -> str:
        return str(self.person)


@audit.tracked
class AgendaItem(models.Model):
    """One student on the agenda. The clock counts the seconds it was open."""

    TRANSITIONS = ITEM_TRANSITIONS

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="agenda_items")
    place = models.PositiveSmallIntegerField("place on the agenda")
    status = models.CharField(max_length=10, choices=ItemStatus, default=ItemStatus.WAITING)
    spent_seconds = models.PositiveIntegerField(default=0)
    running_since = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            known("status", ItemStatus.values),
            models.UniqueConstraint(
                fields=["meeting", "student"], condition=Q(removed_at__isnull=True), name="on_agenda_once"
            ),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(status=ItemStatus.OPEN), name="one_open_item"
            ),
            models.CheckConstraint(
                condition=Q(running_since__isnull=True) | Q(status=ItemStatus.OPEN), name="clock_runs_only_open"
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.place}"
