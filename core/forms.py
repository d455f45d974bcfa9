"""How every form is laid out: crispy writes the fields, the `<form>` element stays in the template."""

from crispy_forms.helper import FormHelper


def crispy_helper() -> FormHelper:
    """Return the house's layout: fields only, no form tag, no second CSRF field."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper
