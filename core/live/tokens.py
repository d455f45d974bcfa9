"""Tickets to a stream: a page of the site hands them out, the live process reads them without asking the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core import signing

_SALT = "core.live"
_VALID_FOR = timedelta(hours=12)  # As long as a session.


class InvalidToken(ValueError):
    """The ticket was forged, altered, or is older than twelve hours."""


def stream_token(key: str, user: Any) -> str:
    """Return a ticket with which this person may follow this live thing for twelve hours."""
    return signing.dumps([key, user.pk], salt=_SALT)


def read_token(token: str) -> tuple[str, int]:
    """Return the key and the person's id of a ticket. Raises `InvalidToken`."""
    try:
        key, user_id = signing.loads(token, salt=_SALT, max_age=_VALID_FOR)
    except (signing.BadSignature, ValueError) as invalid:
        raise InvalidToken("This ticket to a live page is not valid any more.") from invalid
    return key, user_id
