"""What the policy says of each student, and what each person has seen of it."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import audit
from core.clock import now
from matchweek.models import Cycle
from students.models import Student
from students.models.base import known
from triage.enums import Tier
from triage.models.policy import PolicyVersion


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Assessments, of which one per student is current."""

    def current(self) -> Self:
        """Keep the one that holds now of each student."""
        return self.filter(is_current=True)

    def up_to_date(self, policy: PolicyVersion, cycle: Cycle) -> Self:
        """Keep those that read the present evidence, policy and market."""
        return self.filter(
            is_current=True,
            policy=policy,
            market_number=cycle.market_number,
            evidence_number=F("student__evidence_number"),
        )


class Assessment(models.Model):
    """What one policy version said of one dossier at one moment. Never changed, only superseded."""

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="assessments")
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="assessments")
    made_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now, help_text="When tier or points last became what they are")
    is_current = models.BooleanField(default=True)
    evidence_number = models.PositiveBigIntegerField()
    market_number = models.PositiveIntegerField()
    evidence_digest = models.CharField(max_length=64)
    recommended_tier = models.PositiveSmallIntegerField(choices=Tier)
    points = models.SmallIntegerField()
    strands = models.JSONField()
    strand_words = models.JSONField(default=dict, help_text="By strand, the points aloud, the three questions")
    reasons = models.JSONField()
    chips = models.JSONField(help_text="At most four [text, kind]")
    set_aside = models.JSONField()
    missing = models.JSONField()
    flips = models.JSONField()
    standings = models.JSONField()

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["student"], condition=Q(is_current=True), name="one_current_assessment"),
            known("recommended_tier", Tier.values),
        ]

    def __str__(self) -> str:
        return f"Tier {self.recommended_tier}, {self.made_at:%Y-%m-%d %H:%M}"


class BoardVisit(models.Model):
    """When a person last looked at the board: what changed since is marked."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(default=now)
    previous_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "cycle"], name="one_visit_each")]

    def __str__(self) -> str:
        return f"{self.seen_at:%Y-%m-%d %H:%M}"


@audit.tracked
class InstitutionalPriority(models.Model):
    """A priority declared beforehand, open to the room; the only ground for that override code."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="priorities")
    name = models.CharField(max_length=120)
    reason = models.CharField(max_length=500)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "institutional priorities"
        ordering = ["declared_at", "pk"]

    def __str__(self) -> str:
        return self.name
