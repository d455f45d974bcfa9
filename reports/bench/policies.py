"""What a draft of the policy would change: the whole what-if, from the database to the counts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from accounts.enums import Role
from accounts.models import Person, RoleAssignment
from core import clock
from core.clock import Clock
from matchweek.actions import make_cycle
from matchweek.models import Cycle
from reports.bench.measuring import queries, timing
from reports.demo.tables import Tables, make_tables, write_tables
from students.actions.imports import import_at_once
from students.interchange.sources import read_source
from triage.enums import Grouping
from triage.policy import DEFAULT_RULES
from triage.policy.properties import violations
from triage.selectors.what_if import what_if

CLASSES = 10
STUDENTS = 500
_DRAFT = replace(DEFAULT_RULES, vouch_weeks_at=4, known_strong_at=4)


def what_if_lines(cycle: Cycle) -> Iterator[str]:
    """Yield a line for the cycle's dossiers, one for ten times as many in a cycle of their own, one for refusals."""
    large = make_cycle(cycle.year - 2, by=None)
    for number in range(CLASSES):
        _import(large, _class_tables(large.year, number), cycle.clock)
    for each in (cycle, large):
        dean = _dean(each)
        ask = partial(what_if, dean, each, DEFAULT_RULES, _DRAFT, Grouping.SPECIALTY_GROUP)
        shift = ask()
        taken = timing(ask, runs=10, warm_up=1)
        yield f"policy what-if, {shift.total:,} dossiers, {len(shift.movers):,} change: {taken}, {queries(ask)} queries"
    yield f"properties of a draft tried on saving: {timing(lambda: violations(_DRAFT), runs=10)}"


def _class_tables(year: int, number: int) -> Tables:
    """A class with keys of its own: the generator starts every class at the same one."""
    tables = make_tables(year=year, class_size=STUDENTS, unmatched=STUDENTS, seed=year + number)
    for rows in tables.values():
        for row in rows:
            if "aamc_id" in row:
                row["aamc_id"] = str(int(row["aamc_id"]) + 1_000 * number)
    for row in tables["students"]:
        row["email"] = f"bench{row['aamc_id']}@students.school.example"
    return tables


def _import(cycle: Cycle, tables: Tables, now: Clock) -> None:
    with tempfile.TemporaryDirectory() as name, clock.running(now):
        write_tables(tables, Path(name))
        import_at_once(cycle, source=read_source(Path(name)), by=None)


def _dean(cycle: Cycle) -> Person:
    dean = Person.objects.create_user(f"policy.dean.{cycle.slug}@school.example", name="Policy Dean")
    RoleAssignment.objects.create(person=dean, year=cycle.year, role=Role.DEAN)
    return dean
