"""Forms of the meeting and the policy: they read what was typed and say what is missing; actions decide."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import capfirst

from accounts.models import Person
from accounts.roles import Ability
from core.clock import EASTERN, now
from core.forms import crispy_helper, name_blank_choices
from matchweek.enums import MilestoneKind
from matchweek.forms import near_cycle
from matchweek.models import Cycle
from students.enums import RECUSING_KINDS, ConflictKind
from students.models import Conflict, Student
from triage.actions.decisions import Choice
from triage.actions.meetings import MeetingPlan
from triage.actions.policies import Seen
from triage.enums import OverrideCode, Tier
from triage.models import Decision, FollowUp, InstitutionalPriority, Meeting, PolicyDraft, Reopening, SecondSignature
from triage.policy import Rules
from triage.policy.counterexample import Explained, explain
from triage.policy.properties import violations
from triage.policy.rules import LEVELS
from triage.policy.statements import CHAPTERS, LABELS, Chapter, Part, names_of
from triage.selectors.meetings import people_with

STUDENT_MAY_READ = "The student may read this."


def longest(model: Any, field: str) -> int:
    """Return how many characters a column takes, so that a form refuses with words what the database would not take."""
    length: int = model._meta.get_field(field).max_length
    return length


class PlanForm(forms.Form):
    """Title, Eastern time, chair and pace of a meeting."""

    title = forms.CharField(max_length=120)
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(label="Time (Eastern)", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    chair = forms.ModelChoiceField(queryset=Person.objects.none(), help_text="Whoever may lead a meeting.")
    item_minutes = forms.IntegerField(label="Minutes for an item", min_value=1, max_value=60)

    def __init__(self, *args: Any, cycle: Cycle, meeting: Meeting | None = None, **kwargs: Any) -> None:
        planned = meeting.planned_at if meeting else cycle.milestone(MilestoneKind.SCHOOL_REPORT)
        local = planned.astimezone(EASTERN)
        kwargs["initial"] = {
            "title": meeting.title if meeting else "Monday meeting",
            "day": local.date(),
            "time": local.time(),
            "chair": meeting.chair_id if meeting else None,
            "item_minutes": meeting.item_minutes if meeting else 4,
        }
        super().__init__(*args, **kwargs)
        name_blank_choices(self)
        self.cycle = cycle
        self.fields["chair"].queryset = people_with(Ability.LEAD_MEETING, cycle)  # type: ignore[attr-defined]  # typed as Field
        self.helper = crispy_helper()

    def clean_day(self) -> date:
        """Refuse a day that is not about this cycle."""
        return near_cycle(self.cleaned_data["day"], self.cycle)

    def plan(self) -> MeetingPlan:
        """Return what was entered; the time is read as Eastern wall time."""
        given = self.cleaned_data
        at = datetime.combine(given["day"], given["time"], tzinfo=EASTERN)
        return MeetingPlan(given["title"], at, given["chair"], given["item_minutes"])


class AttendeesForm(forms.Form):
    """People to invite."""

    people = forms.ModelMultipleChoiceField(queryset=Person.objects.none(), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, candidates: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = candidates  # type: ignore[attr-defined]  # typed as Field


class AddItemForm(forms.Form):
    """A student to put on the agenda by hand."""

    student = forms.ModelChoiceField(queryset=Student.objects.none())

    def __init__(self, *args: Any, addable: QuerySet[Student], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["student"].queryset = addable  # type: ignore[attr-defined]  # typed as Field


KINDS_OF_CONFLICT = [
    ("", "Choose"),
    ("Recused", [(kind, capfirst(ConflictKind(kind).label)) for kind in RECUSING_KINDS]),
    ("Shown, but staying", [(kind, capfirst(kind.label)) for kind in ConflictKind if kind not in RECUSING_KINDS]),
]


class OwnRecusalForm(forms.Form):
    """One's own relation to the student of the item shown."""

    kind = forms.ChoiceField(label="How you stand to this student", choices=KINDS_OF_CONFLICT)
    note = forms.CharField(max_length=longest(Conflict, "note"), required=False, help_text=STUDENT_MAY_READ)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = crispy_helper()


class RecusalForm(forms.Form):
    """A relation between an attendee and the student of an item."""

    item = forms.TypedChoiceField(coerce=int)
    person = forms.TypedChoiceField(coerce=int)
    kind = forms.ChoiceField(choices=KINDS_OF_CONFLICT)
    note = forms.CharField(max_length=longest(Conflict, "note"), required=False, help_text=STUDENT_MAY_READ)

    def __init__(self, *args: Any, items: list[tuple[int, str]], people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", "Choose"), *items]  # type: ignore[attr-defined]  # typed as Field
        self.fields["person"].choices = [("", "Choose"), *people]  # type: ignore[attr-defined]  # typed as Field
        self.helper = crispy_helper()


class PriorityForm(forms.Form):
    """An institutional priority, with owner and reason."""

    name = forms.CharField(max_length=longest(InstitutionalPriority, "name"))
    reason = forms.CharField(
        max_length=longest(InstitutionalPriority, "reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Open to the room, and to every student whose decision cites it.",
    )
    owner = forms.ModelChoiceField(queryset=Person.objects.none())

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_with(Ability.ATTEND_MEETING, cycle)  # type: ignore[attr-defined]  # typed as Field
        self.helper = crispy_helper()


class DecisionForm(forms.Form):
    """The leader's choice. `follow` is the one-click button; else a tier, and what explains one that differs."""

    assessment = forms.IntegerField()
    follow = forms.TypedChoiceField(choices=Tier.choices, coerce=int, required=False)
    tier = forms.TypedChoiceField(choices=Tier.choices, coerce=int, required=False)
    override_code = forms.ChoiceField(choices=[("", ""), *OverrideCode.choices], required=False)
    note = forms.CharField(max_length=longest(Decision, "note"), required=False)
    priority = forms.ModelChoiceField(queryset=InstitutionalPriority.objects.none(), required=False)

    def __init__(self, *args: Any, priorities: QuerySet[InstitutionalPriority], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"].queryset = priorities  # type: ignore[attr-defined]  # typed as Field

    def clean(self) -> dict[str, Any]:
        """Ask for a tier; leave the rest to the action, which knows the recommendation."""
        given = super().clean() or {}
        if not given.get("follow") and not given.get("tier") and "tier" not in self.errors:
            self.add_error("tier", "Choose a tier.")
        return given

    def choice(self) -> Choice:
        """Return the choice. Following carries no code, whatever was typed before."""
        given = self.cleaned_data
        if given["follow"]:
            return Choice(assessment_id=given["assessment"], tier=given["follow"])
        return Choice(
            assessment_id=given["assessment"],
            tier=given["tier"],
            override_code=given["override_code"],
            note=given["note"].strip(),
            priority=given["priority"] if given["override_code"] == OverrideCode.INSTITUTIONAL_PRIORITY else None,
        )


class SecondForm(forms.Form):
    """The second officer's word."""

    agrees = forms.TypedChoiceField(choices=[("yes", "I agree"), ("no", "I do not")], coerce=lambda word: word == "yes")
    note = forms.CharField(max_length=longest(SecondSignature, "note"), required=False)


class ReopenForm(forms.Form):
    """Why a decision is opened again."""

    reason = forms.CharField(max_length=longest(Reopening, "reason"), error_messages={"required": "Say why."})


class FollowUpForm(forms.Form):
    """An action: what, who, until when."""

    what = forms.CharField(max_length=longest(FollowUp, "what"))
    owner = forms.ModelChoiceField(queryset=Person.objects.none())
    due_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, owners: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Person.objects.filter(pk__in=[pk for pk, _ in owners])
        self.fields["owner"].queryset = known  # type: ignore[attr-defined]  # typed as Field


class PolicyForm(forms.Form):
    """Every number of the rules, by question, and a title. Numbers that break a property are no valid form."""

    title = forms.CharField(
        label="What it changes", max_length=longest(PolicyDraft, "title"), help_text="A few words for the list."
    )
    edition = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rules: Rules, title: str = "", edition: int = 1, **kwargs: Any) -> None:
        kwargs["initial"] = {"title": title, "edition": edition, **rules.to_json()}
        super().__init__(*args, **kwargs)
        self.broken: list[Explained] = []
        for name in LABELS:
            self.fields[name] = _number_field(name, getattr(rules, name))

    def chapters(self) -> list[tuple[str, list[tuple[str, list[forms.BoundField]]]]]:
        """Return the fields by question and heading; headings without a number are left out."""
        return [
            (chapter.title, [(part.title, [self[name] for name in names_of(part)]) for part in _with_numbers(chapter)])
            for chapter in CHAPTERS
        ]

    def clean(self) -> dict[str, Any]:
        """Try the properties that always hold; `broken` keeps what shows that one does not."""
        given = super().clean() or {}
        if not self.errors:
            rules = self.rules()
            self.broken = [explain(each, rules) for each in violations(rules)]
        if self.broken:
            count = len(self.broken)
            self.add_error(None, f"These numbers break {count} of the properties that always hold. Nothing was saved.")
        return given

    def rules(self) -> Rules:
        """Return the numbers that were entered."""
        return Rules.from_json({name: self.cleaned_data[name] for name in LABELS})


def _with_numbers(chapter: Chapter) -> list[Part]:
    return [part for part in chapter.parts if names_of(part)]


def _number_field(name: str, value: int | str) -> forms.Field:
    if isinstance(value, str):
        return forms.ChoiceField(label=LABELS[name], choices=[(level, level) for level in LEVELS])
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=LABELS[name], min_value=0, max_value=999, widget=widget)


class SeenForm(forms.Form):
    """What was on the page: the draft's edition and the number of the active version."""

    edition = forms.IntegerField()
    active = forms.IntegerField()

    def seen(self) -> Seen:
        """Return what the person looked at."""
        return Seen(self.cleaned_data["edition"], self.cleaned_data["active"])


class SignForm(SeenForm):
    """The first signature, with the reason that the version will carry."""

    reason = forms.CharField(
        max_length=longest(PolicyDraft, "reason"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "in"}),
        error_messages={"required": "Say why the rules change."},
    )


class WithdrawForm(forms.Form):
    """Why a draft is withdrawn."""

    reason = forms.CharField(
        max_length=longest(PolicyDraft, "withdrawn_reason"),
        widget=forms.TextInput(attrs={"class": "in"}),
        error_messages={"required": "Say why."},
    )


def usual_due_date() -> date:
    """Return the day an action is usually due: tomorrow, Eastern."""
    return now().astimezone(EASTERN).date() + timedelta(days=1)
