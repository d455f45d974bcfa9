"""The filters of the class roster."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet

from matchweek.models import Cycle
from students.enums import MatchStatus
from students.models import Student
from students.selectors.roster import advisor_choices, name_matches, specialty_choices


class RosterFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Name or AAMC ID, specialty, advisor; status only for who may see results now."""

    find = django_filters.CharFilter(method="find_student", label="Name or AAMC ID")
    specialty = django_filters.ChoiceFilter(field_name="applied_specialty_id", empty_label="Every specialty")
    advisor = django_filters.ChoiceFilter(field_name="advisor_id", empty_label="Every advisor")
    status = django_filters.ChoiceFilter(
        field_name="match_status", choices=MatchStatus.choices, empty_label="Every status"
    )

    class Meta:
        model = Student
        fields: list[str] = []

    def __init__(self, *args: Any, cycle: Cycle, sees_results: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sees_results:
            del self.filters["status"]
        self.filters["specialty"].extra["choices"] = specialty_choices(cycle)
        self.filters["advisor"].extra["choices"] = advisor_choices(cycle)

    def find_student(self, rows: QuerySet[Student], name: str, value: str) -> QuerySet[Student]:
        """Keep names that have every word, or the student with this AAMC ID."""
        if value.strip().isdigit():
            return rows.filter(aamc_id__startswith=value.strip())
        return rows.filter(name_matches(value.split()))
