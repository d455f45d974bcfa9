"""Forms about the calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from core.clock import EASTERN
from core.forms import crispy_helper
from matchweek.models import Milestone


class MilestoneForm(forms.Form):
    """A time of the calendar as Eastern wall time, with its source."""

    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(label="Time (Eastern)", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    source = forms.CharField(
        max_length=200, help_text="Where this time is written: a page, a letter, a call with NRMP."
    )

    def __init__(self, *args: Any, milestone: Milestone, **kwargs: Any) -> None:
        local = milestone.at.astimezone(EASTERN)
        kwargs["initial"] = {"day": local.date(), "time": local.time(), "source": milestone.source}
        super().__init__(*args, **kwargs)
        self.helper = crispy_helper()

    def at(self) -> datetime:
        """Return the time entered, aware, read as Eastern wall time."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"], tzinfo=EASTERN)
