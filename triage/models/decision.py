"""Decisions are written once. What follows a decision (a second signature, a reopening) is a row of its own."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import audit
from core.clock import now
from students.models import Student
from students.models.base import known
from triage.enums import OverrideCode, Tier
from triage.models.assessment import Assessment, InstitutionalPriority
from triage.models.meeting import AgendaItem, Meeting


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions and whether they hold."""

    def not_reopened(self) -> Self:
        """Keep the decisions that nobody reopened."""
        return self.filter(reopening__isnull=True)

    def in_force(self) -> Self:
        """Keep those that hold: not reopened, and seconded or refused where a second officer was needed."""
        return self.not_reopened().filter(Q(needs_second=False) | Q(second__agrees=True))

    def waiting(self) -> Self:
        """Keep those that wait for a second officer."""
        return self.not_reopened().filter(needs_second=True, second__isnull=True)

    def standing(self) -> Self:
        """Keep those that hold, or will when a second officer signs."""
        return self.not_reopened().exclude(second__agrees=False)


@audit.append_only
class Decision(models.Model):
    """What the meeting decided for one student: who, when, why, and on which assessment. Never edited."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="decisions")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="decisions")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="decisions")
    tier = models.PositiveSmallIntegerField(choices=Tier)
    recommended_tier = models.PositiveSmallIntegerField(choices=Tier)
    override_code = models.CharField(max_length=24, choices=OverrideCode, blank=True)
    priority = models.ForeignKey(
        InstitutionalPriority, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=1000, blank=True)
    needs_second = models.BooleanField(default=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=now)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["decided_at", "pk"]
        constraints = [
            known("tier", Tier.values),
            known("recommended_tier", Tier.values),
            known("override_code", ["", *OverrideCode.values]),
            models.CheckConstraint(
                condition=Q(tier=F("recommended_tier"), override_code="")
                | (~Q(tier=F("recommended_tier")) & ~Q(override_code="") & ~Q(note="")),
                name="override_explained",
            ),
            models.CheckConstraint(
                condition=Q(priority__isnull=True) | Q(override_code=OverrideCode.INSTITUTIONAL_PRIORITY),
                name="priority_only_with_its_code",
            ),
        ]

    def __str__(self) -> str:
        return f"Tier {self.tier}"

    @property
    def is_override(self) -> bool:
        """Whether the meeting differed from the recommendation."""
        return self.tier != self.recommended_tier


@audit.append_only
class SecondSignature(models.Model):
    """The second officer's word on a decision that leaves Tier 3."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="second")
    agrees = models.BooleanField()
    note = models.CharField(max_length=500, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return "agrees" if self.agrees else "does not agree"


@audit.append_only
class Reopening(models.Model):
    """Why a decision was opened again. The decision itself stays as it was."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="reopening")
    reason = models.CharField(max_length=500)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="reopening_has_reason")]

    def __str__(self) -> str:
        return self.reason


@audit.tracked
class FollowUp(models.Model):
    """An action the meeting gave somebody, with owner and date."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="follow_ups")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, null=True, blank=True, related_name="follow_ups")
    what = models.CharField(max_length=300)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = "action"
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.what
