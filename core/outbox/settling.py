"""What a person says of a message that the outbox cannot settle alone. Called by actions that allowed it."""

from __future__ import annotations

from typing import Any

from core.clock import real_now
from core.enums import AuditKind, MessageStatus
from core.models import Message
from core.outbox.putting import nudge_after_commit, record
from core.transitions import move


def mark_arrived(message: Message, *, by: Any) -> None:
    """Believe the person who knows that an unsure message arrived. Audited. Raises `StaleState`."""
    move(message, MessageStatus.SENT, sent_at=real_now(), not_before=None)
    record(AuditKind.MAIL_ARRIVED, message, by=by)


def send_again(message: Message, *, by: Any) -> None:
    """Send an unsure or refused message again, on a person's word: it may then arrive twice. Audited."""
    move(message, MessageStatus.WAITING, not_before=None, trouble="")
    record(AuditKind.MAIL_SENT_AGAIN, message, by=by)
    nudge_after_commit()


def give_up(message: Message, *, by: Any) -> None:
    """Cancel a message that waits, or one that nobody knows of. Audited. Raises `StaleState`."""
    move(message, MessageStatus.CANCELLED, not_before=None)
    record(AuditKind.MAIL_CANCELLED, message, by=by)
