"""The form of a student's own facts."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from core.forms import crispy_helper, name_blank_choices
from matchweek.enums import PositionType
from matchweek.models import Cycle
from matchweek.specialties import find_specialty, specialty_name
from students.forms.evidence import date_input, may_read
from students.forms.people import PersonField, everybody
from students.models import Student


class SpecialtiesField(forms.CharField):
    """Specialties by any of their names, separated by semicolons, kept as codes in order."""

    def clean(self, value: Any) -> list[str]:
        """Return the codes; say which name nothing is known of."""
        text = super().clean(value)
        codes = []
        for name in filter(None, (each.strip() for each in text.split(";"))):
            found = find_specialty(name)
            if found is None:
                raise forms.ValidationError(f"No specialty is known as “{name}”.")
            codes.append(found.code)
        return list(dict.fromkeys(codes))

    def prepare_value(self, value: Any) -> Any:
        """Show codes as names."""
        return "; ".join(specialty_name(code) for code in value) if isinstance(value, list) else value


class PlacesField(forms.CharField):
    """States, census regions or divisions, or `anywhere`, separated by semicolons."""

    def clean(self, value: Any) -> list[str]:
        """Return the places as they were written."""
        return [each.strip() for each in super().clean(value).split(";") if each.strip()]

    def prepare_value(self, value: Any) -> Any:
        """Show a list as text."""
        return "; ".join(value) if isinstance(value, list) else value


class StudentForm(forms.ModelForm[Student]):
    """Facts, wishes and circumstances of a student."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    advisor = PersonField(required=False, label="Advisor's address")
    backup_specialties = SpecialtiesField(required=False, help_text="In order, separated by semicolons.")
    prior_specialties = SpecialtiesField(required=False, help_text="In order. Each is one change before applying.")
    geography = PlacesField(
        required=False, help_text="Shapes only the list of programs. States, regions or anywhere, with semicolons."
    )
    position_types = forms.MultipleChoiceField(
        choices=PositionType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Blank means categorical.",
    )

    class Meta:
        model = Student
        fields = [
            "aamc_id",
            "last_name",
            "first_name",
            "preferred_name",
            "email",
            "phone",
            "match_status",
            "soap_eligibility",
            "applied_specialty",
            "backup_specialties",
            "prior_specialties",
            "specialty_change_reason",
            "geography",
            "nrmp_id",
            "position_types",
            "visa",
            "couples",
            "constraints",
            "advisor",
            "vouches_waived_on",
        ]
        widgets = {"vouches_waived_on": date_input()}
        help_texts = {
            "specialty_change_reason": may_read("A stated reason clears a change of specialty."),
            "visa": "Shapes only the list of programs, never the tier.",
            "couples": "Shapes only the list of programs, never the tier.",
            "constraints": may_read("Shapes only the list of programs, never the tier."),
            "vouches_waived_on": "From the waiver on paper: the student then does not read vouches.",
        }

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = crispy_helper()
        name_blank_choices(self)
        self.cycle = cycle
        self.fields["advisor"].widget.suggestions = everybody()
        if self.instance.pk:
            self.initial["advisor"] = self.instance.advisor

    def clean_aamc_id(self) -> str:
        """Eight digits; one student of the cycle each."""
        aamc_id = str(self.cleaned_data["aamc_id"]).strip()
        if not re.fullmatch(r"[0-9]{8}", aamc_id):
            raise forms.ValidationError("An AAMC ID has eight digits.")
        others = Student.objects.filter(cycle=self.cycle, aamc_id=aamc_id).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError("A student with this AAMC ID is in the class already.")
        return aamc_id

    def values(self) -> dict[str, Any]:
        """Return what was entered, by field."""
        return {name: self.cleaned_data[name] for name in self.names()}

    @classmethod
    def names(cls) -> list[str]:
        """Return the model's fields in this form."""
        return list(cls._meta.fields or ())
