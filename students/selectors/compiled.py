"""The rows of one kind of one student, by a query that is compiled once.

A dossier asks the same eight small questions every time. Writing their SQL anew takes Django several times as long as
the database takes to answer, and the page has 8 ms.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from accounts.models import Person

M = TypeVar("M", bound=Model)

_SOMEBODY = -7_919  # Stands in the compiled query where each student's id goes.
_SHOWN = {"id", "name", "email", "position"}
_PERSON_FIELDS = [
    each.attname for each in Person._meta.concrete_fields if each.attname in _SHOWN
]  # In from_db's order.


class _Statement(NamedTuple):
    """SQL with its parameters, and how the database's values become Python's."""

    sql: str
    params: tuple[Any, ...]
    compiler: Any
    converters: Any


class CompiledRows(Generic[M]):
    """Rows of a queryset of evidence, with the people they name; of these the name, address and position only."""

    def __init__(self, rows: QuerySet[M], *people: str) -> None:
        self.rows, self.people = rows, people
        self.model: Any = rows.model
        self.fields = [field.attname for field in self.model._meta.concrete_fields]

    @cached_property
    def _statement(self) -> _Statement:
        columns = [*self.fields, *(f"{person}__{field}" for person in self.people for field in _PERSON_FIELDS)]
        query = self.rows.filter(student_id=_SOMEBODY).order_by(*self.model._meta.ordering).values_list(*columns).query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        return _Statement(
            sql, tuple(params), compiler, compiler.get_converters([each for each, _, _ in compiler.select])
        )

    def of(self, student_id: int) -> list[M]:
        """Return the rows of one student, in one query."""
        statement = self._statement
        params = [student_id if each == _SOMEBODY else each for each in statement.params]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, params)
            rows: Any = cursor.fetchall()
        if statement.converters:
            rows = statement.compiler.apply_converters(rows, statement.converters)
        return [self._made(tuple(row)) for row in rows]

    def _made(self, row: tuple[Any, ...]) -> M:
        start = len(self.fields)
        made: M = self.model.from_db(connection.alias, self.fields, row[:start])
        for person in self.people:
            values = row[start : start + len(_PERSON_FIELDS)]
            start += len(_PERSON_FIELDS)
            found = Person.from_db(connection.alias, _PERSON_FIELDS, values) if values[0] is not None else None
            setattr(made, person, found)
        return made
