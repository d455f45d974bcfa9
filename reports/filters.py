"""Filters of the trail page."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from accounts.models import Person
from core.models import Event
from reports.selectors import KIND_GROUPS
from students.models import Student


class TrailFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """Find events by kind, person, student and day."""

    kind = django_filters.ChoiceFilter(
        choices=[(group, list(choices)) for group, choices in KIND_GROUPS], empty_label="Every kind"
    )
    who = django_filters.CharFilter(method="by_actor", label="Who")
    student = django_filters.CharFilter(method="by_student", label="Student")
    since = django_filters.DateFilter(
        field_name="at", lookup_expr="date__gte", label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = django_filters.DateFilter(
        field_name="at", lookup_expr="date__lte", label="Until", widget=forms.DateInput(attrs={"type": "date"})
    )

    class Meta:
        model = Event
        fields: list[str] = []

    def by_actor(self, events: QuerySet[Event], name: str, value: str) -> QuerySet[Event]:
        """Keep what people of this name or address did."""
        people = Person.objects.filter(Q(name__icontains=value) | Q(email__icontains=value))
        return events.filter(actor_id__in=people.values("pk"))

    def by_student(self, events: QuerySet[Event], name: str, value: str) -> QuerySet[Event]:
        """Keep what was about students of this name or AAMC ID."""
        asked: Any = Q()
        for word in value.split():
            asked &= Q(last_name__icontains=word) | Q(first_name__icontains=word) | Q(aamc_id=word)
        return events.filter(student_id__in=Student.objects.filter(asked).values("pk"))
