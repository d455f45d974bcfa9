"""`manage.py assess`: what the policy says of every assessed student of a cycle."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.http import Http404

from core import clock
from matchweek.middleware import load_cycle
from matchweek.models import Cycle
from triage.actions.assessing import bring_up_to_date
from triage.models import Assessment
from triage.policy import words

UNUSABLE = 2
# PostgreSQL keeps no order of keys; scripts get the same text from both databases.
STRANDS = ("known", "academic", "professionalism", "trajectory", "advice", "placeable")


class Command(BaseCommand):
    """Brings the assessments up to date and prints them, by AAMC ID."""

    help = "Assess every student of a cycle and print what the policy recommends."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cycle", required=True, help="the cycle, such as 2027")
        parser.add_argument("--json", action="store_true", help="print a JSON list instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        cycle = _cycle(options["cycle"])
        with clock.running(cycle.clock):
            made = bring_up_to_date(cycle)
        found = list(_current(cycle))
        if options["json"]:
            self.stdout.write(json.dumps([as_json(each) for each in found], ensure_ascii=False, indent=1))
        else:
            self.stdout.write("\n".join(_table(found)))
        self.stderr.write(f"{len(found)} students assessed, {made} of them anew.")


def as_json(assessment: Assessment) -> dict[str, Any]:
    """Return one assessment as scripts may rely on (ARCHITECTURE.md, "Commands")."""
    return {
        "aamc_id": assessment.student.aamc_id,
        "recommended_tier": assessment.recommended_tier,
        "reasons": assessment.reasons,
        "points": assessment.points,
        "strands": {strand: assessment.strands[strand] for strand in STRANDS},
        "set_aside": [{name: each[name] for name in ("kind", "ref", "why")} for each in assessment.set_aside],
        "missing": assessment.missing,
        "flips": [{"change": each["change"], "to_tier": each["to_tier"]} for each in assessment.flips],
        "policy_version": assessment.policy.number,
        "policy_digest": assessment.policy.digest,
        "evidence_digest": assessment.evidence_digest,
    }


def _cycle(slug: str) -> Cycle:
    try:
        return load_cycle(slug)
    except Http404 as error:
        raise CommandError(str(error), returncode=UNUSABLE) from error


def _current(cycle: Cycle) -> Iterable[Assessment]:
    rows = Assessment.objects.current().filter(student__cycle=cycle)
    return rows.select_related("student", "policy").order_by("student__aamc_id")


def _table(found: list[Assessment]) -> list[str]:
    lines = [f"{'AAMC ID':<9}  {'Tier':>4}  {'Points':>6}  Reasons"]
    for each in found:
        reasons = ", ".join(words.reason_words(code) for code in each.reasons)
        lines.append(f"{each.student.aamc_id:<9}  {each.recommended_tier:>4}  {each.points:>6}  {reasons}")
    return lines
