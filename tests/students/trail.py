"""Lets the trail fail, to see whether a change outlives its audit write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def trail_out_of_reach() -> Iterator[None]:
    """Take the event table away for the block."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_event RENAME TO core_event_away")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_event_away RENAME TO core_event")
