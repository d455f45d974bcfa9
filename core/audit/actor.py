"""Who is acting: one transaction per action, in which the row history knows the actor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

from core.audit import chain, current

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def acting(by: Any) -> Iterator[None]:
    """Run the block as one transaction in the name of a person, or of the system when `by` is None.

    Events recorded inside are chained when the outermost such block ends: the chain's lock is then the last one that
    the transaction takes and is held only for the commit, so that it can neither deadlock with rows nor queue people.
    """
    outermost = not current.is_acting.get()
    nested = connection.in_atomic_block
    actor_id = None if by is None else by.pk
    before = current.actor_id.get()
    tokens = current.actor_id.set(actor_id), current.is_acting.set(True)
    try:
        with transaction.atomic():
            _name_actor(actor_id, unless=before)
            yield
            if outermost:
                chain.append_pending()
            if nested:
                _name_actor(before, unless=actor_id)
    finally:
        current.actor_id.reset(tokens[0])
        current.is_acting.reset(tokens[1])


def attributed(action: Callable[P, R]) -> Callable[P, R]:
    """Make an action one transaction, attributed to the person in its keyword argument `by`."""

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with acting(kwargs.get("by")):
            return action(*args, **kwargs)

    return run


def _name_actor(actor_id: int | None, *, unless: int | None) -> None:
    """Tell PostgreSQL, for this transaction, who acts. SQLite asks us instead, by a function of the connection."""
    if connection.vendor == "postgresql" and actor_id != unless:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('matchweek.actor', %s, true)", ["" if actor_id is None else str(actor_id)]
            )
