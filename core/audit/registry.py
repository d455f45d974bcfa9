"""Which models are tracked row by row, and which the database must never let change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Field, Model

from core.models import Event, RowChange

ModelType = TypeVar("ModelType", bound=type[Model])

# Secrets do not belong in a history, a sign-in is not a change of the person, and the live counter moves with every
# row beside it, which is in the history itself.
_LEFT_OUT = frozenset({"password", "last_login", "event_number"})

_tracked: dict[str, type[Model]] = {}
_written_once: dict[str, tuple[type[Model], frozenset[str]]] = {}
_append_only: dict[str, type[Model]] = {each._meta.db_table: each for each in (Event, RowChange)}


def tracked(model: ModelType) -> ModelType:
    """Let database triggers write every insert, update and delete of this model's rows to the row history.

    Passwords, binary columns, the last sign-in and the live event number are left out.
    """
    _tracked[model._meta.db_table] = model
    return model


def append_only(model: ModelType) -> ModelType:
    """Let the database refuse every UPDATE, DELETE, REPLACE and TRUNCATE of this model's table."""
    _append_only[model._meta.db_table] = model
    return model


def written_once(*, but: tuple[str, ...]) -> Callable[[ModelType], ModelType]:
    """Let the database refuse every DELETE of this model's rows, and every UPDATE of a column not named in `but`."""

    def register(model: ModelType) -> ModelType:
        _written_once[model._meta.db_table] = (model, frozenset(but))
        return model

    return register


def tracked_models() -> tuple[type[Model], ...]:
    """Return the tracked models, in the order of their tables."""
    return tuple(_tracked[table] for table in sorted(_tracked))


def append_only_models() -> tuple[type[Model], ...]:
    """Return the append-only models, in the order of their tables."""
    return tuple(_append_only[table] for table in sorted(_append_only))


def is_sealed(model: type[Model]) -> bool:
    """Whether the database refuses changes of this model's rows."""
    return model._meta.db_table in _append_only or model._meta.db_table in _written_once


def written_once_models() -> tuple[type[Model], ...]:
    """Return the models written once, in the order of their tables."""
    return tuple(_written_once[table][0] for table in sorted(_written_once))


def open_columns(model: type[Model]) -> list[str]:
    """Return the columns of a model written once that may change all the same, sorted."""
    return sorted(_written_once[model._meta.db_table][1])


def kept_columns(model: type[Model]) -> list[str]:
    """Return the columns of a model written once that may never change, sorted."""
    return sorted({str(field.column) for field in model._meta.concrete_fields}.difference(open_columns(model)))


def is_tracked(model: type[Model]) -> bool:
    """Whether the row history knows this model."""
    return model._meta.db_table in _tracked


def history_fields(model: type[Model]) -> dict[str, Field[object, object]]:
    """Return the fields that the row history keeps, by column."""
    return {
        str(field.column): field
        for field in model._meta.concrete_fields
        if field.column not in _LEFT_OUT and field.get_internal_type() != "BinaryField"
    }


def left_out_columns(model: type[Model]) -> list[str]:
    """Return the columns that the row history does not keep, sorted."""
    return sorted({str(field.column) for field in model._meta.concrete_fields} - history_fields(model).keys())
