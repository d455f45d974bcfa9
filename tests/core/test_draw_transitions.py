"""The drawn state machines: the file in docs is what the tables say, and the check notices when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from core.management.commands.draw_transitions import PLACE, draw


def test_file_is_what_the_code_says():
    call_command("draw_transitions", check=True)


def test_every_transition_of_every_model_is_drawn_once():
    arrows = [line.strip() for line in draw().splitlines() if " --> " in line and "[*]" not in line]
    expected = [
        f"{old} --> {new}"
        for model in apps.get_models()
        for old, following in getattr(model, "TRANSITIONS", {}).items()
        for new in following
    ]
    assert sorted(arrows) == sorted(expected)


def test_check_fails_on_another_file_and_drawing_mends_it(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    path = Path(tmp_path) / PLACE
    path.write_text("something else", encoding="utf-8")
    with pytest.raises(CommandError, match="not what the code says"):
        call_command("draw_transitions", check=True)
    call_command("draw_transitions")
    assert path.read_text(encoding="utf-8") == draw()
