"""Who may see a student: grants that open one dossier, and conflicts that close it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.permissions import has_ability
from accounts.roles import Ability
from core import audit
from core.clock import now
from matchweek.models import Cycle
from students.enums import RECUSING_KINDS, ConflictKind, GrantGround
from students.models.base import Record, RecordQuerySet, known
from students.models.evidence import Evidence
from students.models.student import Student

if TYPE_CHECKING:
    from accounts.selectors import User


class ConflictQuerySet(RecordQuerySet):
    """Declared relations."""

    def recusing(self) -> Self:
        """Keep those that mean recusal and were not lifted."""
        return self.standing().filter(kind__in=RECUSING_KINDS, lifted_at__isnull=True)


@audit.tracked
class Conflict(Evidence):
    """A declared relation between a person and a student; some kinds mean recusal, some are only shown."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField(max_length=20, choices=ConflictKind)
    declared_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_reason = models.CharField(max_length=300, blank=True)

    objects = ConflictQuerySet.as_manager()  # type: ignore[misc]  # stubs see the base class as an instance attribute

    class Meta(Evidence.Meta):
        ordering = ["declared_on", "pk"]
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(fields=["student", "person", "kind"], name="conflict_once"),
            known("kind", ConflictKind.values),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_reason="")),
                name="conflict_lifted_paired",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_recusal(self) -> bool:
        """Whether the person is kept from this student now."""
        return self.kind in RECUSING_KINDS and self.lifted_at is None and self.withdrawn_at is None


class AccessGrantQuerySet(models.QuerySet["AccessGrant"]):
    """Grants by time."""

    def in_force(self) -> Self:
        """Keep the grants that hold now: [starts_at, ends_at)."""
        moment = now()
        return self.filter(starts_at__lte=moment).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=moment))

    def held_by(self, user: User, cycle: Cycle) -> Self:
        """Keep what holds now for one person. A meeting's grants need a role of the year that sits in meetings."""
        rows = self.in_force().filter(person_id=user.pk)
        if has_ability(user, Ability.ATTEND_MEETING, cycle.year):
            return rows
        return rows.exclude(ground=GrantGround.MEETING)


@audit.tracked
class AccessGrant(models.Model):
    """One person may open one student's dossier, on a ground, for a time."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="access_grants")
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="access_grants")
    ground = models.CharField(max_length=12, choices=GrantGround)
    reference = models.CharField("what it hangs on", max_length=40, help_text="such as meeting:7")
    starts_at = models.DateTimeField(default=now)
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = AccessGrantQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "student", "ground", "reference"], name="grant_once"),
            known("ground", GrantGround.values),
        ]

    def __str__(self) -> str:
        return f"{self.get_ground_display()} ({self.reference})"
