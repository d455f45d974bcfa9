"""What the benchmark measures, in order, on one scratch database with 500 students of full dossiers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.db import connection
from django.test import Client

from accounts.enums import Role
from accounts.models import Person, RoleAssignment
from core import clock, garbage
from core.clock import Clock, real_now
from matchweek.actions import make_cycle
from matchweek.enums import MilestoneKind
from matchweek.models import Cycle
from reports.bench.importing import baseline_seconds, import_seconds
from reports.bench.measuring import queries, seconds, spread, timing
from reports.bench.policies import what_if_lines
from reports.demo.tables import make_tables, write_tables
from students.actions.imports import import_at_once
from students.interchange.sources import read_source
from students.models import Student
from triage.actions.agenda import build_agenda, open_item
from triage.actions.assessing import bring_up_to_date
from triage.actions.decisions import Choice, decide_item
from triage.actions.meetings import MeetingPlan, plan_meeting, start_meeting
from triage.dossiers import load_dossiers, load_market
from triage.enums import AgendaOrder, ItemStatus
from triage.models import AgendaItem, Assessment, Meeting
from triage.policy import DEFAULT_RULES, assess

YEAR = 2027
STUDENTS = 500
DECISIONS = 100


def run() -> Iterator[str]:
    """Yield one line for each thing measured."""
    yield f"{connection.vendor}, {connection.settings_dict['NAME']}"
    yield from _importing()
    cycle = _fill()
    garbage.settle()  # as the site's own processes do
    with clock.running(cycle.clock):
        dean = _dean()
        yield from _engine(cycle)
        yield from _pages(cycle, dean)
        yield from _decisions(cycle, dean)
        yield from what_if_lines(cycle)


def _importing() -> Iterator[str]:
    cycle = make_cycle(YEAR - 1, by=None)
    tables = make_tables(year=YEAR - 1, class_size=920, unmatched=920)
    rows = sum(len(each) for each in tables.values())
    with tempfile.TemporaryDirectory() as name:
        write_tables(tables, Path(name))
        plain = baseline_seconds(cycle, Path(name))
        taken = import_seconds(cycle, Path(name))
        again = import_seconds(cycle, Path(name))
    yield f"csv + clean_fields + bulk_create: {rows / plain:,.0f} rows/s ({rows:,} rows in {plain:.2f} s)"
    beside = f"({taken:.2f} s), {taken / plain:.2f} × the above"
    yield f"import, checked and on the trail: {rows / taken:,.0f} rows/s {beside}"
    yield f"the same folder again, nothing changes: {rows / again:,.0f} rows/s ({again:.2f} s)"


def _fill() -> Cycle:
    cycle = make_cycle(YEAR, by=None)
    cycle.clock_shift = cycle.milestone(MilestoneKind.APPLICATIONS_OPEN) - real_now()
    cycle.save(update_fields=["clock_shift"])
    tables = make_tables(year=YEAR, class_size=STUDENTS, unmatched=STUDENTS)
    with tempfile.TemporaryDirectory() as name, clock.running(Clock(cycle.clock_shift)):
        write_tables(tables, Path(name))
        import_at_once(cycle, source=read_source(Path(name)), by=None)
    return cycle


def _dean() -> Person:
    dean = Person.objects.create_user("bench.dean@school.example", name="Bench Dean")
    RoleAssignment.objects.create(person=dean, year=YEAR, role=Role.DEAN)
    return dean


def _engine(cycle: Cycle) -> Iterator[str]:
    ids = list(Student.objects.of(cycle).values_list("pk", flat=True))
    reading = seconds(lambda: load_dossiers(ids))
    dossiers = [each.dossier for each in load_dossiers(ids).values()]
    market = load_market(cycle)
    pieces = sum(
        len(getattr(each, name))
        for each in dossiers
        for name in ("exams", "evaluations", "academics", "concerns", "vouches", "requests", "advice")
    )
    engine = timing(lambda: [assess(each, DEFAULT_RULES, market) for each in dossiers], runs=20)
    double = timing(lambda: [assess(each, DEFAULT_RULES, market) for each in dossiers * 2], runs=10)
    yield f"engine, {len(dossiers)} dossiers of {pieces / len(dossiers):.0f} pieces: {engine}"
    yield f"engine, twice as many: {double} ({double.p50 / engine.p50:.2f} ×)"
    yield f"reading them from the database: {1_000 * reading:.0f} ms"
    yield f"first assessment of all, stored: {1_000 * seconds(lambda: bring_up_to_date(cycle)):.0f} ms"
    yield f"nothing stale: {timing(lambda: bring_up_to_date(cycle), runs=50)}"


def _pages(cycle: Cycle, dean: Person) -> Iterator[str]:
    client = Client()
    client.force_login(dean, backend="allauth.account.auth_backends.AuthenticationBackend")
    some = Student.objects.of(cycle).order_by("pk")[STUDENTS // 2]
    pages = {
        f"board of {STUDENTS}": f"/{cycle.slug}/board/?view=columns",
        f"board of {STUDENTS} as a table": f"/{cycle.slug}/board/?view=table",
        "dossier": f"/{cycle.slug}/students/{some.pk}/",
    }
    for name, url in pages.items():
        answer = client.get(url)
        if answer.status_code != 200:
            raise RuntimeError(f"{url} answered {answer.status_code}")
        ask = partial(client.get, url)
        taken, asked = timing(ask, runs=100, warm_up=10), queries(ask)
        yield f"{name}: {taken}, {asked} queries, {len(answer.content):,} bytes"


def _decisions(cycle: Cycle, dean: Person) -> Iterator[str]:
    plan = MeetingPlan(title="Bench", planned_at=clock.now(), chair=dean, item_minutes=4)
    meeting = plan_meeting(cycle, plan=plan, by=dean)
    built = seconds(lambda: build_agenda(meeting, order=AgendaOrder.TIER, by=dean))
    yield f"agenda of {STUDENTS} built: {1_000 * built:.0f} ms"
    start_meeting(meeting, by=dean)
    yield f"a decision with its trail: {spread(_decision_times(meeting, dean))}"


def _decision_times(meeting: Meeting, dean: Person) -> list[float]:
    """Return the milliseconds each decision took; opening the item is not part of it."""
    said = {each.student_id: each for each in Assessment.objects.current()}
    times = []
    for pk in AgendaItem.objects.filter(meeting=meeting).order_by("place").values_list("pk", flat=True)[:DECISIONS]:
        item = AgendaItem.objects.select_related("meeting__cycle").get(pk=pk)
        if item.status != ItemStatus.OPEN:
            open_item(item, by=dean)
        assessment = said[item.student_id]
        choice = Choice(assessment.pk, assessment.recommended_tier)
        times.append(1_000 * seconds(partial(decide_item, item, choice=choice, by=dean)))
    return times
