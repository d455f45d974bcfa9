"""Putting mail into the outbox, and taking it out before it went."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from core import audit
from core.clock import now, real_now
from core.enums import AuditKind, MessageStatus
from core.models import Message
from core.transitions import StaleState, move


@dataclass(frozen=True, slots=True)
class Letter:
    """What a person reads: to whom, about what, the words."""

    recipient: str
    subject: str
    body: str
    reply_to: str = ""


def put(
    key: str,
    *,
    kind: str,
    letter: Letter,
    cycle_id: int | None = None,
    due_at: datetime | None = None,
    useful_until: datetime | None = None,
    passes: Iterable[str] = (),
    by: Any,
) -> Message:
    """Put a mail into the outbox, in the transaction of the action that it tells of. Audited.

    The same key is the same mail: put again, it changes nothing. Times are on the cycle's clock; `passes` names the
    holds that the caller answers for. Raises `NotInTransaction` outside of one.
    """
    if not connection.in_atomic_block:
        raise audit.NotInTransaction(f"{key} was put into the outbox outside a transaction.")
    message, is_new = Message.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "cycle_id": cycle_id,
            "recipient": letter.recipient,
            "subject": " ".join(letter.subject.split()),
            "body": letter.body,
            "reply_to": letter.reply_to,
            "passes": sorted(passes),
            "message_id": f"<{uuid.uuid4().hex}@{_own_domain()}>",
            "due_at": due_at or now(),
            "useful_until": useful_until,
            "put_at": real_now(),
            "put_by_id": None if by is None else by.pk,
        },
    )
    if is_new:
        record(AuditKind.MAIL_PUT, message, by=by)
        nudge_after_commit()
    return message


def cancel(key: str, *, by: Any) -> bool:
    """Take a mail out that did not go yet; tell whether there was one to take out. Audited.

    Called inside an action that allowed it. What is being handed over this very moment goes.
    """
    message = Message.objects.filter(key=key, status=MessageStatus.WAITING).first()
    if message is None:
        return False
    try:
        move(message, MessageStatus.CANCELLED)
    except StaleState:
        return False
    record(AuditKind.MAIL_CANCELLED, message, by=by)
    return True


def record(kind: str, message: Message, *, by: Any, **facts: Any) -> None:
    """Put what became of a mail on the trail: its key and kind, nothing that can be read in it."""
    audit.record(kind, message, by=by, cycle_id=message.cycle_id, key=message.key, mail=message.kind, **facts)


def nudge_after_commit() -> None:
    """Wake a worker once the transaction is committed. Should that fail, the next sweep finds the mail all the same."""
    if not any(entry[1] is _nudge for entry in connection.run_on_commit):
        transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    from core.tasks import send_due_mail

    send_due_mail.delay()


def _own_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
