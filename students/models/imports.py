"""Imports: the uploaded source until it is applied, what reading it found, and what it changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core.clock import now
from matchweek.models import Cycle
from students.enums import IMPORT_TRANSITIONS, ImportStatus
from students.models.base import known


class ImportBatch(models.Model):
    """One upload on its way: read, previewed, applied in one transaction, perhaps undone."""

    TRANSITIONS = IMPORT_TRANSITIONS

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="import_batches")
    name = models.CharField("file", max_length=200)
    status = models.CharField(max_length=12, choices=ImportStatus, default=ImportStatus.UPLOADED)
    source = models.BinaryField(null=True, blank=True, help_text="Dropped once applied, discarded or unusable")
    preview = models.JSONField(default=dict, blank=True)
    stage = models.CharField(max_length=80, blank=True)
    done = models.PositiveIntegerField("rows done", default=0)
    total = models.PositiveIntegerField("rows in all", default=0)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "import batches"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [known("status", ImportStatus.values)]

    def __str__(self) -> str:
        return self.name


class ImportedChange(models.Model):
    """What a row held before an import changed it, so that the import can be undone."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="changes")
    table = models.CharField(max_length=20)
    row_id = models.PositiveBigIntegerField()
    before = models.JSONField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}"
