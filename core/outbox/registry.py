"""What apps tell the outbox in their `holds.py`: what keeps a mail back, whose clock it runs on, what fills a mark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from core.clock import REAL_CLOCK, Clock
from core.models import Message


class MailCycle(Protocol):
    """What the outbox has to know of a cycle."""

    @property
    def clock(self) -> Clock:
        """The clock its times run on."""

    @property
    def mail_leaves(self) -> bool:
        """Whether its mail leaves the house; a demo's or a rehearsal's never does."""


class Unfillable(Exception):
    """A mark in a body cannot be filled in: the message waits. The text is fit for the office."""


class Held(NamedTuple):
    """Why a message does not go: the hold's name, and words for the office."""

    name: str
    why: str


Hold = Callable[[Message, Any], str]
Filler = Callable[[str], str]
Loader = Callable[[int], MailCycle | None]


class _OfNoCycle(NamedTuple):
    clock: Clock = REAL_CLOCK
    mail_leaves: bool = True


_holds: dict[str, Hold] = {}
_fillers: dict[str, Filler] = {}
_loaders: list[Loader] = []


def hold(name: str) -> Callable[[Hold], Hold]:
    """Register a hold: called with a message and its cycle (or None), it returns why the message must wait, or ""."""

    def register(why: Hold) -> Hold:
        _holds[name] = why
        return why

    return register


def fills(name: str) -> Callable[[Filler], Filler]:
    """Register what stands for the mark `[[name:argument]]` of a body when it is handed over."""

    def register(fill: Filler) -> Filler:
        _fillers[name] = fill
        return fill

    return register


def keeps_cycles(load: Loader) -> Loader:
    """Register how to load a cycle by its id: the one app that has cycles does."""
    _loaders[:] = [load]
    return load


def cycle_of(cycle_id: int | None) -> MailCycle | None:
    """Return the cycle of a message, or None when it is not to be found. Mail of no cycle runs on the real clock."""
    if cycle_id is None:
        return _OfNoCycle()
    return _loaders[0](cycle_id) if _loaders else None


def hold_on(message: Message, cycle: MailCycle | None) -> Held | None:
    """Return the first hold that keeps the message back, on the clock that is running."""
    if cycle is None:
        return Held("cycle", "Its cycle is not to be found.")
    for name, why in _holds.items():
        words = "" if name in message.passes else why(message, None if message.cycle_id is None else cycle)
        if words:
            return Held(name, words)
    return None


def fill(name: str, argument: str) -> str:
    """Return what stands for a mark. Raises `KeyError` for a name nobody registered."""
    return _fillers[name](argument)
