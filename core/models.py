"""The trail: events that actions append to one hash chain, and the row history that database triggers write."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One thing a person did or saw. Append-only; the chain hashes the payload's digest, not the payload itself.

    There are no foreign keys, so that nothing the trail names can hinder it or take it along.
    """

    seq = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    clock_at = models.DateTimeField("product time")
    actor_id = models.BigIntegerField(null=True)
    kind = models.SlugField(max_length=60, db_index=False)
    subject_type = models.CharField(max_length=100, blank=True)
    subject_id = models.BigIntegerField(null=True)
    student_id = models.BigIntegerField(null=True)
    cycle_id = models.BigIntegerField(null=True)
    payload = models.JSONField(null=True)
    payload_digest = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["student_id", "seq"], name="event_by_student"),
            models.Index(fields=["actor_id", "seq"], name="event_by_actor"),
            models.Index(fields=["kind", "seq"], name="event_by_kind"),
            models.Index(fields=["subject_type", "subject_id", "seq"], name="event_by_subject"),
        ]

    def __str__(self) -> str:
        return f"event {self.seq}: {self.kind}"


class RowChange(models.Model):
    """One insert, update or delete of a tracked row, with the columns before and after. Only triggers write it."""

    seq = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    op = models.CharField(max_length=6)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["seq"]
        indexes = [models.Index(fields=["table", "row_id"], name="change_by_row")]

    def __str__(self) -> str:
        return f"{self.op} of {self.table} {self.row_id}"
