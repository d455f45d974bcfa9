"""Draw every state machine from its table, so that the documentation cannot say anything else than the code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Model

PLACE = Path("docs") / "transitions.md"
_HEAD = """# State machines

Drawn by `manage.py draw_transitions` from each model's `TRANSITIONS`; only `core.transitions.move` writes a status.
"""


class Command(BaseCommand):
    """Write docs/transitions.md, or with --check fail when it is not what the code says."""

    help = "Draw docs/transitions.md from the models' transition tables."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --check."""
        parser.add_argument("--check", action="store_true", help="change nothing; fail when the file is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, or compare it."""
        path = Path(settings.BASE_DIR) / PLACE
        drawn = draw()
        if not options["check"]:
            path.write_text(drawn, encoding="utf-8")
            self.stderr.write(f"{PLACE} is drawn.")
        elif not path.exists() or path.read_text(encoding="utf-8") != drawn:
            raise CommandError(f"{PLACE} is not what the code says. Run: manage.py draw_transitions")


def draw() -> str:
    """Return the whole file: one Mermaid diagram per model that has a transition table, in the order of their names."""
    models = [model for model in apps.get_models() if hasattr(model, "TRANSITIONS")]
    drawn = [_diagram(model) for model in sorted(models, key=lambda model: model._meta.label)]
    return "\n".join([_HEAD, *drawn])


def _diagram(model: type[Model]) -> str:
    name = str(model._meta.verbose_name)
    lines = "\n".join(_lines(model))
    return f"## {name[:1].upper()}{name[1:]}\n\n```mermaid\nstateDiagram-v2\n{lines}\n```\n"


def _lines(model: type[Model]) -> Iterator[str]:
    table: Any = model
    status: Any = model._meta.get_field("status")
    choices: list[tuple[str, str]] = list(status.choices)
    order = [value for value, _ in choices]
    for value, label in choices:
        yield f"    {value}: {label}"
    yield f"    [*] --> {status.get_default()}"
    for old in order:
        for new in sorted(table.TRANSITIONS.get(old, frozenset()), key=order.index):
            yield f"    {old} --> {new}"
    for value in order:
        if not table.TRANSITIONS.get(value):
            yield f"    {value} --> [*]"
