"""What the two dialects share."""

from __future__ import annotations

from typing import NamedTuple

PREFIX = "audit_"


class Trigger(NamedTuple):
    """A trigger as it should be. The fingerprint is what the database says of it when it is there unaltered."""

    table: str
    name: str
    sql: str
    fingerprint: str


def refusal(table: str) -> str:
    """Return the words with which the database refuses to change an append-only table."""
    return f"{table} is append-only"
