"""The house style, where a machine can tell: sizes, names, no inline style or script, every template compiles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines

from config.celery import SCHEDULE, app

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "config", "core", "matchweek", "reports", "students", "triage")
FORBIDDEN = {"utils", "helpers", "services", "managers", "handlers", "common"}
LATER = re.compile(r"\bTO" + "DO|FIX" + "ME|XX" + r"X\b")
INLINE = re.compile(r"""\sstyle\s*=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*["']|javascript:""", re.IGNORECASE)
OTHER_HOST = re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE)

MODULES = [
    *(path for app_name in APPS for path in sorted((ROOT / app_name).rglob("*.py")) if "migrations" not in path.parts),
    ROOT / "run.py",
    ROOT / "manage.py",
]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted(path for folder in ("templates", *APPS) for path in (ROOT / folder).rglob("*.html"))


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_modules_stay_under_400_lines():
    assert names([path for path in MODULES if len(lines_of(path)) > 400]) == []


def test_tests_stay_under_600_lines():
    assert names([path for path in TESTS if len(lines_of(path)) > 600]) == []


def test_templates_stay_under_150_lines():
    assert names([path for path in TEMPLATES if len(lines_of(path)) > 150]) == []


def test_settings_stay_under_300_lines():
    assert len(lines_of(ROOT / "config/settings.py")) < 300


def test_modules_are_named_for_what_they_hold():
    assert names([path for path in MODULES if FORBIDDEN & {*path.relative_to(ROOT).parts, path.stem}]) == []


def test_modules_say_what_belongs_in_them():
    silent = [path for path in MODULES if path.stat().st_size and not lines_of(path)[0].startswith(('"""', "#!"))]
    assert names(silent) == []


def test_templates_hold_no_inline_style_or_script():
    assert names([path for path in TEMPLATES if INLINE.search(path.read_text(encoding="utf-8"))]) == []


def test_templates_load_nothing_from_another_host():
    offenders = [
        path
        for path in TEMPLATES
        for tag in re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", path.read_text(encoding="utf-8"))
        if OTHER_HOST.search(tag)
    ]
    assert names(offenders) == []


def test_nothing_is_left_for_later():
    sources = [*MODULES, *TESTS, *TEMPLATES, *(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.js")]
    assert names([path for path in sources if LATER.search(path.read_text(encoding="utf-8"))]) == []


@pytest.mark.parametrize("template", names(TEMPLATES))
def test_template_compiles(template):
    engines["django"].from_string((ROOT / template).read_text(encoding="utf-8"))


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()
    assert SCHEDULE.keys() - app.tasks.keys() == set()
