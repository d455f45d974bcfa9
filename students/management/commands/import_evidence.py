"""`manage.py import_evidence PATH --cycle 2027`: import without a preview. JSON on stdout, words on stderr."""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.clock import running
from matchweek.actions import make_cycle
from matchweek.models import Cycle
from students.actions.imports import import_at_once
from students.interchange.findings import Unusable
from students.interchange.planning import plan
from students.interchange.plans import Plan
from students.interchange.sources import Source, read_source

_REFUSED, _UNUSABLE = 1, 2


class Command(BaseCommand):
    """Import a folder, a zip, a workbook or a CSV file."""

    help = "Import evidence into a cycle, which is made when missing. Exit code: 0 done, 1 rows refused, 2 unusable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("path", type=Path, help="folder, .zip, .xlsx or .csv")
        parser.add_argument("--cycle", required=True, help="the cycle's slug, such as 2027")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen; write nothing")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, plan and, unless it is a dry run, apply."""
        try:
            source = read_source(options["path"])
        except Unusable as problem:
            raise CommandError(str(problem), returncode=_UNUSABLE) from None
        outcome = _dry_run(source, options["cycle"]) if options["dry_run"] else _import(source, options["cycle"])
        if options["json"]:
            self.stdout.write(json.dumps(outcome.report(), ensure_ascii=False))
        self._say(outcome, dry_run=options["dry_run"])
        if outcome.refused:
            sys.exit(_REFUSED)

    def _say(self, outcome: Plan, *, dry_run: bool) -> None:
        for each in outcome.notices:
            self.stderr.write(f"Notice: {each}")
        for row in outcome.refused:
            for cell in row.cells_refused():
                where = f"{cell['file']}, row {cell['row']}, {cell['column'] or 'the row'}"
                self.stderr.write(f"Refused: {where}: {cell['value']!r}. Expected {cell['expected']}.")
        for table, counts in outcome.counts().items():
            words = ", ".join(f"{number} {kind}" for kind, number in counts.items())
            self.stderr.write(f"{table}: {words}")
        if dry_run:
            self.stderr.write("Dry run: nothing was written.")


def _dry_run(source: Source, slug: str) -> Plan:
    return plan(source, Cycle.objects.filter(slug=slug).first())


def _import(source: Source, slug: str) -> Plan:
    cycle = Cycle.objects.filter(slug=slug).first()
    if cycle is None:
        year = re.match(r"20\d\d", slug)
        if year is None:
            raise CommandError(
                f"There is no cycle {slug}, and its name does not begin with a year.", returncode=_UNUSABLE
            )
        cycle = make_cycle(int(year.group()), slug=slug, by=None)
    with running(cycle.clock):
        return import_at_once(cycle, source=source, by=None)
