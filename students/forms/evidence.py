"""One form per kind of evidence that is entered by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.clock import EASTERN, now
from core.forms import crispy_helper, name_blank_choices
from core.templatetags.components import icon
from matchweek.models import Cycle
from students.enums import Strength
from students.forms.people import PersonField, everybody
from students.models import (
    AcademicEvent,
    AdvisingNote,
    ClerkshipEvaluation,
    Concern,
    Conflict,
    ExamAttempt,
    Vouch,
    VouchRequest,
)
from students.selectors.standing import TOLD_DAYS, told_by


def may_read(more: str = "") -> SafeString:
    """Return the help of a field with words about a student: the eye, the sentence, and what else there is to say."""
    return format_html(
        '<span class="may-read">{}The student may read this.{}</span>', icon("eye"), f" {more}" if more else ""
    )


MAY_READ = may_read()


def date_input() -> forms.DateInput:
    """Return a date field as browsers draw it."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def words_input(rows: int = 3) -> forms.Textarea:
    """Return a field for words about a student."""
    return forms.Textarea(attrs={"rows": rows})


class EvidenceForm(forms.ModelForm[Any]):
    """What the forms of all kinds share. `seen` brings back the fingerprint of what the editor had before them."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycle = cycle
        self.helper = crispy_helper()
        name_blank_choices(self)
        self.fit(cycle)

    def fit(self, cycle: Cycle) -> None:
        """Fit labels, help and suggestions to the cycle."""
        for name, field in self.fields.items():
            if isinstance(field, PersonField):
                field.widget.suggestions = everybody()
                if self.instance.pk:
                    self.initial[name] = getattr(self.instance, name)

    @classmethod
    def names(cls) -> list[str]:
        """Return the model's fields in this form."""
        return list(cls._meta.fields or ())

    def values(self) -> dict[str, Any]:
        """Return what was entered, by field."""
        return {name: self.cleaned_data[name] for name in self.names()}

    def validate_constraints(self) -> None:
        """Leave constraints to the actions, which know the student and answer with words."""

    def validate_unique(self) -> None:
        """Leave this to the actions, too."""


class ExamForm(EvidenceForm):
    """An exam attempt."""

    class Meta:
        model = ExamAttempt
        fields = ["exam", "taken_on", "result", "score"]
        labels = {"taken_on": "Date"}
        widgets = {"taken_on": date_input()}
        help_texts = {"score": "Three digits, when the exam has a score. Never converted between Step and COMLEX."}


class EvaluationForm(EvidenceForm):
    """A clerkship evaluation."""

    evaluator = PersonField(required=False, label="Evaluator's address")

    class Meta:
        model = ClerkshipEvaluation
        fields = ["clerkship", "grade", "evaluator", "evaluated_on", "comment"]
        widgets = {"evaluated_on": date_input(), "comment": words_input()}
        help_texts = {"comment": may_read("A comment never moves a tier.")}


class AcademicForm(EvidenceForm):
    """An academic event."""

    class Meta:
        model = AcademicEvent
        fields = ["kind", "happened_on", "note"]
        widgets = {"happened_on": date_input(), "note": words_input()}
        help_texts = {"note": MAY_READ}


class ConcernForm(EvidenceForm):
    """A concern. The form says what makes it count, with the actual day."""

    reported_by = PersonField(required=False, label="Reported by (address)")

    class Meta:
        model = Concern
        fields = [
            "kind",
            "severity",
            "happened_on",
            "summary",
            "reported_by",
            "first_hand",
            "record_reference",
            "student_told_on",
            "student_response_on",
            "student_response",
        ]
        labels = {
            "happened_on": "When it happened",
            "first_hand": "The person who reports it saw it themselves",
            "student_told_on": "The student was told on",
            "student_response_on": "The student responded on",
        }
        widgets = {
            "happened_on": date_input(),
            "student_told_on": date_input(),
            "student_response_on": date_input(),
            "student_response": words_input(),
            "summary": words_input(),
        }
        help_texts = {
            "record_reference": "Number or place of the written record. Without one the concern does not count.",
            "student_response": "In the student's own words.",
            "summary": may_read("What was seen, not what was concluded."),
        }

    def fit(self, cycle: Cycle) -> None:
        """Say by which day the student has to be told."""
        super().fit(cycle)
        day = told_by(cycle)
        self.fields["student_told_on"].help_text = (
            f"By {day.day} {day:%b %Y} for the concern to count: {TOLD_DAYS} days before the school's report. "
            "Later it counts only once the student responds."
        )

    def clean(self) -> dict[str, Any]:
        """A response has its day; nobody was told before it happened."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("student_response") and not cleaned.get("student_response_on"):
            self.add_error("student_response_on", "Say on which day the student responded.")
        happened, told = cleaned.get("happened_on"), cleaned.get("student_told_on")
        if happened and told and told < happened:
            self.add_error("student_told_on", "This is before the day it happened.")
        return cleaned


class OwnConcernForm(EvidenceForm):
    """A concern its own observer documents after a caution: first-hand by nature, waiting for its record."""

    class Meta:
        model = Concern
        fields = ["kind", "severity", "happened_on", "summary"]
        labels = {"happened_on": "When it happened"}
        widgets = {"happened_on": date_input(), "summary": words_input(5)}
        help_texts = {"summary": may_read("What you saw, not what you concluded.")}


class VouchForm(EvidenceForm):
    """A vouch that reached the office on paper or by mail."""

    faculty = PersonField(label="Who vouches (address)")

    class Meta:
        model = Vouch
        fields = [
            "faculty",
            "faculty_position",
            "strength",
            "weeks_observed",
            "relationship",
            "statement",
            "willing_to_advocate",
        ]
        widgets = {"statement": words_input()}
        help_texts = {
            "weeks_observed": "Weeks of direct observation. First-hand means weeks observed.",
            "statement": may_read("Their own words."),
        }


class AdvisingForm(EvidenceForm):
    """A piece of advice and what became of it."""

    advisor = PersonField(required=False, label="Advisor's address")

    class Meta:
        model = AdvisingNote
        fields = ["kind", "noted_on", "followed", "advice", "advisor"]
        widgets = {"noted_on": date_input(), "advice": words_input()}
        help_texts = {"advice": may_read("The text is not read by the policy.")}


class RequestForm(EvidenceForm):
    """When somebody was asked."""

    class Meta:
        model = VouchRequest
        fields = ["asked_on"]
        widgets = {"asked_on": date_input()}


class ConflictChangeForm(EvidenceForm):
    """Day and note of a declared relation. Its person and kind stand: another relation is another declaration."""

    class Meta:
        model = Conflict
        fields = ["declared_on", "note"]
        widgets = {"declared_on": date_input()}
        help_texts = {"note": MAY_READ}


FORMS: Mapping[str, type[EvidenceForm]] = {
    "exam": ExamForm,
    "evaluation": EvaluationForm,
    "academic": AcademicForm,
    "concern": ConcernForm,
    "vouch": VouchForm,
    "advising": AdvisingForm,
    "request": RequestForm,
    "conflict": ConflictChangeForm,
}
ADDABLE = ("exam", "evaluation", "academic", "concern", "vouch", "advising")


class ReasonForm(forms.Form):
    """Why something is withdrawn, settled or lifted."""

    reason = forms.CharField(max_length=300, widget=words_input(2), help_text=MAY_READ)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = crispy_helper()


class ResponseForm(forms.Form):
    """The student's own words on a concern."""

    response = forms.CharField(
        max_length=4000,
        label="Your response",
        widget=words_input(6),
        help_text="It stands beside the concern wherever the concern is shown.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = crispy_helper()


class VouchGiveForm(forms.Form):
    """The phone form. Nothing is chosen beforehand."""

    strength = forms.ChoiceField(choices=Strength.choices, error_messages={"required": "Choose what you can say."})
    weeks_observed = forms.IntegerField(
        min_value=0, max_value=520, error_messages={"required": "Say how many weeks you observed."}
    )
    relationship = forms.CharField(max_length=120, required=False)
    statement = forms.CharField(max_length=2000, required=False)
    willing_to_advocate = forms.BooleanField(required=False)
    seen = forms.CharField(required=False)

    NAMES = ("strength", "weeks_observed", "relationship", "statement", "willing_to_advocate")

    def values(self) -> dict[str, Any]:
        """Return what was said, by field."""
        return {name: self.cleaned_data[name] for name in self.NAMES}


def today() -> str:
    """Return the Eastern day of the product's clock, as a date field takes it."""
    return now().astimezone(EASTERN).date().isoformat()
