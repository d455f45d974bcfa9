"""The meeting: who attends, what is on the agenda, which item is open and for how long."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import has_ability
from accounts.roles import Ability
from accounts.selectors import User
from core import audit
from core.clock import now
from matchweek.models import Cycle
from students.models import Student
from students.models.base import known
from triage.enums import ITEM_TRANSITIONS, MEETING_TRANSITIONS, ItemStatus, MeetingStatus


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings by who may know of them."""

    def visible_to(self, user: User, cycle: Cycle) -> Self:
        """Keep the meetings of `cycle` the person attends; the dean's office and the registrar know of all."""
        rows = self.filter(cycle=cycle)
        if has_ability(user, Ability.PREPARE_MEETING, cycle.year) or (
            has_ability(user, Ability.SEE_ALL_DOSSIERS, cycle.year)
            & has_ability(user, Ability.EXPORT_TRAIL, cycle.year)
        ):
            return rows
        attended = Attendance.objects.present().filter(person_id=user.pk)
        return rows.filter(pk__in=attended.values("meeting_id"))


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

    objects = MeetingQuerySet.as_manager()

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


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Who was invited."""

    def present(self) -> Self:
        """Leave out whoever was taken off the list."""
        return self.filter(removed_at__isnull=True)


@audit.tracked
class Attendance(models.Model):
    """One person of a meeting: joins when, was here or not."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendances")
    joins_at = models.DateTimeField(default=now)
    is_here = models.BooleanField("here", default=False)
    here_at = models.DateTimeField("first seen here", null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["person__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="attends_once"),
            models.CheckConstraint(condition=Q(is_here=False) | Q(here_at__isnull=False), name="here_paired"),
        ]

    def __str__(self) -> str:
        return str(self.person)


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    """Items of an agenda."""

    def listed(self) -> Self:
        """Leave out what was taken off the agenda."""
        return self.filter(removed_at__isnull=True)


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
    opened_at = models.DateTimeField("last opened", null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            known("status", ItemStatus.values),
            models.UniqueConstraint(
                fields=["meeting", "student"], condition=Q(removed_at__isnull=True), name="on_agenda_once"
            ),
            models.UniqueConstraint(fields=["meeting"], condition=Q(status=ItemStatus.OPEN), name="one_open_item"),
            models.CheckConstraint(
                condition=Q(running_since__isnull=True) | Q(status=ItemStatus.OPEN), name="clock_runs_only_open"
            ),
            models.CheckConstraint(
                condition=~Q(status=ItemStatus.OPEN) | Q(opened_at__isnull=False), name="item_opened_paired"
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.place}"

    def elapsed_seconds(self, moment: datetime) -> int:
        """Return the seconds this item was open until `moment`, pauses left out."""
        if self.running_since is None:
            return self.spent_seconds
        return self.spent_seconds + max(0, int((moment - self.running_since).total_seconds()))
