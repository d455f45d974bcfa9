"""The product's clock. `now()` may be shifted for a demo or a rehearsal; `real_now()` never is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock `shift` ahead of (or, negative, behind) the real one."""

    shift: timedelta = timedelta()

    def read(self) -> datetime:
        """Return this clock's time as an aware UTC datetime."""
        return real_now() + self.shift


REAL_CLOCK = Clock()
_running: ContextVar[Clock] = ContextVar("running_clock", default=REAL_CLOCK)


def real_now() -> datetime:
    """Return the machine's time (aware, UTC). For the audit trail, sessions, leases and tokens."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return the product's time (aware, UTC): the real one unless the cycle at hand runs on another clock."""
    return _running.get().read()


@contextmanager
def running(clock: Clock) -> Iterator[None]:
    """Let `now()` read `clock` inside the block (this request, task or command only)."""
    token = _running.set(clock)
    try:
        yield
    finally:
        _running.reset(token)
