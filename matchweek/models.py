"""The cycle with its calendar, and the facts about specialties that the whole staircase reads."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from core import audit
from core.clock import Clock
from matchweek.enums import ApplicationService, MilestoneKind, PositionType, SpecialtyGroup


@audit.tracked
class Cycle(models.Model):
    """One Match year. `slug` begins its URLs; `clock_shift` lets a demo stand in its own Match Week."""

    slug = models.SlugField(max_length=20, unique=True)
    year = models.PositiveSmallIntegerField("Match year")
    is_demo = models.BooleanField(default=False)
    clock_shift = models.DurationField(default=timedelta())
    results_loaded_at = models.DateTimeField(null=True, blank=True)
    market_number = models.PositiveIntegerField(
        default=0, help_text="Raised when lists or dates assessments read change"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-year", "slug"]

    def __str__(self) -> str:
        return f"Match Week {self.year}"

    @property
    def clock(self) -> Clock:
        """The clock this cycle runs on."""
        return Clock(self.clock_shift)

    @property
    def mail_leaves(self) -> bool:
        """Whether its mail leaves the house. A demo's or a rehearsal's stays in the mailbox page."""
        return not self.is_demo and not self.clock_shift

    def milestone(self, kind: MilestoneKind) -> datetime:
        """Return the (aware) time of a milestone from the loaded calendar."""
        return self.calendar[kind].at

    @property
    def calendar(self) -> dict[str, Milestone]:
        """The milestones by kind, in order; one query unless they were prefetched."""
        if "_calendar" not in self.__dict__:
            self.__dict__["_calendar"] = {each.kind: each for each in self.milestones.all()}
        calendar: dict[str, Milestone] = self.__dict__["_calendar"]
        return calendar


@audit.tracked
class Milestone(models.Model):
    """One time of the calendar, confirmed or not by the match officer."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="milestones")
    kind = models.CharField(max_length=20, choices=MilestoneKind)
    at = models.DateTimeField("time (Eastern)")
    source = models.CharField(max_length=200, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "kind"], name="milestone_once_a_cycle"),
            models.CheckConstraint(condition=Q(kind__in=MilestoneKind.values), name="milestone_kind_known"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="milestone_confirmed_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class Specialty(models.Model):
    """A specialty with its code, names, default group and application service (`specialties.csv`)."""

    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=100, unique=True)
    aliases = models.JSONField(default=list)
    group = models.CharField(max_length=10, choices=SpecialtyGroup)
    service = models.CharField(max_length=12, choices=ApplicationService)

    class Meta:
        verbose_name_plural = "specialties"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UnfilledCount(models.Model):
    """Unfilled positions of one specialty and type this cycle. Restricted; written by soap, read by triage."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="unfilled_counts")
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="+")
    position_type = models.CharField(max_length=12, choices=PositionType)
    positions = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "specialty", "position_type"], name="unfilled_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.specialty_id} {self.position_type}: {self.positions}"
