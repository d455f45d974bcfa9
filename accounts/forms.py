"""Forms about people."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.actions import PersonFacts, find_person
from accounts.enums import Role
from accounts.models import Person
from core.forms import crispy_helper


class PersonForm(forms.ModelForm[Person]):
    """What the office keeps of a person."""

    class Meta:
        model = Person
        fields = ["name", "position", "department", "specialty", "phone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.initial["position"] = self.instance.position_words
        self.helper = crispy_helper()

    def clean_position(self) -> str:
        """Keep what an import wrote as a code, unless somebody wrote something else."""
        given = str(self.cleaned_data["position"])
        return self.instance.position if given == self.instance.position_words else given

    def facts(self) -> PersonFacts:
        """Return the cleaned facts."""
        return PersonFacts(**{name: self.cleaned_data[name] for name in PersonFacts.__slots__})


class NewPersonForm(PersonForm):
    """A person the office adds by hand."""

    field_order = ["email", "name"]
    email = forms.EmailField(label="Address")

    def clean_email(self) -> str:
        """Refuse an address somebody has."""
        email = str(self.cleaned_data["email"]).lower()
        if (other := find_person(email)) is not None:
            raise forms.ValidationError(f"This address already belongs to {other}.")
        return email


class RolesForm(forms.Form):
    """The roles of one person in one Match year."""

    roles = forms.MultipleChoiceField(
        choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple, label="Roles this year"
    )


class MergeForm(forms.Form):
    """Whose records are the same person's."""

    other = forms.EmailField(
        label="Address of the other record", help_text="Everything of that record moves here; its address is kept."
    )

    def clean_other(self) -> Person:
        """Find the other person."""
        other = find_person(str(self.cleaned_data["other"]))
        if other is None:
            raise forms.ValidationError("Nobody has this address.")
        return other
