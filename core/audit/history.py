"""Reading the row history of one object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Field, Model

from core.audit.registry import history_fields
from core.models import RowChange

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a row. For an update `before` and `after` hold only the fields that differ."""

    at: datetime
    actor_id: int | None
    op: str
    before: Values
    after: Values


def history(obj: Model) -> list[Change]:
    """Return what became of a tracked row, newest first, by field names; a foreign key's value is the other's id."""
    fields = history_fields(type(obj))
    rows = RowChange.objects.filter(table=obj._meta.db_table, row_id=obj.pk).order_by("-seq")
    return [_change(row, fields) for row in rows]


def _change(row: RowChange, fields: Mapping[str, Field[object, object]]) -> Change:
    before, after = _values(row.before, fields), _values(row.after, fields)
    if row.op == "update":
        differing = [name for name in after if before.get(name) != after[name]]
        before = {name: before.get(name) for name in differing}
        after = {name: after[name] for name in differing}
    return Change(row.at, row.actor_id, row.op, before, after)


def _values(columns: Mapping[str, Any] | None, fields: Mapping[str, Field[object, object]]) -> Values:
    """Turn columns as the database wrote them into fields; a column that no field has any more keeps its name."""
    values: Values = {}
    for column, value in (columns or {}).items():
        field = fields.get(column)
        values[field.name if field else column] = _python(value, field) if field else value
    return values


def _python(value: Any, field: Field[object, object]) -> Any:
    """Read a value the way the model would: SQLite writes booleans as figures and times without their zone."""
    if value is None or field.get_internal_type() == "JSONField":
        return value
    python = field.target_field.to_python(value) if field.is_relation else field.to_python(value)  # type: ignore[attr-defined]
    if isinstance(python, datetime) and python.tzinfo is None:
        return python.replace(tzinfo=UTC)
    return python
