"""The way out: a message as mail, the connection to the mail server, and what its answer means."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.filebased import EmailBackend as FolderBackend

from core.enums import MessageStatus
from core.models import Message
from core.outbox.registry import Unfillable, fill

TIMEOUT = 20  # Seconds for each answer of the mail server.
_MARK = re.compile(r"\[\[([a-z-]+):([A-Za-z0-9_.-]+)\]\]")
_LASTING = 500  # From here on an SMTP answer is final.


class Outcome(NamedTuple):
    """Where an attempt left the message, and in words what it met."""

    status: MessageStatus
    trouble: str = ""


def text_of(message: Message) -> str:
    """Return the body as its reader gets it, every mark filled in. Raises `Unfillable`."""
    return _MARK.sub(lambda mark: _filled(*mark.groups()), message.body)


def _filled(name: str, argument: str) -> str:
    try:
        return fill(name, argument)
    except KeyError as unknown:
        raise Unfillable(f"Nothing fills in “{name}” in this mail.") from unknown


def as_mail(message: Message) -> EmailMessage:
    """Return the message as mail, with its fixed Message-ID."""
    return EmailMessage(
        subject=message.subject,
        body=text_of(message),
        to=[message.recipient],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )


class Post:
    """The connection to the mail server for one sweep. Opened only when something is to go."""

    def __init__(self) -> None:
        self.backend: Any = get_connection(timeout=TIMEOUT)
        self.is_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Connect unless connected. Raises what the server or the network answers: then nothing was handed over."""
        if not self.is_open:
            self.backend.open()
            self.is_open = True

    def close(self) -> None:
        """Let go of the connection; the next message gets a fresh one."""
        if self.is_open:
            self.is_open = False
            self.backend.close()

    def hand_over(self, mail: EmailMessage) -> Outcome:
        """Give one mail to the server and say what is known of it then."""
        try:
            taken = self.backend.send_messages([mail])
        except Exception as error:  # whatever it was, the message must come to rest in a state that tells the truth
            self.close()
            return outcome_of(error)
        if not taken:
            return Outcome(MessageStatus.REFUSED, "There is nobody to send it to.")
        return Outcome(MessageStatus.SENT)


def outcome_of(error: Exception) -> Outcome:
    """Say where an error leaves a message. Only the server's own refusal proves that it did not take it."""
    answers = _answers(error)
    if answers:
        lasting = any(code >= _LASTING for code, _ in answers) and not isinstance(error, smtplib.SMTPSenderRefused)
        return Outcome(MessageStatus.REFUSED if lasting else MessageStatus.WAITING, _words(answers[0]))
    if isinstance(error, smtplib.SMTPNotSupportedError | UnicodeError | ValueError):
        return Outcome(MessageStatus.REFUSED, f"{type(error).__name__}: {error}"[:300])
    return Outcome(MessageStatus.UNSURE, f"{type(error).__name__}: the mail server gave no answer."[:300])


def _answers(error: Exception) -> list[tuple[int, bytes | str]]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        refused: Mapping[str, tuple[int, bytes]] = error.recipients
        return list(refused.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return [(error.smtp_code, error.smtp_error)]
    return []


def _words(answer: tuple[int, bytes | str]) -> str:
    code, said = answer
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{code} {text}"[:300]


def has_arrived(message: Message) -> bool | None:
    """Ask where it went whether it has this Message-ID: yes, no, or None when it cannot tell.

    A mail backend that can tell has a method `has_message(message_id)`. Plain SMTP cannot; a folder can.
    """
    backend: Any = get_connection()
    if hasattr(backend, "has_message"):
        answer: bool | None = backend.has_message(message.message_id)
        return answer
    if isinstance(backend, FolderBackend):
        return _is_in_folder(Path(settings.EMAIL_FILE_PATH), message.message_id)
    return None


def _is_in_folder(folder: Path, message_id: str) -> bool:
    wanted = f"Message-ID: {message_id}".encode()
    return any(wanted in path.read_bytes() for path in folder.glob("*.log"))
