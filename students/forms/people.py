"""A person named in a form: by address, with suggestions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.actions import find_person
from accounts.models import Person


class AddressInput(forms.EmailInput):
    """An address field with a list of suggestions, as plain HTML."""

    suggestions: Iterable[tuple[str, str]] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw the field and, after it, its suggestions (address, name)."""
        options = format_html_join("", '<option value="{}">{}</option>', self.suggestions)
        if not options:
            return super().render(name, value, attrs, renderer)
        list_id = f"people-{name}"
        field = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)


class PersonField(forms.EmailField):
    """A known person, found by any of their addresses."""

    widget = AddressInput

    def clean(self, value: Any) -> Person | None:
        """Return the person. Nobody is made up: an unknown address is an error that says what to do."""
        email = super().clean(value)
        if not email:
            return None
        person = find_person(email)
        if person is None or not person.is_active:
            raise forms.ValidationError("Nobody is known under this address. Add the person on the People page first.")
        return person

    def prepare_value(self, value: Any) -> Any:
        """Show a person as their address."""
        return value.email if isinstance(value, Person) else value


def everybody() -> list[tuple[str, str]]:
    """Return (address, name) of everybody active, for suggestions."""
    people = Person.objects.filter(is_active=True, student_records__isnull=True).order_by("name", "pk")
    return [(each.email, str(each)) for each in people]
