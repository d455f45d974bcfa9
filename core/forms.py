"""How every form is laid out: crispy writes the fields, the `<form>` element stays in the template."""

from collections.abc import Iterable
from typing import cast

from crispy_forms.helper import FormHelper
from django import forms


def crispy_helper() -> FormHelper:
    """Return the house's layout: fields only, no form tag, no second CSRF field."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper


def name_blank_choices(form: forms.BaseForm) -> None:
    """Say "Choose", or "Not set" where nothing need be chosen, in place of a row of dashes."""
    for field in form.fields.values():
        words = "Choose" if field.required else "Not set"
        if isinstance(field, forms.ModelChoiceField):
            field.empty_label = words if field.empty_label else None
        elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.MultipleChoiceField):
            listed = cast("Iterable[tuple[str, str]]", field.choices)
            field.choices = [(value, label if value else words) for value, label in listed]
