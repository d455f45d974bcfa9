"""Background work on the outbox."""

from __future__ import annotations

from celery import shared_task

from core import outbox


@shared_task(name="core.tasks.send_due_mail")  # type: ignore[untyped-decorator]  # celery ships no types
def send_due_mail() -> None:
    """Send what is due. Safe to repeat: whoever claims a message first sends it."""
    outbox.send_due()
