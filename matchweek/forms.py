"""Forms about the calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms

from core.clock import EASTERN
from core.forms import crispy_helper
from matchweek.models import Cycle, Milestone


def near_cycle(day: date, cycle: Cycle) -> date:
    """Return a day of the cycle's year or of those beside it; refuse any other, which nobody can mean."""
    if abs(day.year - cycle.year) > 1:
        raise forms.ValidationError(f"Choose a day between {cycle.year - 1} and {cycle.year + 1}.")
    return day


class MilestoneForm(forms.Form):
    """A time of the calendar as Eastern wall time, with its source."""

    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(label="Time (Eastern)", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    source = forms.CharField(
        max_length=200, help_text="Where this time is written: a page, a letter, a call with NRMP."
    )

    def __init__(self, *args: Any, milestone: Milestone, **kwargs: Any) -> None:
        self.cycle = milestone.cycle
        local = milestone.at.astimezone(EASTERN)
        kwargs["initial"] = {"day": local.date(), "time": local.time(), "source": milestone.source}
        super().__init__(*args, **kwargs)
        self.helper = crispy_helper()

    def clean_day(self) -> date:
        """Refuse a day that is not about this cycle."""
        return near_cycle(self.cleaned_data["day"], self.cycle)

    def at(self) -> datetime:
        """Return the time entered, aware, read as Eastern wall time."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"], tzinfo=EASTERN)
