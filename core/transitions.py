"""State changes as rows in a table: `move` is the only writer of a `status`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

Transitions = Mapping[str, frozenset[str]]


class NoSuchTransition(ValueError):
    """The table of the model has no way from the old status to the new one."""


class StaleState(Exception):
    """Somebody else moved the row first. The text is fit for a user."""

    def __init__(self, obj: Model) -> None:
        super().__init__(f"This {obj._meta.verbose_name} was changed by somebody else a moment ago. Nothing was saved.")


def move(obj: Model, to: str, *, provided: Any = None, **changes: Any) -> None:
    """Move `obj` to status `to`, writing `changes` with it, if its row still has the status we saw.

    `provided` maps what else must still hold of the row, such as whose claim it is. Compare-and-swap in one UPDATE,
    so no lock is needed. Raises `NoSuchTransition` for a way that the model's `TRANSITIONS` do not have, and
    `StaleState` when the row was moved meanwhile.
    """
    model: Any = type(obj)
    current: Any = obj
    old = current.status
    if to not in model.TRANSITIONS.get(old, frozenset()):
        raise NoSuchTransition(f"{model._meta.label}: no way from {old} to {to}")
    if not model._base_manager.filter(pk=obj.pk, status=old, **(provided or {})).update(status=to, **changes):
        raise StaleState(obj)
    current.status = to
    for name, value in changes.items():
        setattr(current, name, value)
