"""The trail (events in one hash chain, and the row history that triggers write) and the outbox of mail."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from core.enums import MESSAGE_TRANSITIONS, UNDER_WAY, MessageStatus


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


class MessageQuerySet(models.QuerySet["Message"]):
    """Outgoing mail by what is to be done with it."""

    def due(self, cycle_id: int | None, *, at: datetime, real: datetime) -> Self:
        """Keep what may go now: `at` is the time on the cycle's clock, `real` the machine's."""
        waiting = self.filter(cycle_id=cycle_id, status=MessageStatus.WAITING, due_at__lte=at)
        return waiting.filter(Q(not_before__isnull=True) | Q(not_before__lte=real))

    def lapsed(self, *, real: datetime) -> Self:
        """Keep what a worker took and did not finish in time."""
        return self.filter(status__in=UNDER_WAY, lease_until__lte=real)

    def unsure(self) -> Self:
        """Keep what nobody knows of whether it arrived."""
        return self.filter(status=MessageStatus.UNSURE)


class Message(models.Model):
    """One mail to one address, put beside the change it tells of and sent by a sweep: once, or a person is asked.

    `due_at` and `useful_until` are times on the cycle's clock, every other time is real. The body holds no secret:
    a personal link stands in it as a mark that is filled in when the message is handed over.
    """

    TRANSITIONS = MESSAGE_TRANSITIONS

    key = models.CharField(max_length=120, unique=True, help_text="The same key is never sent twice")
    kind = models.SlugField(max_length=40)
    cycle_id = models.BigIntegerField(null=True)
    recipient = models.EmailField("to", max_length=254)
    reply_to = models.EmailField(max_length=254, blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    passes = models.JSONField(default=list, blank=True, help_text="Names of holds its writer answers for")
    message_id = models.CharField("Message-ID", max_length=120, unique=True)
    due_at = models.DateTimeField()
    useful_until = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=12, choices=MessageStatus, default=MessageStatus.WAITING)
    claim = models.CharField("who has it", max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField("not tried, or asked about, before", null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    trouble = models.CharField("what the last attempt met", max_length=300, blank=True)
    put_at = models.DateTimeField()
    put_by_id = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    is_kept_here = models.BooleanField("stayed in the mailbox of the demo", default=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["status", "due_at"], name="message_by_status"),
            models.Index(fields=["cycle_id", "status"], name="message_by_cycle"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=MessageStatus.values), name="message_status_known"),
            models.CheckConstraint(
                condition=(Q(status__in=UNDER_WAY, lease_until__isnull=False) & ~Q(claim=""))
                | (~Q(status__in=UNDER_WAY) & Q(lease_until__isnull=True)),
                name="message_lease_while_under_way",
            ),
            models.CheckConstraint(
                condition=Q(status=MessageStatus.SENT, sent_at__isnull=False)
                | (~Q(status=MessageStatus.SENT) & Q(sent_at__isnull=True)),
                name="message_sent_dated",
            ),
            models.CheckConstraint(
                condition=Q(is_kept_here=False) | Q(status=MessageStatus.SENT), name="message_kept_once_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}, {self.get_status_display()}"
