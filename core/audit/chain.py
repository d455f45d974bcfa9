"""The chain of events: appending to it and proving that it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from core import clock
from core.audit import current
from core.audit import facts as fact
from core.models import Event

FIRST_LINK = "0" * 64
_LOCK = 0x4D57_4155  # The chain's own number among PostgreSQL's advisory locks.
_CHUNK = 2_000
_HASHED = (
    "seq",
    "at",
    "clock_at",
    "actor_id",
    "kind",
    "subject_type",
    "subject_id",
    "student_id",
    "cycle_id",
    "payload_digest",
    "previous_hash",
)


class NotInTransaction(RuntimeError):
    """An event was recorded outside a transaction, where it could outlive the change it tells of."""


class BrokenChain(Exception):
    """The trail was altered: at event `seq`, in the way that `words` say."""

    def __init__(self, seq: int, words: str) -> None:
        super().__init__(f"Event {seq}: {words}")
        self.seq = seq
        self.words = words


@dataclass(frozen=True, slots=True)
class Chain:
    """A whole chain: how many events, and the hash of the last one. A head written down elsewhere proves the past."""

    length: int
    head: str


@dataclass(slots=True, eq=False)
class _Pending:
    """An event waiting for its place in the chain.

    It waits as an on-commit callback that does nothing, so that Django drops it with its savepoint.
    """

    event: Event
    chained: bool = field(default=False)

    def __call__(self) -> None:
        return None


def record(
    kind: str,
    subject: Model | None,
    *,
    by: Any,
    student_id: int | None = None,
    cycle_id: int | None = None,
    **facts: object,
) -> None:
    """Append an event to the trail, in the transaction of the change itself.

    Facts are ids, codes and before/after. Raises `NotInTransaction`, and `UnfitFact` for free text.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(f"{kind} was recorded outside a transaction.")
    payload = fact.plain(facts)
    event = Event(
        at=clock.real_now(),
        clock_at=clock.now(),
        actor_id=None if by is None else by.pk,
        kind=str(kind),
        subject_type="" if subject is None else subject._meta.label_lower,
        subject_id=None if subject is None else subject.pk,
        student_id=student_id,
        cycle_id=cycle_id,
        payload=payload,
        payload_digest=fact.digest(payload),
    )
    if current.is_acting.get():
        transaction.on_commit(_Pending(event))
    else:
        _append([event])


def append_pending() -> None:
    """Chain what this transaction recorded and did not roll back."""
    callbacks = (entry[1] for entry in connection.run_on_commit)
    waiting = [each for each in callbacks if isinstance(each, _Pending) and not each.chained]
    if waiting:
        _append([each.event for each in waiting])
        for each in waiting:
            each.chained = True


def verify() -> Chain:
    """Read the whole trail, in constant memory, and return its length and head. Raises `BrokenChain`."""
    length, head = 0, FIRST_LINK
    for event in _stream():
        _check(event, length, head)
        length, head = event.seq, event.hash
    return Chain(length, head)


def _append(events: list[Event]) -> None:
    """Link events to the head, one writer at a time. The lock is held until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    seq, previous = Event.objects.order_by("-seq").values_list("seq", "hash").first() or (0, FIRST_LINK)
    for event in events:
        seq += 1
        event.seq, event.previous_hash = seq, previous
        previous = event.hash = _hash(event)
    if len(events) == 1:
        events[0].save(force_insert=True)
    else:
        Event.objects.bulk_create(events)


def _hash(event: Event) -> str:
    return fact.digest([_written(getattr(event, name)) for name in _HASHED])


def _written(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _stream() -> Iterator[Event]:
    return Event.objects.order_by("seq").iterator(chunk_size=_CHUNK)


def _check(event: Event, length: int, head: str) -> None:
    if event.seq != length + 1:
        raise BrokenChain(event.seq, f"the event before it should be {event.seq - 1} and is {length or 'missing'}.")
    if event.previous_hash != head:
        raise BrokenChain(event.seq, "it does not follow from the event before it.")
    if event.hash != _hash(event):
        raise BrokenChain(event.seq, "it is not what was recorded.")
    if event.payload is not None and event.payload_digest != fact.digest(event.payload):
        raise BrokenChain(event.seq, "its facts are not those that were recorded.")
