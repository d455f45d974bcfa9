"""The form that settles a concern."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from students.enums import ConcernStatus
from students.forms.evidence import ReasonForm

_ACTS = {
    ConcernStatus.OPEN: "Open it again",
    ConcernStatus.DISPUTED: "Mark it as disputed",
    ConcernStatus.RESOLVED: "Resolve it",
    ConcernStatus.DISMISSED: "Dismiss it",
}


class SettleForm(ReasonForm):
    """Where a concern goes from here, and why."""

    field_order = ["to", "reason"]
    to = forms.ChoiceField(label="What becomes of it", widget=forms.RadioSelect)

    def __init__(self, *args: Any, ways: Iterable[ConcernStatus], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(way.value, _ACTS[way]) for way in ways]  # type: ignore[attr-defined]  # a ChoiceField
