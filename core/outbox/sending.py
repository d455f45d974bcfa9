"""The sweep: what is due and not held is claimed, handed over and marked, one message at a time.

Every step is a row moved by compare-and-swap before the next begins, so that a worker may die anywhere: died while
claimed, the message goes again; died while handing over, nobody knows, and nobody sends it again blindly.
"""

from __future__ import annotations

import logging
import smtplib
import time
import uuid
from contextlib import suppress
from datetime import timedelta

from django.db import connection, transaction

from core import audit, clock
from core.clock import now, real_now
from core.enums import AuditKind, MessageStatus
from core.models import Message
from core.outbox.delivering import Outcome, Post, as_mail, has_arrived
from core.outbox.putting import record
from core.outbox.registry import MailCycle, Unfillable, cycle_of, hold_on
from core.transitions import StaleState, move

CLAIM_LEASE = timedelta(minutes=1)
HAND_OVER_LEASE = timedelta(minutes=3)  # Longer than a slow server's answers to one message together.
ASK_AFTER = timedelta(minutes=2)  # What the server was given last may take it this long to show.
LONGEST_PAUSE = timedelta(minutes=30)
SWEEP_SECONDS = 20.0
_TOO_LATE = "It was not useful any more."

logger = logging.getLogger(__name__)


class NoConnection(Exception):
    """The mail server cannot be reached: the rest of the sweep need not try."""


def send_due() -> int:
    """Send everything that is due, each cycle's on its own clock; return how many went. Safe to repeat and overlap."""
    settle_lapsed()
    went, until = 0, time.monotonic() + SWEEP_SECONDS
    waiting = Message.objects.filter(status=MessageStatus.WAITING).order_by("cycle_id")
    with Post() as post:
        for cycle_id in list(waiting.values_list("cycle_id", flat=True).distinct()):
            cycle = cycle_of(cycle_id)
            if cycle is None:
                continue
            with clock.running(cycle.clock):
                went += _send_due_of(cycle_id, cycle, post, until)
    return went


def _send_due_of(cycle_id: int | None, cycle: MailCycle, post: Post, until: float) -> int:
    went = 0
    due = Message.objects.due(cycle_id, at=now(), real=real_now())
    for pk in list(due.values_list("pk", flat=True)):
        if time.monotonic() > until:
            break
        try:
            went += _send_one(pk, cycle, post)
        except NoConnection:
            break
        except Exception:  # one message's trouble must not keep the others back
            logger.exception("Message %s of the outbox", pk)
    return went


def _send_one(pk: int, cycle: MailCycle, post: Post) -> bool:
    message = Message.objects.filter(pk=pk, status=MessageStatus.WAITING).first()
    if message is None or hold_on(message, cycle):
        return False
    if message.useful_until is not None and message.useful_until <= now():
        _drop(message)
        return False
    if not claim(message):
        return False
    outcome = _attempt(message, cycle, post)
    return outcome is not None and outcome.status == MessageStatus.SENT


def claim(message: Message) -> bool:
    """Take a waiting message for this worker; False when another one has it."""
    with transaction.atomic():
        rows = Message.objects.filter(pk=message.pk, status=MessageStatus.WAITING)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        held = rows.first()
        if held is None:
            return False
        try:
            move(
                message,
                MessageStatus.CLAIMED,
                claim=uuid.uuid4().hex,
                lease_until=real_now() + CLAIM_LEASE,
                attempts=held.attempts + 1,
            )
        except StaleState:
            return False
    return True


def _attempt(message: Message, cycle: MailCycle, post: Post) -> Outcome | None:
    """Hand a claimed message over; None when it was not ours any more."""
    mine = {"claim": message.claim}
    try:
        mail = as_mail(message)
        if cycle.mail_leaves:
            post.open()
    except Unfillable as unfillable:
        _release(message, str(unfillable))
        return None
    except (OSError, smtplib.SMTPException) as error:
        _release(message, f"The mail server could not be reached: {type(error).__name__}.")
        raise NoConnection from error
    try:
        move(message, MessageStatus.HANDING_OVER, provided=mine, lease_until=real_now() + HAND_OVER_LEASE)
    except StaleState:
        return None
    outcome = post.hand_over(mail) if cycle.mail_leaves else Outcome(MessageStatus.SENT)
    finish(message, outcome=outcome, is_kept_here=not cycle.mail_leaves, by=None)
    return outcome


_KINDS = {
    MessageStatus.SENT: AuditKind.MAIL_SENT,
    MessageStatus.REFUSED: AuditKind.MAIL_REFUSED,
    MessageStatus.UNSURE: AuditKind.MAIL_UNSURE,
}


@audit.attributed
def finish(message: Message, *, outcome: Outcome, is_kept_here: bool = False, by: None) -> None:
    """Write what became of a message that was handed over. Audited.

    A worker slower than its lease finds the message unsure by then, and still says what it knows.
    """
    changes: dict[str, object] = {"lease_until": None, "trouble": outcome.trouble}
    if outcome.status == MessageStatus.SENT:
        changes |= {"sent_at": real_now(), "is_kept_here": is_kept_here}
    elif outcome.status == MessageStatus.UNSURE:
        changes["not_before"] = real_now() + ASK_AFTER
    else:
        changes["not_before"] = real_now() + pause_after(message.attempts)
    try:
        move(message, outcome.status, provided={"claim": message.claim}, **changes)
    except StaleState:
        message.status = MessageStatus.UNSURE
        if outcome.status == MessageStatus.UNSURE:
            return
        move(message, outcome.status, provided={"claim": message.claim}, **changes)
    if outcome.status in _KINDS:
        record(_KINDS[outcome.status], message, by=by)


def pause_after(attempts: int) -> timedelta:
    """Return how long a message rests after so many attempts: doubling from ten seconds to half an hour."""
    return min(timedelta(seconds=10 * 2 ** min(attempts, 12)), LONGEST_PAUSE)


def _release(message: Message, trouble: str) -> None:
    """Let a claimed message wait again: nothing was handed over."""
    rest = real_now() + pause_after(message.attempts)
    mine = {"claim": message.claim}
    with suppress(StaleState):  # A sweep found the claim lapsed, which comes to the same.
        move(message, MessageStatus.WAITING, provided=mine, lease_until=None, not_before=rest, trouble=trouble[:300])


def _drop(message: Message) -> None:
    """Cancel what came too late to be of use. Audited."""
    with audit.acting(None):
        move(message, MessageStatus.CANCELLED, trouble=_TOO_LATE)
        record(AuditKind.MAIL_CANCELLED, message, by=None, too_late=True)


def settle_lapsed() -> None:
    """Take up what workers left behind, and ask about what nobody knows wherever an answer is to be had."""
    for message in Message.objects.lapsed(real=real_now()):
        with suppress(StaleState):  # Another sweep did, or the worker lives and went on.
            _settle_lapsed(message)
    for message in Message.objects.unsure().filter(not_before__lte=real_now()):
        with suppress(StaleState):
            _settle_unsure(message)


def _settle_lapsed(message: Message) -> None:
    mine = {"claim": message.claim, "lease_until": message.lease_until}
    if message.status == MessageStatus.CLAIMED:
        move(message, MessageStatus.WAITING, provided=mine, lease_until=None)
        return
    with audit.acting(None):
        rest = real_now() + ASK_AFTER
        trouble = "The worker stopped while handing it over."
        move(message, MessageStatus.UNSURE, provided=mine, lease_until=None, not_before=rest, trouble=trouble)
        record(AuditKind.MAIL_UNSURE, message, by=None)


def _settle_unsure(message: Message) -> None:
    cycle = cycle_of(message.cycle_id)
    if cycle is None:
        return
    arrived = has_arrived(message) if cycle.mail_leaves else False
    mine = {"claim": message.claim}
    with audit.acting(None):
        if arrived is None:
            Message.objects.unsure().filter(pk=message.pk).update(not_before=None)  # A person settles it.
        elif arrived:
            move(message, MessageStatus.SENT, provided=mine, sent_at=real_now())
            record(AuditKind.MAIL_ARRIVED, message, by=None)
        else:
            move(message, MessageStatus.WAITING, provided=mine, not_before=None)
            record(AuditKind.MAIL_SENT_AGAIN, message, by=None)
