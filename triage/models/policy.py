"""Policy versions, which never change, and the drafts that become one by two signatures."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import audit
from core.clock import now
from students.models.base import known
from triage.enums import DRAFT_TRANSITIONS, DraftStatus


@audit.tracked
@audit.written_once(but=("is_active",))
class PolicyVersion(models.Model):
    """One version of the rules and thresholds. Exactly one is active; none ever changes."""

    number = models.PositiveSmallIntegerField(unique=True)
    rules = models.JSONField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=500, blank=True)
    is_active = models.BooleanField(default=False)
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["is_active"], condition=Q(is_active=True), name="one_active_policy"),
        ]

    def __str__(self) -> str:
        return f"policy v{self.number}"


class PolicyDraftQuerySet(models.QuerySet["PolicyDraft"]):
    """Drafts and where they stand."""

    def open(self) -> Self:
        """Keep those that may still become a version."""
        return self.filter(status__in=(DraftStatus.DRAFT, DraftStatus.SIGNED))


_UNSIGNED = Q(first_signed_by__isnull=True, first_signed_at__isnull=True, signed_against__isnull=True)
_SIGNED = Q(first_signed_by__isnull=False, first_signed_at__isnull=False, signed_against__isnull=False) & ~Q(reason="")
_ACTIVATED = Q(second_signed_by__isnull=False, second_signed_at__isnull=False, version__isnull=False)
_NOT_ACTIVATED = Q(second_signed_by__isnull=True, second_signed_at__isnull=True, version__isnull=True)
_WITHDRAWN = Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")


def _signature() -> models.ForeignKey[object, object]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )


@audit.tracked
class PolicyDraft(models.Model):
    """Numbers that may become the next version. `edition` rises with every change, so that nobody signs unseen ones."""

    TRANSITIONS = DRAFT_TRANSITIONS

    title = models.CharField("what it changes", max_length=120)
    rules = models.JSONField()
    based_on = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    edition = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=DraftStatus, default=DraftStatus.DRAFT)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=now)
    reason = models.CharField(max_length=500, blank=True)
    first_signed_by = _signature()
    first_signed_at = models.DateTimeField(null=True, blank=True)
    signed_against = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    second_signed_by = _signature()
    second_signed_at = models.DateTimeField(null=True, blank=True)
    version = models.OneToOneField(PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="draft")
    withdrawn_by = _signature()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    objects = PolicyDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "policy draft"
        ordering = ["-made_at", "-pk"]
        constraints = [
            known("status", DraftStatus.values),
            models.CheckConstraint(
                condition=~Q(status=DraftStatus.DRAFT) | (_UNSIGNED & _NOT_ACTIVATED), name="draft_unsigned"
            ),
            models.CheckConstraint(
                condition=~Q(status=DraftStatus.SIGNED) | (_SIGNED & _NOT_ACTIVATED), name="draft_signed_paired"
            ),
            models.CheckConstraint(
                condition=~Q(status=DraftStatus.ACTIVATED) | (_SIGNED & _ACTIVATED), name="draft_activated_paired"
            ),
            models.CheckConstraint(
                condition=~Q(status=DraftStatus.WITHDRAWN) | (_WITHDRAWN & _NOT_ACTIVATED),
                name="draft_withdrawn_paired",
            ),
            models.CheckConstraint(
                condition=Q(second_signed_by__isnull=True) | ~Q(second_signed_by=F("first_signed_by")),
                name="draft_signed_by_two",
            ),
        ]

    def __str__(self) -> str:
        return self.title
