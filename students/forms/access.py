"""Forms about vouch requests and conflicts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst

from core.forms import crispy_helper
from students.enums import RECUSING_KINDS, ConflictKind
from students.forms.evidence import MAY_READ, date_input, today
from students.forms.people import PersonField, everybody


class AskForm(forms.Form):
    """Whom to ask for a vouch, and since when they are asked."""

    faculty = PersonField(required=False, label="Anybody else, by address")
    asked_on = forms.DateField(
        label="Asked on", required=False, widget=date_input(), initial=today, help_text="When you only record it."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["faculty"].widget.suggestions = everybody()
        self.helper = crispy_helper()


_KINDS = [
    (kind.value, f"{capfirst(kind.label)}{' (recused)' if kind in RECUSING_KINDS else ''}") for kind in ConflictKind
]


class ConflictForm(forms.Form):
    """A relation between a person and the student. Whose it is: one's own, or for the office anybody's."""

    person = PersonField(label="Address of the person concerned")
    kind = forms.ChoiceField(choices=_KINDS, widget=forms.RadioSelect)
    declared_on = forms.DateField(widget=date_input(), initial=today)
    note = forms.CharField(max_length=300, required=False, help_text=MAY_READ)

    def __init__(self, *args: Any, for_others: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = crispy_helper()
        if for_others:
            self.fields["person"].widget.suggestions = everybody()
        else:
            del self.fields["person"]
